"""Single records: what HubSpot refuses, what it answers, what it keeps."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, EVA, LUIS, REP, RETIRED_REP, ROBOT, Box, Serve

CONTACTS = "/crm/objects/2026-09/contacts"
TASKS = "/crm/objects/2026-09/tasks"
DUE = "2026-11-21T09:00:00Z"

REFUSED_VALUES = [
    ("contacts", {"nope": "1"}, "PROPERTY_DOESNT_EXIST"),
    ("contacts", {"lifecyclestage": "mql"}, "INVALID_OPTION"),
    ("contacts", {"hs_email_open": "3"}, "READ_ONLY_VALUE"),
    ("contacts", {"hs_object_id": "3"}, "READ_ONLY_VALUE"),
    ("contacts", {"associatedcompanyid": "1,000"}, "INVALID_INTEGER"),
    ("contacts", {"email": "not an address"}, "INVALID_EMAIL"),
    ("contacts", {"hubspot_owner_id": "999"}, "INVALID_OWNER_ID"),
    ("contacts", {"hubspot_owner_id": RETIRED_REP}, "INVALID_OWNER_ID"),
    ("contacts", {"message": "x" * 65_537}, "PROPERTY_VALUE_TOO_LONG"),
    ("contacts", {"hs_buying_role": "CHAMPION;KING"}, "INVALID_OPTION"),
    ("tasks", {"hs_timestamp": "tomorrow"}, "INVALID_DATE"),
    ("tasks", {"hs_timestamp": DUE, "hs_task_priority": "high"}, "INVALID_OPTION"),
    ("tasks", {"hs_timestamp": DUE, "hs_task_reminders": DUE}, "INVALID_LONG"),
]


@pytest.mark.parametrize(("kind", "properties", "code"), REFUSED_VALUES)
def test_a_value_hubspot_refuses_is_refused_in_its_words(
    box: Box, kind: str, properties: dict[str, str], code: str
) -> None:
    path = f"/crm/objects/2026-09/{kind}"
    body = box.post(path, {"properties": properties}, 400)
    assert (body["status"], body["category"]) == ("error", "VALIDATION_ERROR")
    assert body["errors"][0]["code"] == code
    assert body["errors"][0]["context"] == {"propertyName": [list(properties)[-1]]}
    assert body["message"].startswith("Property values were not valid: [{")
    assert body["correlationId"]
    assert box.desk.portal.store.count(kind) == (4 if kind == "contacts" else 0)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("associatedcompanyid", 12.5, "12.5"),
        ("hs_buying_role", "CHAMPION;END_USER", "CHAMPION;END_USER"),
        ("email", " Ana.Nueva@Example.ORG ", "ana.nueva@example.org"),
        ("message", "<b>señora</b> 😀", "<b>señora</b> 😀"),
    ],
)
def test_a_good_value_is_kept_as_text(box: Box, name: str, given: Any, kept: str) -> None:
    changed = box.send("PATCH", f"{CONTACTS}/{LUIS}", {"properties": {name: given}}, 200)
    assert changed["properties"][name] == kept
    assert box.get(f"{CONTACTS}/{LUIS}", properties=name)["properties"][name] == kept


@pytest.mark.parametrize("given", [DUE, "1795251600000", 1795251600000])
def test_an_instant_is_given_as_milliseconds_or_text(box: Box, given: Any) -> None:
    made = box.post(TASKS, {"properties": {"hs_timestamp": given}}, 201)
    assert made["properties"]["hs_timestamp"] == DUE


def test_a_task_needs_its_due_date(box: Box) -> None:
    body = box.post(TASKS, {"properties": {"hs_task_subject": "Llamar"}}, 400)
    assert body["context"] == {"properties": ["hs_timestamp"]}
    assert body["message"] == "Error creating TASK. Some required properties were not set."


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"properties": [1]}', b'{"properties": {"firstname": null}}'])
def test_a_body_that_is_no_proper_json_is_refused(box: Box, body: bytes) -> None:
    reply = box.http.post(CONTACTS, content=body)
    assert (reply.status_code, reply.json()["category"]) == (400, "VALIDATION_ERROR")


def test_reading_ignores_unknown_names_and_gives_null_for_empty_ones(box: Box) -> None:
    found = box.get(f"{CONTACTS}/{ROBOT}", properties="email,nope,lifecyclestage")
    assert found["properties"] == {
        "createdate": "2026-11-19T12:00:00Z",
        "email": None,
        "hs_object_id": ROBOT,
        "lastmodifieddate": "2026-11-19T12:00:00Z",
        "lifecyclestage": None,
    }


def test_a_cleared_value_is_empty_in_the_answer_and_null_when_read(box: Box) -> None:
    changed = box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"jobtitle": ""}}, 200)
    assert changed["properties"]["jobtitle"] == ""
    assert box.get(f"{CONTACTS}/{ANA}", properties="jobtitle")["properties"]["jobtitle"] is None


def test_history_says_who_wrote_what_and_when(box: Box) -> None:
    box.clock.advance(60)
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"jobtitle": "CEO"}}, 200)
    box.clock.advance(60)
    box.control("edit", {"person": "ana@lumina.example", "set": {"jobtitle": "CMO"}})
    found = box.get(f"{CONTACTS}/{ANA}", propertiesWithHistory="jobtitle")["propertiesWithHistory"]["jobtitle"]
    assert [(one["value"], one["sourceType"], one["sourceId"]) for one in found] == [
        ("CMO", "CRM_UI", "userId:700001"),
        ("CEO", "INTEGRATION", "54321"),
        ("Directora de Marketing", "IMPORT", "sandbox"),
    ]
    assert found[0]["timestamp"] == "2026-11-20T12:02:00Z"
    assert found[0]["updatedByUserId"] == 700001


def test_our_own_write_moves_the_modification_date_and_an_equal_one_does_not(box: Box) -> None:
    before = box.get(f"{CONTACTS}/{ANA}")["properties"]["lastmodifieddate"]
    box.clock.advance(5)
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"jobtitle": "Directora de Marketing"}}, 200)
    assert box.get(f"{CONTACTS}/{ANA}")["properties"]["lastmodifieddate"] == before
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"jobtitle": "CEO"}}, 200)
    assert box.get(f"{CONTACTS}/{ANA}")["properties"]["lastmodifieddate"] == "2026-11-20T12:00:05Z"


def test_an_address_belongs_to_one_contact(box: Box) -> None:
    body = box.post(CONTACTS, {"properties": {"email": "LUIS@lumina.example"}}, 409)
    assert (body["category"], body["message"]) == ("CONFLICT", f"Contact already exists. Existing ID: {LUIS}")
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"email": "luis@lumina.example"}}, 409)
    box.send("PATCH", f"{CONTACTS}/{LUIS}", {"properties": {"email": "other@lumina.example"}}, 200)
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"email": "luis@lumina.example"}}, 200)


def test_an_archived_record_is_gone_until_asked_for(box: Box) -> None:
    box.send("DELETE", f"{CONTACTS}/{LUIS}", None, 204)
    box.send("DELETE", f"{CONTACTS}/{LUIS}", None, 204)
    box.get(f"{CONTACTS}/{LUIS}", expect=404)
    box.send("PATCH", f"{CONTACTS}/{LUIS}", {"properties": {"firstname": "X"}}, 404)
    assert box.get(f"{CONTACTS}/{LUIS}", archived="true")["archivedAt"]
    assert [one["id"] for one in box.get(CONTACTS)["results"]] == [ANA, EVA, ROBOT]
    assert [one["id"] for one in box.get(CONTACTS, archived="true")["results"]] == [LUIS]


@pytest.mark.parametrize(
    "query", ["limit=101", "limit=0", "limit=x", "limit=51&propertiesWithHistory=email", "after=x"]
)
def test_pages_have_their_bounds(box: Box, query: str) -> None:
    assert box.http.get(f"{CONTACTS}?{query}").status_code == 400


def test_a_long_address_is_refused(box: Box) -> None:
    assert box.http.get(CONTACTS, params={"properties": "x" * 8_000}).status_code == 414


def test_what_is_not_imitated_says_so(box: Box) -> None:
    body = box.get("/crm/objects/2027-03/contacts", expect=501)
    assert body["message"] == "The sandbox does not imitate GET /crm/objects/2027-03/contacts"
    box.send("POST", "/crm/exports/2026-09/export/async", {}, 501)
    box.get("/crm/objects/2026-09/feedback_submissions", expect=404)


@pytest.mark.parametrize("name", ["contacts", "contact", "0-1", "CONTACT"])
@pytest.mark.parametrize("prefix", ["/crm/objects/2026-09", "/crm/objects/2026-03", "/crm/v3/objects"])
def test_every_spelling_of_an_address_finds_the_same_record(box: Box, prefix: str, name: str) -> None:
    assert box.get(f"{prefix}/{name}/{ANA}")["id"] == ANA


def test_the_administrators_rules_hold_from_2026_09_on(serve: Serve) -> None:
    box = serve()
    rules = [
        {"object_type": "tasks", "property": "hs_task_body", "rule_type": "REQUIRED"},
        {"object_type": "contacts", "property": "jobtitle", "rule_type": "MAX_LENGTH", "arguments": ["5"]},
    ]
    box.control("settings", {"validation_rules": rules})
    task = {"properties": {"hs_timestamp": DUE}}
    body = box.post(TASKS, task, 400)
    assert (body["category"], body["errors"][0]["context"]) == ("VALIDATION_ERROR", {"propertyName": ["hs_task_body"]})
    box.post("/crm/objects/2026-03/tasks", task, 201)
    box.post("/crm/v3/objects/tasks", task, 201)
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"jobtitle": "Directora"}}, 400)
    box.send("PATCH", f"{CONTACTS}/{ANA}", {"properties": {"firstname": "Ana"}}, 200)
    listed = box.get("/crm/property-validations/2026-09/0-1")["results"]
    assert listed[0]["propertyName"] == "jobtitle"
    assert listed[0]["propertyValidationRules"][0]["ruleType"] == "MAX_LENGTH"


def test_a_task_is_stored_with_its_contact_or_not_at_all(box: Box) -> None:
    def task(to: str, type_id: int = 204, category: str = "HUBSPOT_DEFINED") -> dict[str, Any]:
        types = [{"associationCategory": category, "associationTypeId": type_id}]
        return {
            "properties": {"hs_timestamp": DUE, "hubspot_owner_id": REP},
            "associations": [{"to": {"id": to}, "types": types}],
        }

    box.post(TASKS, task("999"), 404)
    box.post(TASKS, task(ANA, 203), 400)
    box.post(TASKS, task(ANA, 204, "USER_DEFINED"), 400)
    box.post(TASKS, {**task(ANA), "associations": [{"to": {"id": ANA}, "types": []}]}, 400)
    assert box.desk.portal.store.count("tasks") == 0
    made = box.post(TASKS, task(ANA), 201)
    state = box.get("/_sandbox/state")
    assert state["tasks"][0]["associations"] == {"contacts": [ANA]}
    assert state["people"][0]["associations"]["tasks"] == [made["id"]]


def test_completing_a_task_stamps_it(box: Box) -> None:
    made = box.post(TASKS, {"properties": {"hs_timestamp": DUE, "hs_task_status": "NOT_STARTED"}}, 201)
    box.control("edit", {"object_type": "tasks", "id": made["id"], "set": {"hs_task_status": "COMPLETED"}})
    found = box.get(f"{TASKS}/{made['id']}", properties="hs_task_completion_date")
    assert found["properties"]["hs_task_completion_date"] == "2026-11-20T12:00:00Z"
