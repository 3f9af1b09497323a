"""`puente explain`: one decision and every point of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import click
import orjson

from connector.bootstrap import Rules, build_ledger, load_rules, may_have_lost_its_case, to_ref
from connector.cli.explain_view import Explained, render_explanation
from connector.cli.failures import DONE, FAILED
from connector.cli.identifiers import parse_identifiers
from connector.cli.instants import parse_moment
from connector.cli.session import Session, crm_option, file_option, json_option
from connector.domain.decision import Decision, qualify
from connector.domain.decision_json import to_json
from connector.domain.model import Locale, Model
from connector.domain.person import Memory
from connector.domain.reasons import reasons
from connector.domain.stages import StageRule
from connector.domain.values import to_instant_text
from connector.live.ledger import Ledger
from connector.live.qualify import MOST_ROUNDS
from connector.live.recall import needs_history, recall
from connector.ports import Crm, Record
from connector.settings import Settings

KEPT: Final[frozenset[StageRule]] = frozenset({"owned_by_sales", "hysteresis", "dwell"})
"""The rules that keep a stage without saying how it was reached."""
_JUST_BEFORE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Looking:
    """Hold what reading one person takes."""

    session: Session
    settings: Settings
    crm: Crm
    ledger: Ledger
    model: Model
    now: datetime

    def needs_history(self, record: Record) -> bool:
        remembered = self.ledger.recall([record.ref]).get(record.ref)
        return needs_history(record, remembered, self.model.stages.override_days, self.now)


@click.command("explain", short_help="Show every point of one decision.")
@click.argument("person", metavar="ID")
@click.option("--at", "at", metavar="T", help="As of an instant (2026-03-02T10:00:00Z) or a date, past or future.")
@json_option
@file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING.")
@file_option("--model", "Model file, instead of PUENTE_MODEL.")
@crm_option()
@click.pass_obj
def command(session: Session, /, person: str, at: str | None, as_json: bool, **choices: Any) -> int:
    """Show the decision about one person (ID, or e-mail address) and every point of it. Writes nothing."""
    settings = session.load_settings(**choices)
    now = session.root.clock()
    instant = parse_moment(at, "--at", session) if at is not None else now
    (person,) = parse_identifiers([person], session, settings)
    rules = load_rules(settings)
    with session.root.open_crm(settings, rules, whole_past=True) as crm:
        ledger = build_ledger(settings, crm.account(), dry_run=True)
        looking = Looking(session, settings, crm, ledger, rules.model, now)
        record = _fetch(looking, person)
    if record is None:
        return FAILED
    explained = _explain(record, ledger, rules, instant, now)
    if as_json:
        document = {
            **to_json(explained.decision, session.locale),
            "memory": memory_to_json(explained.decision.before),
            "memory_known": explained.memory_known,
            "crossing": crossing_to_json(explained.crossing, session.locale),
        }
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    else:
        session.out.print(render_explanation(explained, session))
    return DONE


def _fetch(looking: Looking, person: str) -> Record | None:
    """Read the person, following a merge to the survivor; say so when there is nobody."""
    session, crm = looking.session, looking.crm
    ref = crm.find(person) if "@" in person else to_ref(looking.settings, person)
    if ref is None:
        session.tell("email_unknown")
        return None
    for _ in range(MOST_ROUNDS):
        fetched = crm.fetch([ref], now=looking.now, needs_history=looking.needs_history)
        if fetched.records:
            return fetched.records[0]
        for error in fetched.failed.values():
            raise error
        survivor = fetched.gone.get(ref)
        if survivor is None:
            break
        session.tell("person_merged", id=ref.object_id, survivor=survivor.object_id)
        ref = survivor
    lost_case = may_have_lost_its_case(looking.settings, ref.object_id)
    session.tell("id_lost_case" if lost_case else "id_not_found", id=ref.object_id)
    return None


def _explain(record: Record, ledger: Ledger, rules: Rules, instant: datetime, now: datetime) -> Explained:
    """Decide as of an instant: later than now with the present memory, earlier with the one of that time."""
    if instant >= now:
        remembered = ledger.recall([record.ref]).get(record.ref)
        memory, known = recall(record, remembered, now, rules.mapping.handoff_key_field), True
    else:
        remembered = ledger.recall_at(record.ref, instant)
        memory, known = (remembered.memory if remembered else Memory()), remembered is not None
    decision = qualify(record.person, record.timeline, rules.model, instant, memory)
    return Explained(decision, record.timeline, now, known, _crossing(record, ledger, decision))


def _crossing(record: Record, ledger: Ledger, decision: Decision) -> Decision | None:
    """Return the decision that once led to a stage which is only being kept, as far as it can be repeated.

    The timeline and the memory are those of then, the profile and the model those of now.
    """
    memory = decision.before
    if decision.choice.rule not in KEPT or memory.set_at is None or memory.set_by not in ("puente", "sales"):
        return None
    earlier = ledger.recall_at(record.ref, memory.set_at - _JUST_BEFORE)
    known = earlier.memory if earlier else Memory()
    if memory.sales and memory.sales.at <= memory.set_at:
        known = replace(known, sales=memory.sales)
    then = qualify(record.person, record.timeline, decision.model, memory.set_at, known, review=False)
    return then if then.stage == memory.stage else None


def crossing_to_json(crossing: Decision | None, locale: Locale) -> dict[str, Any] | None:
    """Return when and why the present stage was reached; None when it was reached now, or nobody can tell."""
    if crossing is None:
        return None
    at, rule = to_instant_text(crossing.decided_at), crossing.choice.rule
    return {"at": at, "stage_rule": rule, "reasons": list(reasons(crossing, locale))}


def memory_to_json(memory: Memory) -> dict[str, Any]:
    """Return what the stage policy remembered, in the form golden cases take."""
    sales = memory.sales
    return {
        "stage": memory.stage,
        "set_by": memory.set_by,
        "set_at": to_instant_text(memory.set_at) if memory.set_at else None,
        "sales": {"verdict": sales.verdict, "reason": sales.reason, "at": to_instant_text(sales.at)} if sales else None,
        "episodes": dict(memory.episodes),
    }
