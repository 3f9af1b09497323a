"""Make up a year of leads with what sales did about them, as a snapshot: the base a weekly report is shown on.

What is planted: `webinar` fires often and wins little; the channel PAID_SOCIAL brings many MQLs and few customers,
REFERRALS the reverse; one rep lets people wait; three handoffs have no task or owner; nobody ever answered a survey;
sales rejects more of late, mostly for not fitting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from connector.bootstrap import load_rules
from connector.bootstrap_study import Wishes, build_store, choose_kept
from connector.domain.handoff import due_at
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.live.plan_write import model_stamp
from connector.settings import Settings
from connector.study.manifest import Manifest, PartCounts, Run
from connector.study.snapshot_rows import Origin
from connector.study.snapshot_schema import TABLES, Table, attribute_column, columns_of

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
"""A Monday at nine in Madrid."""
DAYS = 364
TYPES: Mapping[str, ValueType] = {
    "country": "text", "industry": "text", "employees": "number", "source": "text", "owner": "text",
}  # fmt: skip
DATED = ("attribute:country", "attribute:source", "own_stage", "lifecycle_stage", "verdict")
CHANNELS = {"ORGANIC_SEARCH": 0.34, "PAID_SOCIAL": 0.26, "EMAIL_MARKETING": 0.16, "REFERRALS": 0.14, "OFFLINE": 0.10}
CLOSES = {"PAID_SOCIAL": 0.25, "REFERRALS": 2.2}
OWNERS = ("301", "302", "303")
MODEL = """\
model: meeting
version: 1.1.0
fit:
  criteria:
    - id: country
      weight: 40
      when: {attribute: country, in: [ES, MX]}
      why: {es: País objetivo, en: Target country}
    - id: size
      weight: 60
      when: {attribute: employees, at_least: 50}
      why: {es: Tamaño de empresa adecuado, en: Company size in range}
engagement:
  half_life_days: 30
  signals:
    - {id: page, kind: page_view, points: 8, cap: 40, why: {es: Visitó el sitio, en: Visited the site}}
    - {id: download, kind: content_download, points: 20, why: {es: Descargó un contenido, en: Downloaded content}}
    - id: webinar
      kind: webinar_attended
      points: 40               # the team's favourite
      why: {es: Asistió a un webinar, en: Attended a webinar}
    - {id: trial, kind: demo_trial, points: 30, why: {es: Usó la prueba, en: Used the trial}}
    - {id: survey, kind: survey_completed, points: 10, why: {es: Respondió una encuesta, en: Answered a survey}}
hand_raises:
  - {id: demo, kind: form_submitted, why: {es: Pidió una demo, en: Asked for a demo}}
stages:
  mql: {enter: 50, exit: 37.5}
handoff:
  mql: {task: review, sla_hours: 8, priority: medium}
  sql: {task: contact, sla_hours: 2, priority: high}
  calendar: {timezone: Europe/Madrid, days: [mon, tue, wed, thu, fri], hours: ["09:00", "18:00"]}
"""
_MODEL_READ = parse_model(MODEL, file="model.yaml", types=dict(TYPES))
CALENDAR = _MODEL_READ.handoff.calendar
STAMPS = (model_stamp(_MODEL_READ), "meeting 1.0.0 ba9876543210")
EVENTS = (
    "page_view", "content_download", "webinar_attended", "demo_trial", "survey_completed", "form_submitted", "call",
    "email_open",
)  # fmt: skip
MAPPING = f"""\
crm: hubspot
attributes:
  country: {{property: country, type: text}}
  industry: {{property: industry, type: text}}
  employees: {{property: numberofemployees, type: number}}
  source: {{property: hs_analytics_source, type: text}}
  owner: {{property: hubspot_owner_id, type: text}}
events:
{"".join(f'  - {{kind: {kind}, from: web_events, event_type: "pe1_{kind}"}}' + chr(10) for kind in EVENTS)}\
stages: {{mql: marketingqualifiedlead, sql: salesqualifiedlead, opportunity: opportunity, customer: customer}}
write_back:
  puente_stage: stage
  puente_handoff_key: handoff.key
  puente_model: model
  puente_scored_at: decided_at
