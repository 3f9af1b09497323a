"""Stages move forward only, silently; merged people live on in the survivor."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .conftest import ANA, EVA, LUIS, NOW, ROBOT, Box

CONTACTS = "/crm/objects/2026-09/contacts"
LEAD_DATE, MQL_DATE = "hs_lifecyclestage_lead_date", "hs_lifecyclestage_marketingqualifiedlead_date"


def write_stage(box: Box, contact: str, stage: str) -> str:
    changed = box.send("PATCH", f"{CONTACTS}/{contact}", {"properties": {"lifecyclestage": stage}}, 200)
    return str(changed["properties"]["lifecyclestage"])


def test_a_backward_write_is_a_silent_success_that_keeps_the_stage(box: Box) -> None:
    assert write_stage(box, ANA, "marketingqualifiedlead") == "marketingqualifiedlead"
    assert write_stage(box, ANA, "lead") == "marketingqualifiedlead"
    history = box.get(f"{CONTACTS}/{ANA}", propertiesWithHistory="lifecyclestage")["propertiesWithHistory"]
    assert [one["value"] for one in history["lifecyclestage"]] == ["marketingqualifiedlead", "lead"]


def test_a_cleared_stage_may_be_set_to_anything(box: Box) -> None:
    write_stage(box, EVA, "")
    assert write_stage(box, EVA, "lead") == "lead"


def test_stages_are_stamped_and_clearing_takes_the_stamps_away(box: Box) -> None:
    write_stage(box, ANA, "marketingqualifiedlead")
    found = box.get(f"{CONTACTS}/{ANA}", properties=f"{LEAD_DATE},{MQL_DATE},hs_v2_date_entered_marketingqualifiedlead")
    assert found["properties"][LEAD_DATE] == (NOW - timedelta(days=50)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert found["properties"][MQL_DATE] == "2026-11-20T12:00:00Z"
    assert found["properties"]["hs_v2_date_entered_marketingqualifiedlead"] == "2026-11-20T12:00:00Z"
    write_stage(box, ANA, "")
    assert box.get(f"{CONTACTS}/{ANA}", properties=MQL_DATE)["properties"][MQL_DATE] is None


def test_a_person_may_set_a_stage_back_in_the_pages(box: Box) -> None:
    edited = box.control("edit", {"person": EVA, "set": {"lifecyclestage": "lead"}})
    assert edited["properties"]["lifecyclestage"] == "lead"


def test_batches_obey_the_order_of_stages_too(box: Box) -> None:
    inputs = [{"id": one, "properties": {"lifecyclestage": "lead"}} for one in (EVA, LUIS)]
    body = box.post(f"{CONTACTS}/batch/update", {"inputs": inputs}, 200)
    assert [one["properties"]["lifecyclestage"] for one in body["results"]] == ["customer", "lead"]


@pytest.fixture
def merged(box: Box) -> Box:
    body = box.post(f"{CONTACTS}/merge", {"primaryObjectId": LUIS, "objectIdToMerge": ANA}, 200)
    assert body["id"] == LUIS
    return box


def test_a_merged_id_reads_as_the_survivor_alone_but_not_in_batches(merged: Box) -> None:
    assert merged.get(f"{CONTACTS}/{ANA}")["id"] == LUIS
    body = merged.post(f"{CONTACTS}/batch/read", {"inputs": [{"id": ANA}, {"id": LUIS}]}, 207)
    assert [one["id"] for one in body["results"]] == [LUIS]
    assert body["errors"][0]["context"] == {"ids": [ANA]}
    merged.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"jobtitle": "x"}}, 404)
    merged.post(f"{CONTACTS}/merge", {"primaryObjectId": EVA, "objectIdToMerge": ANA}, 404)


def test_the_survivor_keeps_its_own_and_takes_what_it_lacked(merged: Box) -> None:
    names = "email,firstname,lastname,jobtitle,hs_merged_object_ids,hs_additional_emails"
    found = merged.get(f"{CONTACTS}/{LUIS}", properties=names)["properties"]
    assert found["firstname"] == "Luis"
    assert (found["lastname"], found["jobtitle"]) == ("Núñez", "Directora de Marketing")
    assert found["hs_merged_object_ids"] == ANA
    assert (found["email"], found["hs_additional_emails"]) == ("luis@lumina.example", "ana@lumina.example")
    by_old_mail = merged.get(f"{CONTACTS}/ana@lumina.example", idProperty="email")
    assert by_old_mail["id"] == LUIS


def test_what_the_other_had_belongs_to_the_survivor(merged: Box) -> None:
    body = merged.post("/crm/associations/2026-09/contacts/calls/batch/read", {"inputs": [{"id": LUIS}]}, 200)
    assert len(body["results"][0]["to"]) == 1
    events = merged.get("/events/event-occurrences/2026-09", objectType="contact", objectId=LUIS)
    assert any(one["eventType"] == "e_visited_page" for one in events["results"])


def test_what_both_sent_in_was_sent_in_by_the_survivor(box: Box) -> None:
    names = "hs_calculated_form_submissions,num_conversion_events"

    def forms(contact: str) -> tuple[list[str], int]:
        held = box.get(f"{CONTACTS}/{contact}", properties=names)["properties"]
        listed = (held["hs_calculated_form_submissions"] or "").split(";")
        return [entry for entry in listed if entry], int(held["num_conversion_events"] or 0)

    for number, contact in enumerate((LUIS, ANA, LUIS)):
        at = (NOW - timedelta(days=3 - number)).isoformat()
        event = {"kind": "form_submitted", "form": f"Formulario {number}", "occurred_at": at}
        box.control("timeline", {"person": contact, "event": event})
    (of_luis, luis_count), (of_ana, ana_count) = forms(LUIS), forms(ANA)
    box.post(f"{CONTACTS}/merge", {"primaryObjectId": LUIS, "objectIdToMerge": ANA}, 200)
    joined, count = forms(LUIS)
    assert (sorted(joined), count) == (sorted([*of_luis, *of_ana]), luis_count + ana_count)
    assert joined == sorted(joined, key=lambda entry: int(entry.rpartition(":")[2]))
    assert len(joined) >= 3


def test_a_merge_with_itself_is_refused(box: Box) -> None:
    box.post(f"{CONTACTS}/merge", {"primaryObjectId": ANA, "objectIdToMerge": ANA}, 400)


def test_privacy_deletion_leaves_nothing(box: Box) -> None:
    box.post(f"{CONTACTS}/gdpr-delete", {"objectId": "ana@lumina.example", "idProperty": "email"}, 204)
    box.get(f"{CONTACTS}/{ANA}", expect=404)
    box.get(f"{CONTACTS}/{ANA}", expect=404, archived="true")
    assert "Directora de Marketing" not in box.http.get("/_sandbox/state").text
    assert box.get("/events/event-occurrences/2026-09", objectType="contact", objectId=ANA)["results"] == []
    box.post(CONTACTS, {"properties": {"email": "ana@lumina.example"}}, 201)


def test_a_person_without_anything_can_be_merged(box: Box) -> None:
    box.control("merge", {"from": ROBOT, "into": ANA})
    assert box.get(f"{CONTACTS}/{ROBOT}")["id"] == ANA
