"""Find whose engagement rang, and look after tasks sales was given, against a portal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.errors import CrmError
from connector.ports import Escalation, TaskState
from tests.contract.hubspot_world import World, key_of, portal, qualified

MARK = "[Vencida]"


@pytest.fixture
def world() -> Iterator[World]:
    with portal(12) as found:
        yield found


def test_engagements_lead_to_their_people_in_one_call_per_type(world: World) -> None:
    crm = world.crm()
    record = world.records(crm, 1)[0]
    crm.apply([qualified(record)])
    (task,) = world.tasks()
    before = world.last_seq()
    wanted = [("task", task["id"]), ("task", "7999999999"), ("call", "7199999999")]
    found = crm.people_of(wanted)
    assert {one: list(refs) for one, refs in found.items()} == {wanted[0]: [record.ref], wanted[1]: [], wanted[2]: []}
    assert len(world.journal(before)) == 2


def test_engagements_that_cannot_be_read_are_not_nobodys(world: World) -> None:
    world.fail({"match": "associations/.*/calls/contacts", "status": 502, "times": None})
    with pytest.raises(CrmError):
        world.crm().people_of([("call", "7199999999")])


def test_a_late_task_nobody_has_begun_with_is_marked_once_and_changes_hands(world: World) -> None:
    crm = world.crm()
    record = world.records(crm, 1)[0]
    crm.apply([qualified(record, owner="301")])
    wanted = Escalation(record.ref, key_of(record.ref), MARK, "302")
    assert crm.escalate([wanted]) == {wanted.key: TaskState("waiting", "301")}
    crm.escalate([wanted])
    properties = world.tasks()[0]["properties"]
    assert properties["hs_task_subject"] == f"{MARK} Revisar MQL"
    assert (properties["hubspot_owner_id"], properties["hs_task_priority"]) == ("302", "HIGH")
    assert crm.task_states([(record.ref, wanted.key)]) == {wanted.key: TaskState("waiting", "302")}


def test_a_task_in_somebodys_hands_is_left_alone(world: World) -> None:
    crm = world.crm()
    begun, done, missing = world.records(crm, 3)
    crm.apply([qualified(begun), qualified(done)])
    ids = {task["properties"]["puente_task_key"]: task["id"] for task in world.tasks()}
    for ref, status in ((begun.ref, "IN_PROGRESS"), (done.ref, "COMPLETED")):
        change = {"object_type": "tasks", "id": ids[key_of(ref)], "set": {"hs_task_status": status}}
        world.ask("POST", "edit", change)
    before = world.last_seq()
    found = crm.escalate([Escalation(one.ref, key_of(one.ref), MARK, "302") for one in (begun, done, missing)])
    assert [found[key_of(one.ref)].state for one in (begun, done, missing)] == ["begun", "done", "missing"]
    assert not [entry for entry in world.journal(before) if entry["touched"]]


def test_a_task_is_marked_even_when_the_new_owner_is_refused(world: World) -> None:
    crm = world.crm()
    record = world.records(crm, 1)[0]
    crm.apply([qualified(record, owner="301")])
    crm.escalate([Escalation(record.ref, key_of(record.ref), MARK, "999999")])
    properties = world.tasks()[0]["properties"]
    assert properties["hs_task_subject"].startswith(MARK)
    assert properties["hubspot_owner_id"] == "301"
