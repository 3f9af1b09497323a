"""The promises, checked from outside: from what the organisation holds and from what the command said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.contract.other_salesforce.catalogue import KEY
from tests.contract.other_salesforce.commands import Run
from tests.contract.other_salesforce.life import living
from tests.contract.other_salesforce.org import Org
from tests.contract.other_salesforce.values import Kept

OUTCOMES = {"written", "unchanged", "gone", "parked", "planned"}
NEVER_OURS = ("OwnerId", "Status", "Lifecycle_Stage__c", "FirstName", "LastName", "Email", "Title", "Company")


@dataclass(frozen=True)
class Before:
    """Hold what belongs to the company and must stay as it was."""

    values: dict[str, dict[str, Kept]]

    @classmethod
    def of(cls, org: Org) -> Before:
        people = (org.item(person_id) for person_id in living(org))
        return cls({item.id: {name: item.values.get(name) for name in NEVER_OURS} for item in people})


def stages(org: Org) -> dict[str, str]:
    return {person_id: org.item(person_id).text("Puente_Stage__c") for person_id in living(org)}


def tasks_by_person(org: Org) -> dict[str, list[str]]:
    """Return the keys of our living tasks by the person they are about."""
    found: dict[str, list[str]] = {}
    for task in org.of("Task"):
        if task.text(KEY):
            found.setdefault(task.text("WhoId"), []).append(task.text(KEY))
    return found


def broken_promises(org: Org, before: Before) -> list[str]:
    """Say what is wrong with the organisation's state, whatever happened on the way."""
    keys = Counter(task.text(KEY) for task in org.items["Task"].values() if task.text(KEY))
    wrong = [f"{number} tasks of one episode: {key}" for key, number in keys.items() if number > 1]
    wrong += [
        f"task {task.id} belongs to nobody" for task in org.of("Task") if task.text(KEY) and not task.text("WhoId")
    ]
    for person_id, values in before.values.items():
        item = org.find(person_id)
        if item is None or item.deleted or item.values.get("IsConverted") is True:
            continue
        rightful = {**values, **org.edited.get(person_id, {})}
        changed = [name for name in values if item.values.get(name) != rightful[name]]
        wrong += [f"{person_id}: we changed {changed}"] if changed else []
    return wrong


def half_written(org: Org) -> list[str]:
    """Say who carries a handoff key without its task, or a stage without its grade."""
    wrong = []
    keys = {task.text(KEY) for task in org.items["Task"].values()}
    for person_id in living(org):
        item = org.item(person_id)
        key = item.text("Puente_Handoff_Key__c")
        if key and key not in keys:
            wrong.append(f"{person_id} holds a handoff key without its task")
        if item.text("Puente_Stage__c") and not (item.text("Puente_Grade__c") and item.text("Puente_Model__c")):
            wrong.append(f"{person_id} has a stage and nothing else")
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


def leaks(run: Run, org: Org) -> list[str]:
    """Find secrets and people's values in what was said on stderr, and tracebacks."""
    values = {"canary", "Traceback", "00D7Q!"}
    for person_id in living(org):
        item = org.item(person_id)
        values |= {item.text(name) for name in ("Email", "LastName") if len(item.text(name)) > 4}
    return sorted(value[:40] for value in values if value in run.err)
