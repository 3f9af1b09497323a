"""The promises, checked from outside: from what the portal holds and from what the command said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.contract.other_hubspot.catalogue import STAGES
from tests.contract.other_hubspot.commands import Run
from tests.contract.other_hubspot.people import Base
from tests.contract.other_hubspot.portal import Portal

OUTCOMES = {"written", "unchanged", "gone", "parked", "planned"}


@dataclass(frozen=True)
class Before:
    """Hold what must not go backward."""

    lifecycles: dict[str, str]

    @classmethod
    def of(cls, portal: Portal) -> Before:
        return cls({i: item.properties.get("lifecyclestage", "") for i, item in portal.items["contacts"].items()})


def stages(portal: Portal) -> dict[str, str]:
    people = portal.items["contacts"].items()
    return {i: item.properties.get("puente_stage", "") for i, item in people if not item.archived}


def tasks_by_person(portal: Portal) -> dict[str, list[str]]:
    """Return the keys of the living tasks on each contact; a key comes from the property or from the text."""
    found: dict[str, list[str]] = {}
    for contact_id in portal.items["contacts"]:
        for task_id in portal.linked("contacts", contact_id, "tasks"):
            found.setdefault(contact_id, []).append(_key(portal, task_id))
    return found


def _key(portal: Portal, task_id: str) -> str:
    properties = portal.items["tasks"][task_id].properties
    key = properties.get("puente_task_key", "")
    return key or properties.get("hs_task_body", "").rpartition("puente:")[2].partition("<")[0]


def broken_promises(portal: Portal, before: Before) -> list[str]:
    """Say what is wrong with the portal's state, whatever happened on the way."""
    wrong = []
    for contact_id, keys in tasks_by_person(portal).items():
        wrong += [f"{n} tasks of one episode on {contact_id}" for n in Counter(keys).values() if n > 1]
    orphans = [i for i in portal.items["tasks"] if not portal.links.get(("tasks", "contacts"), {}).get(i)]
    wrong += [f"task {i} belongs to nobody" for i in orphans]
    for contact_id, old in before.lifecycles.items():
        item = portal.items["contacts"][contact_id]
        new = item.properties.get("lifecyclestage", "")
        if not item.archived and old in STAGES and (new not in STAGES or STAGES.index(new) < STAGES.index(old)):
            wrong.append(f"{contact_id} went from {old} to {new or 'nothing'}")
    return wrong


def half_written(portal: Portal) -> list[str]:
    """Say who carries an MQL's or SQL's handoff key without its task, or a stage without its grade."""
    wrong = []
    tasks = tasks_by_person(portal)
    for contact_id, item in portal.items["contacts"].items():
        held = item.properties
        if item.archived:
            continue
        key = held.get("puente_handoff_key")
        if key and key not in tasks.get(contact_id, ()):
            wrong.append(f"{contact_id} holds a handoff key without its task")
        if held.get("puente_stage") and not (held.get("puente_grade") and held.get("puente_model")):
            wrong.append(f"{contact_id} has a stage and nothing else")
    return wrong


def unaccounted(run: Run, ids: Iterable[str]) -> list[str]:
    """Say who was lost, told twice, or parked without a reason that can be read."""
    told = Counter(line["object_id"] for line in run.people)
    wrong = [f"{i} was told {told[i]} times" for i in ids if told[i] != 1]
    for line in run.people:
        if line["outcome"] not in OUTCOMES:
            wrong.append(f"{line['object_id']}: {line['outcome']}")
        reason = line.get("reason") or ""
        if line["outcome"] == "parked" and len(reason) < 10:
            wrong.append(f"{line['object_id']} was parked without a reason: {reason!r}")
    return wrong


def leaks(run: Run, portal: Portal) -> list[str]:
    """Find secrets and people's values in what was said on stderr, and tracebacks."""
    values = {"pat-eu1", "canary", "Traceback"}
    for item in portal.items["contacts"].values():
        values |= {
            item.properties.get(name, "") for name in ("email", "lastname") if len(item.properties.get(name, "")) > 4
        }
    return sorted(value[:40] for value in values if value in run.err)


def all_promises(run: Run, portal: Portal, base: Base, before: Before) -> list[str]:
    return [*unaccounted(run, base.all), *broken_promises(portal, before), *leaks(run, portal)]
