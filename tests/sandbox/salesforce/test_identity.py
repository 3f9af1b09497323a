"""One person may be two records: converted leads, merged ones, deleted ones."""

from __future__ import annotations

from typing import Any

from .conftest import Box


def refused(reply: Any) -> tuple[int, str]:
    return reply.status_code, reply.json()[0]["errorCode"]


def test_a_converted_lead_names_its_contact_and_cannot_be_written(box: Box) -> None:
    lead = box.query("SELECT Id, ConvertedContactId, ConvertedContact.Email FROM Lead WHERE IsConverted = true")[0]
    assert lead["ConvertedContactId"] == box.person("marta")
    assert lead["ConvertedContact"]["Email"] == "marta@lumina.example"
    path = f"/sobjects/Lead/{lead['Id']}"
    assert refused(box.call("PATCH", path, {"Title": "x"})) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    task = {"Subject": "x", "WhoId": lead["Id"]}
    assert refused(box.call("POST", "/sobjects/Task", task)) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


def test_converting_moves_everything_to_the_contact(box: Box) -> None:
    ana = box.person("ana")
    activities = len(box.query(f"SELECT Id FROM Task WHERE WhoId = '{ana}'", everything=True))
    contact = box.control("convert", {"person": "ana@lumina.example", "opportunity": "Plan anual"})["id"]
    assert box.person("ana") == contact
    row = box.call("GET", f"/sobjects/Contact/{contact}").json()
    assert (row["Name"], row["Title"], row["MailingCountry"], row["External_Id__c"]) == (
        "Ana García", "Directora", "ES", "EXT-1",
    )  # fmt: skip
    assert len(box.query(f"SELECT Id FROM Task WHERE WhoId = '{contact}'", everything=True)) == activities
    members = box.query(f"SELECT LeadId, ContactId FROM CampaignMember WHERE ContactId = '{contact}'")
    assert [one["LeadId"] for one in members] == [ana, ana]
    old = box.query(f"SELECT IsConverted, Status, ConvertedOpportunityId FROM Lead WHERE Id = '{ana}'")[0]
    assert (old["IsConverted"], old["Status"]) == (True, "Closed - Converted")
    roles = box.query(f"SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId = '{contact}'")
    assert [one["OpportunityId"] for one in roles] == [old["ConvertedOpportunityId"]]
    assert box.call("GET", f"/sobjects/Lead/{ana}").status_code == 200


def test_merging_deletes_the_loser_and_moves_its_past(box: Box) -> None:
    ana, luis = box.person("ana"), box.person("luis")
    box.control("edit", {"person": luis, "set": {"Phone": "1"}})
    box.control("merge", {"from": ana, "into": luis})
    kept = box.call("GET", f"/sobjects/Lead/{luis}").json()
    assert (kept["Name"], kept["Phone"], kept["Title"], kept["Country"]) == ("Luis Luisez", "1", "Directora", "ES")
    assert box.query(f"SELECT Id FROM Lead WHERE Id = '{ana}'") == []
    row = box.query(f"SELECT IsDeleted, MasterRecordId FROM Lead WHERE Id = '{ana}'", everything=True)[0]
    assert (row["IsDeleted"], row["MasterRecordId"]) == (True, luis)
    assert len(box.query(f"SELECT Id FROM CampaignMember WHERE LeadId = '{luis}'")) == 2
    assert refused(box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": "x"})) == (404, "ENTITY_IS_DELETED")
    results = box.call(
        "PATCH",
        "/composite/sobjects",
        {"records": [{"attributes": {"type": "Lead"}, "id": ana, "Title": "x"}]},
    ).json()
    assert results[0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


def test_leads_and_contacts_cannot_be_merged(box: Box) -> None:
    reply = box.http.post("/_sandbox/merge", json={"from": box.person("ana"), "into": box.person("eva")})
    assert reply.status_code == 400


def test_a_task_for_somebody_deleted_is_refused(box: Box) -> None:
    luis = box.person("luis")
    box.control("delete", {"person": "luis@lumina.example"})
    assert refused(box.call("POST", "/sobjects/Task", {"Subject": "x", "WhoId": luis})) == (404, "ENTITY_IS_DELETED")


def test_records_change_while_a_request_is_on_its_way(box: Box) -> None:
    ana, luis = box.person("ana"), box.person("luis")
    rules = [
        {"match": "GET .*query", "merge": {"from": ana, "into": luis}, "when": "after"},
        {"match": "PATCH", "edit": {"person": "luis@lumina.example", "set": {"Title": "Rep"}}},
        {"match": "DELETE", "edit": {"person": "luis@lumina.example", "convert": True}},
    ]
    box.control("faults", {"rules": rules})
    assert len(box.query(f"SELECT Id FROM Lead WHERE Id = '{ana}'")) == 1
    assert box.query(f"SELECT Id FROM Lead WHERE Id = '{ana}'") == []
    assert box.call("PATCH", f"/sobjects/Lead/{luis}", {"Phone": "1"}, Sforce_Auto_Assign="FALSE").status_code == 204
    assert box.call("GET", f"/sobjects/Lead/{luis}").json()["Title"] == "Rep"
    assert box.call("DELETE", "/sobjects/Lead/00Q5e0000000zzz").status_code == 404
    assert box.call("GET", f"/sobjects/Lead/{luis}").json()["IsConverted"] is True


def test_what_a_rep_edits_is_in_the_history_under_the_reps_name(box: Box) -> None:
    box.control("edit", {"person": "ana@lumina.example", "set": {"Lifecycle_Stage__c": "sql"}})
    rows = box.query(
        "SELECT Field, OldValue, NewValue, CreatedBy.Name, CreatedDate FROM LeadHistory "
        f"WHERE LeadId = '{box.person('ana')}' ORDER BY CreatedDate"
    )
    assert [(row["OldValue"], row["NewValue"], row["CreatedBy"]["Name"]) for row in rows] == [
        (None, "mql", "Lucía Ferrer"),
        ("mql", "sql", "Ana Admin"),
    ]
