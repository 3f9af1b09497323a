"""One model, one person, two CRMs: the same golden people in both sandboxes get the same decision and the same task.

Compared is every field of a decision but those that name a record: `crm`, `object_type`, `object_id`, `changes` (the
names of the fields), `handoff.key`, `handoff.owner`, and the ids of events, of which only the number is kept. The
packaged mappings and the packaged model are used as they are.

Every kind of the model comes through on both sides, also of somebody who takes part in an event of one name again.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.cli.outcome_json import outcome_to_json
from connector.domain.mapping import Crm as CrmName
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Model
from connector.domain.model_reach import horizon_days, used_attributes
from connector.domain.values import parse_instant
from connector.files import check_files
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Qualifier
from connector.ports import Crm
from sandbox.people import generate
from tests.contract import hubspot_world, salesforce_world

PEOPLE, SEED = 120, 1
NAMES_A_RECORD = {"crm", "object_type", "object_id", "changes", "task_id", "survivor"}
HANDOFF_NAMES_A_RECORD = {"key", "owner"}


@dataclass(frozen=True)
class Task:
    """Hold what a rep reads, without the CRM's own form."""

    subject: str
    body: str
    due_at: datetime
    urgent: bool


@dataclass(frozen=True)
class Told:
    """Hold what one CRM's people became: decisions by address, the tasks, and what a second run did."""

    decisions: Mapping[str, Mapping[str, Any]]
    tasks: Counter[Task]
    again: Counter[str]


@pytest.fixture(scope="module")
def told() -> tuple[Told, Told]:
    """Qualify the golden people at the same moment in HubSpot and in Salesforce."""
    now = datetime.now(UTC).replace(microsecond=0)
    base = generate(PEOPLE, SEED, now)
    with hubspot_world.portal(base=base) as portal:
        hubspot = _told("hubspot", portal, now)
    with salesforce_world.org(base=base) as org:
        salesforce = _told("salesforce", org, now)
    return hubspot, salesforce


def _told(crm: CrmName, world: hubspot_world.World | salesforce_world.World, now: datetime) -> Told:
    checked = check_files(None, None, None, crm)
    assert checked.model is not None, checked.problems
    assert checked.mapping is not None, checked.problems
    client = _client(world, checked.model, checked.mapping)
    client.preflight()
    ledger = SqliteLedger(":memory:", client.account())
    qualifier = Qualifier(client, ledger, checked.model, checked.mapping, "es", lambda: now)
    outcomes = list(qualifier.qualify_all())
    lines = [outcome_to_json(outcome, crm, "es") for outcome in outcomes]
    names = [outcome.decision.person.text("name") if outcome.decision else None for outcome in outcomes]
    decisions = {f"{line['email']} {name}": _comparable(line) for line, name in zip(lines, names, strict=True)}
    assert len(decisions) == len(lines), "two golden people cannot be told apart"
    tasks = _salesforce_tasks(world) if isinstance(world, salesforce_world.World) else _hubspot_tasks(world)
    again = Counter[str](outcome.outcome for outcome in qualifier.qualify_all())
    return Told(decisions, Counter(tasks), again)


def _client(world: hubspot_world.World | salesforce_world.World, model: Model, mapping: FieldMapping) -> Crm:
    kinds, attributes, horizon = model.used_kinds, used_attributes(model), horizon_days(model)
    return world.crm(mapping, kinds=kinds, attributes=attributes, horizon_days=horizon)


def _comparable(line: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what names a record; of events keep how many they are."""
    kept = {name: value for name, value in line.items() if name not in NAMES_A_RECORD}
    if kept["handoff"]:
        kept["handoff"] = {name: value for name, value in kept["handoff"].items() if name not in HANDOFF_NAMES_A_RECORD}
    kept["contributions"] = [{**part, "events": len(part["events"])} for part in kept["contributions"]]
    kept["not_counted"] = sorted((left["why"], left["rule"] or "") for left in kept["not_counted"])
    return kept


def _hubspot_tasks(world: hubspot_world.World) -> Iterator[Task]:
    """Read HubSpot's tasks; their body is HTML, with our key in its last paragraph."""
    for task in (task["properties"] for task in world.tasks()):
        body = re.sub(r"<p><small>puente:[0-9a-f]{32}</small></p>$", "", task["hs_task_body"])
        text = html.unescape(re.sub(r"<[^>]*>", "", body.replace("<br>", "\n")))
        yield Task(task["hs_task_subject"], text, _instant(task["hs_timestamp"]), task["hs_task_priority"] == "HIGH")


def _salesforce_tasks(world: salesforce_world.World) -> Iterator[Task]:
    for task in world.tasks():
        due_at = _instant(task["ReminderDateTime"])
        yield Task(task["Subject"], task["Description"], due_at, task["Priority"] == "High")


def _instant(raw: str) -> datetime:
    instant = parse_instant(raw)
    assert isinstance(instant, datetime), raw
    return instant


def test_the_same_people_get_the_same_decisions(told: tuple[Told, Told]) -> None:
    hubspot, salesforce = told
    assert salesforce.decisions.keys() == hubspot.decisions.keys()
    assert len(hubspot.decisions) > PEOPLE * 0.9
    for who, decision in hubspot.decisions.items():
        assert salesforce.decisions[who] == decision, who


def test_the_golden_people_try_the_whole_model(told: tuple[Told, Told]) -> None:
    """Equality says little about a model that nobody touches."""
    decisions = told[0].decisions.values()
    assert {line["stage"] for line in decisions} >= {"mnql", "lead", "mql", "sql", "opportunity", "customer"}
    assert len({part["rule"] for line in decisions for part in line["contributions"]}) >= 15
    assert {line["hand_raise"] for line in decisions} - {None}
    assert any(line["not_counted"] for line in decisions)


def test_sales_reads_the_same_tasks(told: tuple[Told, Told]) -> None:
    hubspot, salesforce = told
    assert salesforce.tasks == hubspot.tasks
    assert hubspot.tasks.total() == sum(bool(line["handoff"]) for line in hubspot.decisions.values()) > 0


def test_a_second_run_changes_nothing_in_either(told: tuple[Told, Told]) -> None:
    assert all(set(one.again) == {"unchanged"} for one in told)
