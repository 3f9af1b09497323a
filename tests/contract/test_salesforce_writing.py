"""Write decisions to the sandbox organisation: compared first, accounted for, one task per key, nobody re-routed."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from connector.errors import RejectedError
from connector.ports import Escalation, Receipt, Write
from sandbox.people import generate
from sandbox.salesforce.settings import ValidationRule
from tests.contract.salesforce_world import (
    MAPPING,
    JumpingTime,
    closing,
    key_of,
    keys,
    lead,
    org,
    outcomes,
    qualified,
)

UPDATE, CREATE = "PATCH .*/composite/sobjects", "POST .*/composite/sobjects$"


def test_a_decision_is_written_with_its_task_and_a_repeat_changes_nothing() -> None:
    with org(12) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"written": len(writes)}
        assert all(receipt.task_created and receipt.task_id for receipt in receipts)
        assert keys(world.tasks()) == dict.fromkeys((key_of(write.record.ref) for write in writes), 1)
        found = world.person(writes[0].record.ref.object_id)
        assert found["Puente_Stage__c"] == "mql"
        assert found["Puente_Stage_At__c"] == "2026-11-21T09:30:00.000+0000"
        assert found["Puente_Fit__c"] == 87.5

        again = [Write(record, task=write.task) for record, write in zip(world.records(crm), writes, strict=True)]
        receipts = crm.apply(again)
        assert outcomes(receipts) == {"written": len(writes)}
        assert not any(receipt.task_created for receipt in receipts)
        assert len(world.tasks()) == len(writes)


def test_two_hundred_people_cost_two_write_calls() -> None:
    with org(base=generate(220, 3, JumpingTime().now())) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm, 200)]
        crm.apply(writes[:1])
        since = world.last_seq()
        assert outcomes(crm.apply(writes[1:])) == {"written": 199}
        assert world.lines(since) == {
            "POST /composite": 1,
            "PATCH /composite/sobjects": 1,
            "POST /composite/sobjects": 1,
        }


def test_what_was_written_reads_back_as_the_same_values() -> None:
    with org(3) as world:
        crm = world.crm()
        write = qualified(world.records(crm, 1)[0])
        crm.apply([write])
        record = world.records(crm, 1)[0]
        assert {name: record.current[name] for name in write.fields} == {n: new for n, (_, new) in write.fields.items()}
        assert (record.own.stage, record.own.by) == ("mql", "puente")
        assert not [event for event in record.timeline.events if event.kind == "call"], "our own task is no event"


def test_the_task_hangs_on_the_person_with_text_due_date_and_owner() -> None:
    with org(3) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        rep = next(user for user in world.state()["users"] if user["properties"]["Email"].startswith("lucia") or True)
        receipt = crm.apply([qualified(record, owner=rep["id"])])[0]
        task = next(found for found in world.state()["tasks"] if found["id"] == receipt.task_id)["properties"]
        assert (task["WhoId"], task["OwnerId"]) == (record.ref.object_id, rep["id"])
        assert (task["Status"], task["Priority"], task["ActivityDate"]) == ("Not Started", "Normal", "2026-11-21")
        assert task["ReminderDateTime"] == "2026-11-21T17:30:00.000+0000"
        assert task["Description"] == "Por qué ahora: pidió una demo"


def test_hostile_and_very_long_texts_lose_nothing_but_what_does_not_fit() -> None:
    with org(2) as world:
        crm = world.crm()
        write = qualified(world.records(crm, 1)[0])
        assert write.task
        body = "<b>&'\"\\ OR Id != null\n🙂" + "ñ" * 40_000
        crm.apply([replace(write, task=replace(write.task, body=body, subject="x" * 400))])
        task = world.tasks()[0]
        # The emoji takes two of the 32,000 units.
        assert task["Description"] == body[:31_999]
        assert len(task["Subject"]) == 255


def test_assignment_rules_never_route_a_lead_anew() -> None:
    with org(20, auto_assign=True) as world:
        crm = world.crm()
        records = world.records(crm)
        owners = {record.ref: world.person(record.ref.object_id)["OwnerId"] for record in records}
        crm.apply([qualified(record) for record in records])
        assert {ref: world.person(ref.object_id)["OwnerId"] for ref in owners} == owners
        assert world.state()["assignments"] == []


@pytest.mark.parametrize(
    "changed", [{"Puente_Stage__c": "sql"}, {"Puente_Sales_Verdict__c": "rejected"}, {"Title": "CEO of it all"}]
)
def test_somebody_edited_in_between_is_not_written(changed: dict[str, str]) -> None:
    with org(4) as world:
        crm = world.crm()
        records = world.records(crm)
        edited = records[0].ref.object_id
        world.ask("POST", "edit", {"person": edited, "set": changed})
        before = world.person(edited)
        receipts = crm.apply([qualified(record) for record in records])
        assert [receipt.outcome for receipt in receipts] == ["moved"] + ["written"] * (len(records) - 1)
        assert world.person(edited) == before
        assert len(world.tasks()) == len(records) - 1


def test_people_merged_deleted_or_converted_in_between_are_gone() -> None:
    with org(12) as world:
        crm = world.crm()
        records = [record for record in world.records(crm) if record.ref.object_type == "lead"][:5]
        refs = [record.ref for record in records]
        world.ask("POST", "merge", {"from": refs[1].object_id, "into": refs[0].object_id})
        world.ask("POST", "delete", {"person": refs[2].object_id})
        contact_id = world.ask("POST", "convert", {"person": refs[3].object_id})["id"]
        receipts = crm.apply([qualified(record) for record in records[1:]])
        assert [receipt.outcome for receipt in receipts] == ["gone", "gone", "gone", "written"]
        assert receipts[0].survivor == refs[0]
        assert receipts[1].survivor is None
        assert receipts[2].survivor is not None
        assert receipts[2].survivor.object_id == contact_id
        assert len(world.tasks()) == 1


@pytest.mark.parametrize("step", [UPDATE, CREATE])
@pytest.mark.parametrize("mishap", ["delete", "merge", "convert"])
def test_people_who_vanish_while_they_are_written_are_gone_and_the_others_written(step: str, mishap: str) -> None:
    with org(10) as world:
        crm = world.crm()
        records = [record for record in world.records(crm) if record.ref.object_type == "lead"][:5]
        victim, survivor = records[0].ref.object_id, records[1].ref.object_id
        fault: dict[str, object] = {
            "delete": {"delete": victim},
            "merge": {"merge": {"from": victim, "into": survivor}},
            "convert": {"edit": {"person": victim, "convert": True}},
        }[mishap]
        world.fail({"match": step, **fault})
        receipts = {receipt.ref.object_id: receipt for receipt in crm.apply([qualified(one) for one in records])}
        assert receipts.pop(victim).outcome == "gone"
        assert {receipt.outcome for receipt in receipts.values()} == {"written"}
        assert victim not in {task["WhoId"] for task in world.tasks()}


def test_a_task_that_a_rep_has_changed_is_left_alone() -> None:
    with org(4) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm, 2)]
        receipts = crm.apply(writes)
        world.ask(
            "POST", "edit", {"id": receipts[0].task_id, "set": {"Subject": "Llamar el lunes", "Status": "In Progress"}}
        )
        again = crm.apply(
            [Write(record, task=write.task) for record, write in zip(world.records(crm, 2), writes, strict=True)]
        )
        assert [receipt.task_created for receipt in again] == [False, False]
        assert next(t for t in world.tasks() if t["Id"] == receipts[0].task_id)["Subject"] == "Llamar el lunes"


def test_an_untouched_task_is_closed_with_the_reason_and_a_touched_one_is_not() -> None:
    with org(4) as world:
        crm = world.crm()
        records = world.records(crm, 2)
        receipts = crm.apply([qualified(record) for record in records])
        world.ask("POST", "edit", {"id": receipts[1].task_id, "set": {"Status": "In Progress"}})
        records = world.records(crm, 2)
        closed = crm.apply([closing(record, key_of(record.ref)) for record in records])
        assert [receipt.closed for receipt in closed] == [(key_of(records[0].ref),), ()]
        tasks = {task["Id"]: task for task in world.tasks()}
        assert tasks[receipts[0].task_id]["Status"] == "Completed"
        assert tasks[receipts[0].task_id]["Description"].endswith("\n\nYa no es MQL")
        assert tasks[receipts[1].task_id]["Status"] == "In Progress"


@pytest.mark.parametrize(
    "fault", [None, {"match": "POST .*/composite$", "skip": 1, "status": 502, "after_commit": True}]
)
def test_making_and_closing_tasks_goes_in_one_call(fault: dict[str, object] | None) -> None:
    with org(8) as world:
        crm = world.crm()
        first = [qualified(record) for record in world.records(crm, 4)]
        crm.apply(first)
        second = [
            replace(qualified(record, key=f"second-{n}"), closings=closing(record, key_of(record.ref)).closings)
            for n, record in enumerate(world.records(crm, 4))
        ]
        world.fail(*([fault] if fault else []))
        since = world.last_seq()
        receipts = crm.apply(second)
        assert outcomes(receipts) == {"written": 4}
        assert [receipt.closed for receipt in receipts] == [(key_of(write.record.ref),) for write in second]
        if fault is None:
            assert world.lines(since) == {"POST /composite": 2, "PATCH /composite/sobjects": 1}
        tasks = {task["Puente_Task_Key__c"]: task["Status"] for task in world.tasks()}
        assert tasks == {
            **{key_of(write.record.ref): "Completed" for write in first},
            **{f"second-{n}": "Not Started" for n in range(4)},
        }


@pytest.mark.parametrize("refused", ["inactive", "nobody@mail.example", "no-id", "0015e000000000BAAQ"])
def test_an_owner_who_cannot_take_the_task_gives_way(refused: str) -> None:
    with org(8) as world:
        crm = world.crm()
        users = {user["properties"]["IsActive"]: user for user in world.state()["users"]}
        fallback = users[True]["properties"]
        owner = users[False]["id"] if refused == "inactive" else refused
        write = qualified(lead(world.records(crm)), owner=owner)
        assert write.task
        receipt = crm.apply([replace(write, task=replace(write.task, fallback_owner=fallback["Email"]))])[0]
        assert receipt.outcome == "written"
        assert world.tasks()[0]["OwnerId"] == users[True]["id"]


def test_without_anybody_the_task_is_ours_and_a_queue_may_own_it() -> None:
    with org(8) as world:
        crm = world.crm()
        records = world.records(crm, 2)
        queue = next(q["id"] for q in world.state()["queues"] if q["properties"]["DeveloperName"] == "Ventas")
        crm.apply([qualified(records[0]), qualified(records[1], owner=queue)])
        owners = {task["WhoId"]: task["OwnerId"] for task in world.tasks()}
        assert owners[records[0].ref.object_id] == world.state()["integration_user"]
        assert owners[records[1].ref.object_id] == queue


def test_a_refusal_by_a_rule_of_the_organisation_parks_one_person_readably() -> None:
    with org(8) as world:
        crm = world.crm()
        records = [record for record in world.records(crm) if record.ref.object_type == "lead"]
        name = world.person(records[0].ref.object_id)["LastName"].replace("'", "\\'")
        rule = ValidationRule("Lead", f"LastName = '{name}'", f"secret of {name}", "Title")
        world.settings(
            validation_rules=[
                {"object_type": "Lead", "error_when": rule.error_when, "message": rule.message, "field": "Title"}
            ]
        )
        receipts = crm.apply([qualified(record) for record in records])
        assert outcomes(receipts)["parked"] >= 1
        parked = next(receipt for receipt in receipts if receipt.outcome == "parked")
        assert isinstance(parked.error, RejectedError)
        assert "validation rule" in str(parked.error)
        assert name not in str(parked.error)
        assert len(world.tasks()) == outcomes(receipts)["written"]


def test_a_field_we_may_not_edit_parks_readably_and_preflight_says_so() -> None:
    with org(4) as world:
        crm = world.crm()
        records = world.records(crm, 1)
        world.settings(read_only_fields=["Lead.Puente_Stage__c", "Contact.Puente_Stage__c"])
        receipt = crm.apply([qualified(records[0])])[0]
        assert receipt.outcome == "parked"
        assert "Puente_Stage__c" in str(receipt.error)
        with pytest.raises(Exception, match="Puente_Stage__c"):
            world.crm().preflight()


def test_duplicate_alerts_do_not_stop_a_write_and_blocks_park_it() -> None:
    with org(6, duplicate_rules="alert") as world:
        crm = world.crm()
        records = world.records(crm)
        twins = [record.ref.object_id for record in records if record.ref.object_type == "lead"][:2]
        for record_id in twins:
            world.settings(duplicate_rules="off")
            world.ask("POST", "edit", {"person": record_id, "set": {"Email": "twin@mail.example"}})
        world.settings(duplicate_rules="alert")
        assert outcomes(crm.apply([qualified(record) for record in world.records(crm)])) == {"written": len(records)}
        world.settings(duplicate_rules="block")
        again = [qualified(record, Puente_Grade__c="A1") for record in world.records(crm)]
        found = {receipt.ref.object_id: receipt for receipt in crm.apply(again)}
        assert all(found[record_id].outcome == "parked" for record_id in twins)
        assert "duplicate rule" in str(found[twins[0]].error)


def test_a_stage_of_the_companys_is_written_only_where_the_mapping_names_a_value() -> None:
    with org(6) as world:
        named = replace(MAPPING, stages={**MAPPING.stages, "mql": "mql"})
        crm = world.crm(named)
        record = lead(world.records(crm))
        before = world.person(record.ref.object_id)
        receipt = crm.apply([replace(qualified(record), lifecycle="mql")])[0]
        after = world.person(record.ref.object_id)
        assert receipt.outcome == "written"
        assert after["Lifecycle_Stage__c"] == "mql"
        assert after["Status"] == before["Status"]


def test_a_stage_that_one_kind_of_person_has_not_is_said_to_be_refused() -> None:
    with org(40) as world:
        crm = world.crm(replace(MAPPING, lifecycle="Status", stages={**MAPPING.stages, "mql": "Working - Contacted"}))
        records = world.records(crm)
        contact = next(record for record in records if record.ref.object_type == "contact")
        writes = [replace(qualified(one), lifecycle="Working - Contacted") for one in (lead(records), contact)]
        receipts = crm.apply(writes)
        assert [receipt.lifecycle_refused for receipt in receipts] == [False, True]
        assert outcomes(receipts) == {"written": 2}
        assert world.person(writes[0].record.ref.object_id)["Status"] == "Working - Contacted"


def test_one_person_twice_in_a_batch_is_compared_twice() -> None:
    with org(3) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        receipts = crm.apply([qualified(record), qualified(record, Puente_Grade__c="A1")])
        assert [receipt.outcome for receipt in receipts] == ["written", "moved"]


def test_threads_that_hand_over_the_same_people_make_one_task_each() -> None:
    with org(20) as world:
        crms = [world.crm() for _ in range(4)]
        records = world.records(crms[0])
        receipts: list[Receipt] = []

        def work(number: int) -> None:
            receipts.extend(crms[number].apply([Write(r, task=qualified(r).task) for r in records]))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes(receipts) == {"written": 4 * len(records)}
        assert keys(world.tasks()) == dict.fromkeys((key_of(record.ref) for record in records), 1)
        assert sum(receipt.task_created for receipt in receipts) == len(records)


def test_tasks_tell_where_they_stand_and_late_ones_are_marked() -> None:
    with org(6) as world:
        crm = world.crm()
        records = world.records(crm, 4)
        receipts = crm.apply([qualified(record) for record in records[:3]])
        world.ask("POST", "edit", {"id": receipts[1].task_id, "set": {"Status": "In Progress"}})
        world.ask("POST", "edit", {"id": receipts[2].task_id, "set": {"Status": "Completed"}})
        asked = [(record.ref, key_of(record.ref)) for record in records]
        states = [crm.task_states(asked)[key].state for _, key in asked]
        assert states == ["waiting", "begun", "done", "missing"]
        boss = next(user["id"] for user in world.state()["users"] if user["properties"]["IsActive"])
        marked = crm.escalate([Escalation(ref, key, "[ATRASADA]", boss) for ref, key in asked])
        assert [marked[key].state for _, key in asked] == states
        tasks = {task["Puente_Task_Key__c"]: task for task in world.tasks()}
        late = tasks[asked[0][1]]
        assert (late["Subject"], late["Priority"], late["OwnerId"]) == ("[ATRASADA] Revisar MQL", "High", boss)
        assert not tasks[asked[1][1]]["Subject"].startswith("[")
        crm.escalate([Escalation(*asked[0], "[ATRASADA]")])
        assert {t["Puente_Task_Key__c"]: t for t in world.tasks()}[asked[0][1]]["Subject"] == "[ATRASADA] Revisar MQL"


def test_whose_activity_it_is_can_be_asked() -> None:
    with org(6) as world:
        crm = world.crm()
        records = world.records(crm, 2)
        receipts = crm.apply([qualified(record) for record in records])
        asked = [("Task", str(receipt.task_id)) for receipt in receipts] + [("Task", "00T5e00000ZZZZZEA4"), ("x", "?")]
        assert list(crm.people_of(asked).values()) == [[records[0].ref], [records[1].ref], [], []]


def test_deals_are_read_for_contacts_and_leads_have_none() -> None:
    with org(60) as world:
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        deals = crm.outcomes(refs)
        assert set(deals) == set(refs)
        assert any(deals[ref] for ref in refs if ref.object_type == "contact")
        assert not any(deals[ref] for ref in refs if ref.object_type == "lead")
