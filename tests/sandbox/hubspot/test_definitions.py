"""Property definitions, groups, lists, owners, account: what installing and checking a portal needs."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, LUIS, REP, RETIRED_REP, Box

PROPERTIES = "/crm/properties/2026-09/contacts"


def definition(**changes: Any) -> dict[str, Any]:
    text = {"name": "acme_note", "label": "Note", "type": "string", "fieldType": "text"}
    return {**text, "groupName": "contactinformation", **changes}


def test_a_property_is_created_once(box: Box) -> None:
    made = box.post(PROPERTIES, definition(), 201)
    assert (made["hubspotDefined"], made["modificationMetadata"]["archivable"]) == (False, True)
    body = box.post(PROPERTIES, definition(), 409)
    assert body["category"] == "CONFLICT"
    box.send("PATCH", f"/crm/objects/2026-09/contacts/{ANA}", {"properties": {"acme_note": "x"}}, 200)


def test_a_batch_of_properties_fails_whole_when_one_is_there(box: Box) -> None:
    box.post(PROPERTIES, definition(), 201)
    inputs = [definition(name="acme_other"), definition()]
    box.post(f"{PROPERTIES}/batch/create", {"inputs": inputs}, 409)
    box.get(f"{PROPERTIES}/acme_other", expect=404)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Acme"},
        {"name": "1acme"},
        {"name": ""},
        {"type": "text"},
        {"fieldType": "number"},
        {"groupName": "nowhere"},
        {"type": "enumeration", "fieldType": "select"},
        {"type": "bool", "fieldType": "booleancheckbox", "hasUniqueValue": True},
        {
            "type": "enumeration",
            "fieldType": "select",
            "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}],
        },
    ],
)
def test_a_definition_against_the_rules_is_refused(box: Box, changes: dict[str, Any]) -> None:
    box.post(PROPERTIES, definition(**changes), 400)


def test_an_enumeration_learns_new_options(box: Box) -> None:
    options = [{"label": "A", "value": "a"}]
    tier = definition(name="acme_tier", type="enumeration", fieldType="select", options=options)
    box.post(PROPERTIES, tier, 201)
    contact = f"/crm/objects/2026-09/contacts/{ANA}"
    box.send("PATCH", contact, {"properties": {"acme_tier": "b"}}, 400)
    box.send("PATCH", f"{PROPERTIES}/acme_tier", {"options": [*options, {"label": "B", "value": "b"}]}, 200)
    box.send("PATCH", contact, {"properties": {"acme_tier": "b"}}, 200)


def test_checkboxes_are_appended_to_with_a_leading_semicolon(box: Box) -> None:
    contact = f"/crm/objects/2026-09/contacts/{ANA}"
    box.send("PATCH", contact, {"properties": {"hs_buying_role": "CHAMPION"}}, 200)
    changed = box.send("PATCH", contact, {"properties": {"hs_buying_role": ";END_USER;CHAMPION"}}, 200)
    assert changed["properties"]["hs_buying_role"] == "CHAMPION;END_USER"


def test_hubspots_own_properties_cannot_be_removed(box: Box) -> None:
    box.send("DELETE", f"{PROPERTIES}/email", None, 400)
    box.send("PATCH", f"{PROPERTIES}/email", {"type": "number"}, 400)


def test_a_unique_contact_property_is_held_by_one_contact(box: Box) -> None:
    box.post(PROPERTIES, definition(name="acme_key", hasUniqueValue=True), 201)
    box.send("PATCH", f"/crm/objects/2026-09/contacts/{ANA}", {"properties": {"acme_key": "7"}}, 200)
    box.send("PATCH", f"/crm/objects/2026-09/contacts/{LUIS}", {"properties": {"acme_key": "7"}}, 409)
    assert box.get("/crm/objects/2026-09/contacts/7", idProperty="acme_key")["id"] == ANA


def test_groups_are_created_once_and_removed_when_empty(box: Box) -> None:
    group = {"name": "acme", "label": "Acme"}
    box.post(f"{PROPERTIES}/groups", group, 201)
    assert box.post(f"{PROPERTIES}/groups", group, 409)["category"] == "CONFLICT"
    box.post(PROPERTIES, definition(groupName="acme"), 201)
    box.send("DELETE", f"{PROPERTIES}/groups/acme", None, 400)
    box.send("DELETE", f"{PROPERTIES}/acme_note", None, 204)
    box.send("DELETE", f"{PROPERTIES}/groups/acme", None, 204)
    box.get(f"{PROPERTIES}/groups/acme", expect=404)


def test_stages_are_read_in_their_order(box: Box) -> None:
    options = box.get("/crm/properties/2026-09/0-1/lifecyclestage")["options"]
    ordered = sorted(options, key=lambda option: option["displayOrder"])
    assert [option["value"] for option in ordered] == [
        "subscriber",
        "lead",
        "marketingqualifiedlead",
        "salesqualifiedlead",
        "opportunity",
        "customer",
        "evangelist",
        "other",
    ]


def test_used_custom_properties_are_counted(box: Box) -> None:
    before = box.get("/crm/limits/2026-09/custom-properties")["byObjectType"][0]["usage"]
    box.post(PROPERTIES, definition(), 201)
    assert box.get("/crm/limits/2026-09/custom-properties")["byObjectType"][0]["usage"] == before + 1


def test_inactive_owners_are_listed_apart(box: Box) -> None:
    assert [one["id"] for one in box.get("/crm/owners/2026-09")["results"]] == [REP]
    assert [one["id"] for one in box.get("/crm/owners/2026-09", archived="true")["results"]] == [RETIRED_REP]
    assert [one["id"] for one in box.get("/crm/owners/2026-09", email="LUCIA@example.com")["results"]] == [REP]
    assert box.get("/crm/owners/2026-09/700301", idProperty="userId")["id"] == REP
    box.get("/crm/owners/2026-09/999", expect=404)


def test_only_manual_lists_take_members(box: Box) -> None:
    def make(kind: str) -> str:
        body = {"name": f"{kind} list", "objectTypeId": "0-1", "processingType": kind}
        return str(box.post("/crm/lists/2026-09", body, 200)["list"]["listId"])

    manual, dynamic = make("MANUAL"), make("DYNAMIC")
    path = "/crm/lists/2026-09/{}/memberships"
    assert box.send("PUT", path.format(manual) + "/add", [ANA, LUIS], 200)["recordsIdsAdded"] == [ANA, LUIS]
    box.send("PUT", path.format(dynamic) + "/add", [ANA], 400)
    box.get(path.format(manual), expect=400, limit=251)
    changed = box.send(
        "PUT", path.format(manual) + "/add-and-remove", {"recordIdsToAdd": ["999"], "recordIdsToRemove": [ANA]}, 200
    )
    assert (changed["recordIdsRemoved"], changed["recordIdsMissing"]) == ([ANA], ["999"])
    read = box.post(
        "/crm/lists/2026-09/records/memberships/batch/read",
        {"inputs": [{"objectTypeId": "0-1", "recordId": LUIS}]},
        200,
    )
    assert [one["listId"] for one in read["results"][0]["recordListMemberships"]] == [manual]
    box.get("/crm/lists/2026-09/999", expect=404)


def test_the_account_tells_its_zone(box: Box) -> None:
    details = box.get("/account-info/2026-09/details")
    assert (details["portalId"], details["timeZone"], details["utcOffset"]) == (62515, "Europe/Madrid", "+01:00")