"""


@dataclass
class Meeting:
    """Collect rows of a snapshot's tables; what is not given of a row is null."""

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    attribute_types: Mapping[str, ValueType] = field(default_factory=lambda: dict(TYPES))

    def add(self, table: Table, person: int, **columns: Any) -> None:
        self.rows[table].append({"person": person, **columns})

    def add_person(self, stage: str | None = None, at: datetime | None = None, **columns: Any) -> int:
        """Add somebody and return their number; attributes are given by their names."""
        number = len(self.rows["people"])
        named = {attribute_column(name): columns.pop(name) for name in list(columns) if name in TYPES}
        current = orjson.dumps(columns.pop("current", {})).decode()
        self.add(
            "people", number, object_type="contact", object_id=str(1001 + number), own_stage=stage, own_at=at,
            current=current, **named, **columns,
        )  # fmt: skip
        return number

    def add_event(self, person: int, kind: str, at: datetime, **columns: Any) -> None:
        number = len(self.rows["events"])
        self.add("events", person, id=f"web:{number}", kind=kind, occurred_at=at, machine=False, **columns)

    def add_stage(self, person: int, stage: str, at: datetime, by: str = "puente") -> None:
        """Note that somebody entered a stage of ours; the newest one is what they show."""
        self.add("history", person, field="own_stage", value=stage, at=at, by=by)
        self.rows["people"][person].update(own_stage=stage, own_at=at, own_by=by)

    def tables(self) -> dict[Table, pl.DataFrame]:
        found = {}
        for name, rows in self.rows.items():
            schema = dict(columns_of(name, self.attribute_types))
            whole = [{column: row.get(column) for column in schema} for row in rows]
            found[name] = pl.DataFrame(whole, schema=schema)
        found["people"] = found["people"].with_columns(
            pl.col("merged").fill_null([]), pl.col("current").fill_null("{}")
        )
        found["events"] = found["events"].sort("person", "occurred_at", "id", descending=[False, True, False])
        found["history"] = found["history"].sort("person", "at", nulls_last=False, maintain_order=True)
        return found

    def table(self, table: Table, columns: Any = None) -> pl.DataFrame:
        frame = self.tables()[table]
        return frame if columns is None else frame.select(columns)


def make_meeting(size: int = 1_600, seed: int = 3) -> Meeting:
    """Make up a year of `size` people."""
    rng, meeting = np.random.default_rng(seed), Meeting()
    for _ in range(size):
        _add_lead(meeting, rng)
    return meeting


def _add_lead(meeting: Meeting, rng: np.random.Generator) -> None:
    came = NOW - timedelta(days=float(rng.uniform(0.5, DAYS)))
    channel = str(rng.choice(list(CHANNELS), p=list(CHANNELS.values())))
    fits = rng.random() < 0.7
    person = meeting.add_person(
        stage="lead", at=came, country=str(rng.choice(["ES", "MX"] if fits else ["DE", "FR"])),
        employees=None if rng.random() < 0.25 else float(rng.integers(50, 900) if fits else rng.integers(2, 40)),
        industry=None if rng.random() < 0.6 else "software", source=channel, owner=str(rng.choice(OWNERS)),
        current=_stamp(rng),
    )  # fmt: skip
    for name in ("country", "source"):
        value = meeting.rows["people"][person][attribute_column(name)]
        meeting.add("history", person, field=f"attribute:{name}", value=value, at=came, by="crm")
    meeting.add_stage(person, "lead", came)
    did = {
        "page_view": int(rng.poisson(3)), "content_download": int(rng.random() < 0.35),
        "webinar_attended": int(rng.random() < (0.6 if channel == "PAID_SOCIAL" else 0.25)),
        "demo_trial": int(rng.random() < 0.2), "form_submitted": int(rng.random() < 0.08),
    }  # fmt: skip
    days = float(rng.uniform(0.2, 14))
    for kind, count in did.items():
        for _ in range(count):
            _add_past(meeting, person, kind, came + timedelta(days=days * float(rng.random())))
    if fits and (did["webinar_attended"] or did["form_submitted"] or did["demo_trial"] + did["content_download"] > 1):
        _hand_over(meeting, rng, person, came + timedelta(days=days), did, channel)


