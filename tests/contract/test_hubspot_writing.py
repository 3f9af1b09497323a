"""Write decisions to the sandbox portal: compared first, accounted for, one task per key, nothing moved backward."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from connector.errors import RejectedError
from connector.ports import Receipt, Write
from tests.contract.hubspot_world import closing, key_of, keys, outcomes, portal, qualified, with_stages


def test_a_decision_is_written_with_its_task_and_a_repeat_changes_nothing() -> None:
    with portal(12) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"written": len(writes)}
        assert all(receipt.task_created and receipt.task_id for receipt in receipts)
        assert keys(world.tasks()) == dict.fromkeys((key_of(write.record.ref) for write in writes), 1)
        found = world.person(writes[0].record.ref.object_id)
        assert found["puente_stage"] == "mql"
        assert found["puente_stage_at"] == "2026-11-21T09:30:00Z"
        assert found["puente_fit"] == "87.5"

        again = [Write(record, task=write.task) for record, write in zip(world.records(crm), writes, strict=True)]
        receipts = crm.apply(again)
        assert outcomes(receipts) == {"written": len(writes)}
        assert not any(receipt.task_created for receipt in receipts)
        assert len(world.tasks()) == len(writes)


def test_what_was_written_reads_back_as_the_same_values() -> None:
    with portal(3) as world:
        crm = world.crm()
        write = qualified(world.records(crm, 1)[0])
        crm.apply([write])
        record = world.records(crm, 1)[0]
        assert {name: record.current[name] for name in write.fields} == {n: new for n, (_, new) in write.fields.items()}
        assert record.own.stage == "mql"
        assert record.lifecycle.stage == "mql"
        assert record.lifecycle.at is not None


def test_the_task_hangs_on_the_person_with_text_due_date_and_owner() -> None:
    with portal(3) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        receipt = crm.apply([qualified(record, owner="302")])[0]
        task = world.tasks()[0]
        assert task["id"] == receipt.task_id
        assert task["associations"]["contacts"] == [record.ref.object_id]
        properties = task["properties"]
        assert properties["hs_timestamp"] == "2026-11-21T17:30:00Z"
        assert properties["hubspot_owner_id"] == "302"
        assert properties["hs_task_status"] == "NOT_STARTED"
        assert properties["hs_task_priority"] == "MEDIUM"
        assert f"puente:{key_of(record.ref)}" in properties["hs_task_body"]


def test_an_owner_named_by_address_is_looked_up_and_an_unknown_one_leaves_the_task_to_the_fallback() -> None:
    with portal(4) as world:
        crm = world.crm()
        records = world.records(crm, 2)
        owner = world.state()["owners"][0]
        writes = [
            qualified(records[0], owner=owner["email"].upper()),
            qualified(records[1], owner="nobody@example.com"),
        ]
        assert writes[1].task
        writes[1] = replace(writes[1], task=replace(writes[1].task, fallback_owner=owner["email"]))
        assert outcomes(crm.apply(writes)) == {"written": 2}
        assert {task["properties"]["hubspot_owner_id"] for task in world.tasks()} == {owner["id"]}


def test_the_first_words_of_each_line_stand_out() -> None:
    with portal(2) as world:
        crm = world.crm()
        write = qualified(world.records(crm, 1)[0])
        assert write.task
        crm.apply([replace(write, task=replace(write.task, body="Por qué ahora: pidió <una> demo\nsin etiqueta"))])
        body = world.tasks()[0]["properties"]["hs_task_body"]
        assert body.startswith("<strong>Por qué ahora:</strong> pidió &lt;una&gt; demo<br>sin etiqueta<p>")


def test_hostile_text_is_shown_not_run() -> None:
    with portal(2) as world:
        crm = world.crm()
        write = qualified(world.records(crm, 1)[0])
        assert write.task
        hostile = '<script>alert(1)</script> & "x" \x00\x07 \ud800 ñ 🙂\nline'
        crm.apply([replace(write, task=replace(write.task, body=hostile, subject=hostile + "y" * 5_000))])
        body = world.tasks()[0]["properties"]["hs_task_body"]
        assert "<script" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;" in body
        assert "<br>line" in body
        assert "\x07" not in body


def test_a_very_long_text_is_cut_and_keeps_its_mark() -> None:
    with portal(2) as world:
        crm = world.crm()
        write = qualified(world.records(crm, 1)[0])
        assert write.task
        crm.apply([replace(write, task=replace(write.task, body="<" * 70_000))])
        body = world.tasks()[0]["properties"]["hs_task_body"]
        assert len(body) <= 65_536
        assert body.endswith(f"puente:{write.task.key}</small></p>")
        assert "&l<" not in body


@pytest.mark.parametrize(
    "changed",
    [
        {"lifecyclestage": "customer"},
        {"puente_stage": "sql"},
        {"puente_sales_verdict": "rejected"},
        {"jobtitle": "CEO"},
    ],
)
def test_somebody_edited_in_between_is_not_written(changed: dict[str, str]) -> None:
    with portal(4) as world:
        crm = world.crm()
        records = world.records(crm)
        contact_id = records[0].ref.object_id
        world.ask("POST", "edit", {"person": contact_id, "set": changed})
        before = world.person(contact_id)
        receipts = crm.apply([qualified(record) for record in records])
        assert [receipt.outcome for receipt in receipts] == ["moved"] + ["written"] * (len(records) - 1)
        assert world.person(contact_id) == before
        assert len(world.tasks()) == len(records) - 1


def test_people_merged_or_deleted_in_between_are_gone() -> None:
    with portal(5) as world:
        crm = world.crm()
        records = world.records(crm)
        refs = [record.ref for record in records]
        world.ask("POST", "merge", {"from": refs[1].object_id, "into": refs[0].object_id})
        world.ask("POST", "delete", {"person": refs[2].object_id})
        receipts = crm.apply([qualified(record) for record in records[1:4]])
        assert [receipt.outcome for receipt in receipts] == ["gone", "gone", "written"]
        assert receipts[0].survivor == refs[0]
        assert receipts[1].survivor is None
        assert len(world.tasks()) == 1


@pytest.mark.parametrize("mishap", [{"delete": "1001"}, {"merge": {"from": "1001", "into": "1002"}}])
def test_people_who_vanish_while_they_are_written_are_gone_and_the_others_written(mishap: dict[str, object]) -> None:
    with portal(6) as world:
        crm = world.crm()
        records = world.records(crm)
        world.fail({"match": "POST .*/contacts/batch/update", **mishap})
        writes = [qualified(record) for record in (*records[2:], records[0])]
        receipts = {receipt.ref.object_id: receipt for receipt in crm.apply(writes)}
        assert receipts.pop("1001").outcome == "gone"
        assert {receipt.outcome for receipt in receipts.values()} == {"written"}
        assert "1001" not in {contact for task in world.tasks() for contact in task["associations"]["contacts"]}


def test_a_stage_that_would_go_back_is_left_where_it_is() -> None:
    with portal(3) as world:
        crm = world.crm()
        contact_id = world.records(crm, 1)[0].ref.object_id
        world.ask("POST", "edit", {"person": contact_id, "set": {"lifecyclestage": "customer"}})
        receipt = crm.apply([qualified(world.records(crm, 1)[0])])[0]
        assert (receipt.outcome, receipt.lifecycle_refused) == ("written", True)
        assert world.person(contact_id)["lifecyclestage"] == "customer"


def test_a_stage_may_go_back_when_the_mapping_allows_it() -> None:
    with portal(3) as world:
        crm = world.crm(with_stages(allow_backward=True))
        contact_id = world.records(crm, 1)[0].ref.object_id
        world.ask("POST", "edit", {"person": contact_id, "set": {"lifecyclestage": "salesqualifiedlead"}})
        receipt = crm.apply([qualified(world.records(crm, 1)[0])])[0]
        assert (receipt.outcome, receipt.lifecycle_refused) == ("written", False)
        assert world.person(contact_id)["lifecyclestage"] == "marketingqualifiedlead"


def test_a_move_forward_during_the_write_is_seen_in_the_answer_and_makes_no_task() -> None:
    with portal(3) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        edit = {"person": record.ref.object_id, "set": {"lifecyclestage": "opportunity"}}
        world.fail({"match": "POST .*/contacts/batch/update", "edit": edit})
        receipt = crm.apply([qualified(record)])[0]
        assert receipt.outcome == "moved"
        assert world.person(record.ref.object_id)["lifecyclestage"] == "opportunity"
        assert not world.tasks()


def test_an_inactive_owner_is_replaced_and_nobody_is_left_out() -> None:
    with portal(6) as world:
        crm = world.crm()
        owners = world.state()["owners"]
        inactive = next(one["id"] for one in owners if one.get("archived") or not one.get("active", True))
        writes = [qualified(record, owner=str(inactive)) for record in world.records(crm)]
        assert writes[0].task
        writes[0] = replace(writes[0], task=replace(writes[0].task, fallback_owner="301"))
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"written": len(writes)}
        owner_of = {task["id"]: task["properties"].get("hubspot_owner_id") or None for task in world.tasks()}
        assert [owner_of[str(receipt.task_id)] for receipt in receipts] == ["301"] + [None] * (len(writes) - 1)


def test_without_a_property_for_the_key_the_text_of_the_task_keeps_it() -> None:
    mapping = with_stages(task_key="not_installed_key")
    with portal(4) as world:
        crm = world.crm(mapping)
        writes = [qualified(record) for record in world.records(crm)]
        assert outcomes(crm.apply(writes)) == {"written": len(writes)}
        again = [Write(record, task=write.task) for record, write in zip(world.records(crm), writes, strict=True)]
        receipts = world.crm(mapping).apply(again)
        assert not any(receipt.task_created for receipt in receipts)
        assert len(world.tasks()) == len(writes)


@pytest.mark.parametrize("status", [409, 400])
def test_a_unique_key_makes_hubspot_itself_refuse_the_second_task(status: int) -> None:
    with portal(4, unique_on_tasks=True, duplicate_status=status) as world:
        crm = world.crm()
        one, other = world.records(crm, 2)
        crm.apply([qualified(one)])
        taken = crm.apply([qualified(other, key=key_of(one.ref))])[0]
        assert (taken.outcome, taken.task_created) == ("written", False)
        assert len(world.tasks()) == 1


def test_two_threads_with_one_write_make_one_task() -> None:
    with portal(4) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        receipts: list[Receipt] = []
        threads = [threading.Thread(target=lambda: receipts.extend(crm.apply(writes))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(receipts) == 4 * len(writes)
        assert keys(world.tasks()) == dict.fromkeys((key_of(write.record.ref) for write in writes), 1)


def test_an_untouched_review_task_is_closed_with_the_reason_and_once() -> None:
    with portal(4) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        crm.apply([qualified(record)])
        key = key_of(record.ref)
        receipt = crm.apply([closing(world.records(crm, 1)[0], key, "El interés <se apagó>")])[0]
        assert (receipt.outcome, receipt.closed) == ("written", (key,))
        task = world.tasks()[0]["properties"]
        assert task["hs_task_status"] == "COMPLETED"
        assert "El interés &lt;se apagó&gt;" in task["hs_task_body"]
        assert crm.apply([closing(world.records(crm, 1)[0], key)])[0].closed == ()


@pytest.mark.parametrize(
    "work", [{"hs_task_status": "IN_PROGRESS"}, {"hs_task_status": "COMPLETED"}, {"hubspot_owner_id": "303"}]
)
def test_a_task_somebody_works_on_is_left_to_them(work: dict[str, str]) -> None:
    with portal(4) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        crm.apply([qualified(record)])
        world.time.sleep(600)
        task_id = world.tasks()[0]["id"]
        world.ask("POST", "edit", {"object_type": "tasks", "id": task_id, "set": work})
        before = world.tasks()[0]["properties"]
        receipt = crm.apply([closing(world.records(crm, 1)[0], key_of(record.ref))])[0]
        assert (receipt.outcome, receipt.closed) == ("written", ())
        assert world.tasks()[0]["properties"] == before


def test_an_administrators_rule_parks_the_person_with_a_reason_and_spares_the_others() -> None:
    rule = {"object_type": "contacts", "property": "puente_reasons", "rule_type": "MAX_LENGTH", "arguments": ["60"]}
    with portal(6) as world:
        crm = world.crm()
        records = world.records(crm)
        world.ask("POST", "settings", {"validation_rules": [rule]})
        writes = [qualified(record) for record in records]
        writes[0] = qualified(records[0], puente_reasons="x" * 61)
        receipts = crm.apply(writes)
        assert [receipt.outcome for receipt in receipts] == ["parked"] + ["written"] * (len(records) - 1)
        assert isinstance(receipts[0].error, RejectedError)
        assert "puente_reasons" in str(receipts[0].error)
        assert len(world.tasks()) == len(records) - 1


def test_a_value_hubspot_refuses_parks_only_its_person() -> None:
    with portal(6) as world:
        crm = world.crm()
        records = world.records(crm)
        writes = [qualified(record) for record in records]
        writes[2] = qualified(records[2], puente_stage="no such stage")
        receipts = crm.apply(writes)
        assert [receipt.outcome for receipt in receipts].count("parked") == 1
        assert isinstance(receipts[2].error, RejectedError)
        assert receipts[2].error.fields == ("puente_stage",)
        assert len(world.tasks()) == len(records) - 1


def test_one_write_costs_the_calls_it_must() -> None:
    with portal(12) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        before = crm.calls()
        crm.apply(writes)
        spent = {name: count - before.get(name, 0) for name, count in crm.calls().items()}
        assert {name: count for name, count in spent.items() if count} == {
            "guard": 1,
            "write_people": 1,
            "associations": 1,
            "write_tasks": 1,
        }


def test_a_person_deleted_before_the_task_is_not_called_written() -> None:
    with portal(4) as world:
        crm = world.crm()
        record = world.records(crm, 1)[0]
        world.fail({"match": "POST .*/tasks/batch/create", "delete": record.ref.object_id})
        receipt = crm.apply([qualified(record)])[0]
        assert (receipt.outcome, receipt.task_created) in (("gone", False), ("parked", False))
