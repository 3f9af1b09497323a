"""Records are written and refused as Salesforce does it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.salesforce.settings import OrgSettings, ValidationRule

from .conftest import Box, Serve, small_base

LEAD = {"LastName": "Nueva", "Company": "Lumina"}


def refused(reply: Any) -> tuple[int, str, str]:
    body = reply.json()[0]
    return reply.status_code, body["errorCode"], body["message"]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"LastName": "x"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Company]"),
    ({"Company": "x"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]"),
    (LEAD | {"Foo": 1}, "INVALID_FIELD", "No such column 'Foo' on sobject of type Lead"),
    (LEAD | {"CreatedById": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: CreatedById."),
    (LEAD | {"FirstName": "x" * 41}, "STRING_TOO_LONG", "First Name: data value too large: xxxxx"),
    (LEAD | {"Email": "nobody"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nobody"),
    (
        LEAD | {"CleanStatus": "Nope"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "bad value for restricted picklist field: Nope",
    ),
    (LEAD | {"OwnerId": "x"}, "MALFORMED_ID", "Owner ID: id value of incorrect type: x"),
    (LEAD | {"OwnerId": "0015e0000000001"}, "FIELD_INTEGRITY_EXCEPTION", "Owner ID: id value of incorrect type"),
    (LEAD | {"OwnerId": "0055e0000000zzz"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
    (
        LEAD | {"NumberOfEmployees": 10**9},
        "NUMBER_OUTSIDE_VALID_RANGE",
        "value outside of valid range on numeric field",
    ),
    (
        LEAD | {"NumberOfEmployees": "many"},
        "JSON_PARSER_ERROR",
        "Cannot deserialize instance of int from VALUE_STRING value many",
    ),
    (LEAD | {"Title": 5}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string from VALUE_NUMBER_INT value 5"),
    (LEAD | {"HasOptedOutOfEmail": "perhaps"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean"),
]


@pytest.mark.parametrize(("values", "code", "message"), WRONG, ids=[one[1] + str(at) for at, one in enumerate(WRONG)])
def test_a_lead_is_refused(box: Box, values: dict[str, Any], code: str, message: str) -> None:
    before = box.query("SELECT COUNT(Id) n FROM Lead")[0]["n"]
    status, found, said = refused(box.call("POST", "/sobjects/Lead", values))
    assert (status, found) == (400, code)
    assert message in said
    assert box.query("SELECT COUNT(Id) n FROM Lead")[0]["n"] == before


def test_a_created_record_has_its_system_fields(box: Box) -> None:
    reply = box.call("POST", "/sobjects/Lead", LEAD | {"FirstName": " Eva ", "Website": ""}, Sforce_Auto_Assign="FALSE")
    lead = box.call("GET", f"/sobjects/Lead/{reply.json()['id']}").json()
    assert reply.headers["Location"] == f"/services/data/v66.0/sobjects/Lead/{lead['Id']}"
    assert (lead["FirstName"], lead["Name"], lead["Website"]) == ("Eva", "Eva Nueva", None)
    assert lead["CreatedDate"] == lead["SystemModstamp"] == "2026-11-20T12:00:00.000+0000"
    assert lead["Status"] == "Open - Not Contacted"
    me = box.http.get("/services/oauth2/userinfo").json()["user_id"]
    assert {lead["CreatedById"], lead["LastModifiedById"], lead["OwnerId"]} == {me}


def test_an_update_moves_the_stamps_even_when_nothing_changes(box: Box) -> None:
    ana = box.person("ana")
    title = box.call("GET", f"/sobjects/Lead/{ana}").json()["Title"]
    box.clock.advance(60)
    assert box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": title}, Sforce_Auto_Assign="FALSE").status_code == 204
    assert box.call("GET", f"/sobjects/Lead/{ana}").json()["LastModifiedDate"] == "2026-11-20T12:01:00.000+0000"
    assert box.control("journal")["entries"][-2]["touched"] == [f"Lead:{ana}"]


def test_an_id_in_the_body_or_a_broken_one_in_the_address_is_refused(box: Box) -> None:
    ana = box.person("ana")
    assert refused(box.call("PATCH", f"/sobjects/Lead/{ana}", {"Id": ana}))[1] == "INVALID_FIELD"
    assert refused(box.call("PATCH", "/sobjects/Lead/xyz", {}))[1] == "MALFORMED_ID"
    assert refused(box.call("PATCH", "/sobjects/Lead/00Q5e0000000zzz", {}))[:2] == (404, "NOT_FOUND")
    assert box.call("GET", f"/sobjects/Lead/{ana[:15]}").status_code == 200


def test_required_values_cannot_be_emptied(box: Box) -> None:
    reply = box.call("PATCH", f"/sobjects/Lead/{box.person('ana')}", {"LastName": None})
    assert refused(reply)[1] == "REQUIRED_FIELD_MISSING"


def test_a_long_text_keeps_every_character(box: Box) -> None:
    text = "O'Brien \\' \r\n <&> ñ 🦊 " * 1400
    text = text[:32_000].strip()
    ana = box.person("ana")
    assert box.call("PATCH", f"/sobjects/Lead/{ana}", {"Description": text}).status_code == 204
    assert box.call("GET", f"/sobjects/Lead/{ana}").json()["Description"] == text


def test_leads_are_assigned_unless_the_header_says_no(box: Box) -> None:
    ana, rep = box.person("ana"), box.rep()
    assert box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": "CMO"}, Sforce_Auto_Assign="FALSE").status_code == 204
    assert box.call("GET", f"/sobjects/Lead/{ana}").json()["OwnerId"] == rep
    assert box.control("state")["assignments"] == []
    assert box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": "CEO"}).status_code == 204
    queue = box.query("SELECT Id FROM Group WHERE DeveloperName = 'Nuevos_leads'")[0]["Id"]
    assert box.call("GET", f"/sobjects/Lead/{ana}").json()["OwnerId"] == queue
    assert [(one["id"], one["from"], one["to"]) for one in box.control("state")["assignments"]] == [(ana, rep, queue)]


def test_without_an_assignment_rule_nobody_is_assigned(serve: Serve) -> None:
    box = serve(OrgSettings(auto_assign=False))
    box.call("PATCH", f"/sobjects/Lead/{box.person('ana')}", {"Title": "CEO"})
    assert box.control("state")["assignments"] == []


def test_a_task_is_settled_by_its_status(box: Box) -> None:
    values = {"Subject": "Llamar", "WhoId": box.person("ana"), "OwnerId": box.rep(), "Priority": "High"}
    task = box.call("POST", "/sobjects/Task", values).json()["id"]
    row = box.call("GET", f"/sobjects/Task/{task}").json()
    assert (row["IsClosed"], row["IsHighPriority"], row["TaskSubtype"], row["CompletedDateTime"]) == (
        False, True, "Task", None,
    )  # fmt: skip
    box.clock.advance(3600)
    box.call("PATCH", f"/sobjects/Task/{task}", {"Status": "Completed"})
    row = box.call("GET", f"/sobjects/Task/{task}").json()
    assert (row["IsClosed"], row["CompletedDateTime"]) == (True, "2026-11-20T13:00:00.000+0000")
    assert refused(box.call("PATCH", f"/sobjects/Task/{task}", {"TaskSubtype": "Call"}))[1] == (
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    )


def test_a_task_of_a_contact_has_the_contacts_account(box: Box) -> None:
    eva = box.person("eva")
    task = box.call("POST", "/sobjects/Task", {"Subject": "x", "WhoId": eva}).json()["id"]
    account = box.call("GET", f"/sobjects/Contact/{eva}").json()["AccountId"]
    assert box.call("GET", f"/sobjects/Task/{task}").json()["AccountId"] == account is not None


def test_owners_who_left_and_queues_that_do_not_fit_are_refused(box: Box) -> None:
    task = {"Subject": "x", "WhoId": box.person("ana")}
    gone = box.rep("Ramón")
    reply = refused(box.call("POST", "/sobjects/Task", task | {"OwnerId": gone}))
    assert reply == (
        400,
        "INACTIVE_OWNER_OR_USER",
        f"operation performed with inactive user [{gone[:15]}] as owner of task",
    )
    queue = box.query("SELECT Id FROM Group WHERE DeveloperName = 'Ventas'")[0]["Id"]
    assert box.call("POST", "/sobjects/Task", task | {"OwnerId": queue}).status_code == 201
    link = box.query(f"SELECT Id FROM QueueSobject WHERE QueueId = '{queue}' AND SobjectType = 'Task'")[0]["Id"]
    assert box.call("DELETE", f"/sobjects/QueueSobject/{link}").status_code == 204
    reply = refused(box.call("POST", "/sobjects/Task", task | {"OwnerId": queue}))
    assert reply == (400, "INVALID_OPERATION", "Queue not associated with this SObject type")


def test_an_activity_of_a_lead_is_related_to_nothing_else(box: Box) -> None:
    account = box.query("SELECT Id FROM Account LIMIT 1")[0]["Id"]
    values = {"Subject": "x", "WhoId": box.person("ana"), "WhatId": account}
    assert refused(box.call("POST", "/sobjects/Task", values))[1] == "FIELD_INTEGRITY_EXCEPTION"


def test_an_event_needs_a_beginning_and_an_end(box: Box) -> None:
    start = {"Subject": "x", "StartDateTime": "2026-11-21T09:00:00Z"}
    assert refused(box.call("POST", "/sobjects/Event", {"Subject": "x"}))[1] == "REQUIRED_FIELD_MISSING"
    assert refused(box.call("POST", "/sobjects/Event", start))[1] == "REQUIRED_FIELD_MISSING"
    made = box.call("POST", "/sobjects/Event", start | {"DurationInMinutes": 45}).json()["id"]
    row = box.call("GET", f"/sobjects/Event/{made}").json()
    assert (row["EndDateTime"], row["ActivityDate"]) == ("2026-11-21T09:45:00.000+0000", "2026-11-21")


def test_a_person_is_a_member_of_a_campaign_once(box: Box) -> None:
    campaign = box.call("POST", "/sobjects/Campaign", {"Name": "Feria", "Type": "Event"}).json()["id"]
    values = {"CampaignId": campaign, "LeadId": box.person("ana")}
    member = box.call("POST", "/sobjects/CampaignMember", values).json()["id"]
    assert refused(box.call("POST", "/sobjects/CampaignMember", values))[1:] == (
        "DUPLICATE_VALUE",
        "Already a campaign member.",
    )
    row = box.call("GET", f"/sobjects/CampaignMember/{member}").json()
    assert (row["Status"], row["HasResponded"], row["FirstRespondedDate"]) == ("Sent", False, None)
    assert (row["Name"], row["Type"]) == ("Ana García", "Lead")
    box.call("PATCH", f"/sobjects/CampaignMember/{member}", {"Status": "Responded"})
    row = box.call("GET", f"/sobjects/CampaignMember/{member}").json()
    assert (row["HasResponded"], row["FirstRespondedDate"]) == (True, "2026-11-20")


def test_the_stage_of_a_deal_decides_the_rest(box: Box) -> None:
    values = {"Name": "Plan", "StageName": "Prospecting", "CloseDate": "2026-12-31"}
    deal = box.call("POST", "/sobjects/Opportunity", values).json()["id"]
    box.call("PATCH", f"/sobjects/Opportunity/{deal}", {"StageName": "Closed Won"})
    row = box.call("GET", f"/sobjects/Opportunity/{deal}").json()
    assert (row["IsClosed"], row["IsWon"], row["Probability"], row["ForecastCategory"]) == (True, True, 100.0, "Closed")
    assert row["LastStageChangeDate"] == "2026-11-20T12:00:00.000+0000"


def test_an_external_id_creates_changes_or_is_ambiguous(box: Box) -> None:
    path = "/sobjects/Lead/External_Id__c/"
    created = box.call("PATCH", path + "K-1", LEAD)
    assert (created.status_code, created.json()["created"]) == (201, True)
    changed = box.call("PATCH", path + "K-1", {"Title": "CMO"})
    assert (changed.status_code, changed.json()) == (
        200,
        {"id": created.json()["id"], "success": True, "errors": [], "created": False},
    )
    assert box.call("GET", path + "K-1").json()["Title"] == "CMO"
    twin = box.call("POST", "/sobjects/Lead", LEAD | {"External_Id__c": "K-1"}).json()["id"]
    ambiguous = box.call("PATCH", path + "K-1", {"Title": "CEO"})
    assert ambiguous.status_code == 300
    assert [url.rpartition("/")[2] for url in ambiguous.json()] == [created.json()["id"], twin]
    assert box.call("GET", path + "K-2").status_code == 404
    assert box.call("PATCH", "/sobjects/Lead/Title/x", LEAD).status_code == 404
    assert box.call("PATCH", path + "K-3?updateOnly=true", LEAD).status_code == 404


def test_validation_rules_speak_after_the_save(serve: Serve) -> None:
    rule = ValidationRule("Lead", "Status = 'Closed - Not Converted' AND Title = null", "¿Y el motivo?", "Title")
    box = serve(OrgSettings(validation_rules=(rule,)))
    luis = box.person("luis")
    status, code, message = refused(box.call("PATCH", f"/sobjects/Lead/{luis}", {"Status": "Closed - Not Converted"}))
    assert (status, code, message) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "¿Y el motivo?")
    assert box.call("GET", f"/sobjects/Lead/{luis}").json()["Status"] == "Open - Not Contacted"
    fixed = {"Status": "Closed - Not Converted", "Title": "x"}
    assert box.call("PATCH", f"/sobjects/Lead/{luis}", fixed).status_code == 204


@pytest.mark.parametrize(("mode", "header", "status"), [
    ("off", "", 204), ("alert", "", 400), ("alert", "allowSave=true", 204), ("block", "allowSave=true", 400),
])  # fmt: skip
def test_duplicate_rules_stop_updates_too(serve: Serve, mode: Any, header: str, status: int) -> None:
    box = serve(OrgSettings(duplicate_rules=mode, auto_assign=False))
    headers = {"Sforce_Duplicate_Rule_Header": header} if header else {}
    reply = box.call("PATCH", f"/sobjects/Lead/{box.person('luis')}", {"Email": "ana@lumina.example"}, **headers)
    assert reply.status_code == status
    if status == 400:
        assert refused(reply)[1:] == ("DUPLICATES_DETECTED", "Use one of these records?")


def test_deleting_takes_activities_along(box: Box) -> None:
    ana = box.person("ana")
    assert box.call("DELETE", f"/sobjects/Lead/{ana}").status_code == 204
    assert box.query(f"SELECT Id FROM Task WHERE WhoId = '{ana}'") == []
    assert len(box.query(f"SELECT Id FROM Task WHERE WhoId = '{ana}' AND IsDeleted = true", everything=True)) == 4
    assert box.call("GET", f"/sobjects/Lead/{ana}").status_code == 404


def test_the_same_base_gives_the_same_ids(serve: Serve) -> None:
    one, other = serve(), serve(base=small_base())
    assert one.control("state")["people"] == other.control("state")["people"]