def _stamp(rng: np.random.Generator) -> dict[str, Any]:
    newest = rng.random() < 0.9
    at = NOW - timedelta(days=float(rng.uniform(0, 20) if newest else rng.uniform(21, 60)))
    return {"puente_model": STAMPS[not newest], "puente_scored_at": {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}}


def _add_past(meeting: Meeting, person: int, kind: str, at: datetime, **columns: Any) -> None:
    if at <= NOW:
        meeting.add_event(person, kind, at, **columns)


def _hand_over(
    meeting: Meeting, rng: np.random.Generator, person: int, at: datetime, did: Mapping[str, int], channel: str
) -> None:
    """Hand somebody over, and let sales do what it does with such people."""
    if at > NOW:
        return
    stage = "sql" if did["form_submitted"] else "mql"
    meeting.add_stage(person, stage, at)
    owner = meeting.rows["people"][person]["attribute:owner"]
    touched = due_at(CALENDAR, at, float(rng.exponential(120 if owner == "301" else 2.5)))
    if touched > NOW:
        keyless = rng.random() < 0.08
        meeting.add("tasks", person, key=str(person), state="waiting", owner=None if keyless else owner)
        return
    meeting.add_event(person, "call", touched)
    meeting.add("tasks", person, key=str(person), state="done", owner=owner)
    answered = touched + timedelta(days=float(rng.uniform(0.1, 3)))
    if answered > NOW:
        return
    lately = answered > NOW - timedelta(days=28)
    accepts = rng.random() < (0.45 if lately else 0.75)
    reason = None if accepts else str(rng.choice(["fit", "timing", "no-response", ""], p=[0.6, 0.2, 0.15, 0.05]))
    verdict = "accepted" if accepts else "rejected"
    meeting.rows["people"][person].update(verdict=verdict, verdict_reason=reason, verdict_at=answered)
    meeting.add("history", person, field="verdict", value=verdict, at=answered, by="person")
    if not accepts:
        meeting.add_stage(person, "lead", answered)
        return
    if stage == "mql":
        meeting.add_stage(person, "sql", answered)
    _close(meeting, rng, person, answered, 0.4 * did["demo_trial"] + 0.18 * did["content_download"] + 0.08, channel)


def _close(meeting: Meeting, rng: np.random.Generator, person: int, at: datetime, chance: float, channel: str) -> None:
    made = at + timedelta(days=float(rng.uniform(1, 9)))
    if rng.random() > 0.6 or made > NOW:
        return
    closed = made + timedelta(days=float(rng.uniform(5, 35)))
    won = rng.random() < min(0.95, chance * CLOSES.get(channel, 1.0) * 1.6)
    state = "open" if closed > NOW else "won" if won else "lost"
    meeting.add("deals", person, id=f"d{person}", state=state, created_at=made, closed_at=closed, amount=9000.0)
    meeting.add_stage(person, "opportunity", made, by="crm")
    if state == "won":
        meeting.add_stage(person, "customer", closed, by="crm")


def keep_meeting(
    meeting: Meeting, folder: Path, *, dated: tuple[str, ...] = DATED, hashed: bool = False, **manifest: Any
) -> None:
    """Write model, mapping and snapshot into a folder, as the settings of `kept.settings_of` find them."""
    (folder / "model.yaml").write_text(MODEL, encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    settings = Settings(
        model=folder / "model.yaml", mapping=folder / "mapping.yaml", snapshot=folder / ".puente" / "snapshot"
    )
    kept, days = choose_kept(settings, load_rules(settings), Wishes(history=bool(dated), hash_ids=hashed))
    tables = meeting.tables()
    rows = {str(name): frame.height for name, frame in tables.items()}
    counts = PartCounts(rows["people"], 0, {}, rows["events"], 0, 0, rows)
    store = build_store(settings)
    store.folder.mkdir(parents=True)
    parts = (store.add_part(tables, counts, ()),) if rows["people"] else ()
    run = Run(1, "full", None, NOW, NOW, rows["people"], counts)
    given = {"reconstructable": dated, **manifest}
    store.commit(Manifest(Origin("hubspot", "62515"), kept, days, parts, (run,), **given))
