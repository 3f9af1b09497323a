"""Descriptions have every key of the recorded ones, and say the same of every recorded field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.salesforce.settings import OrgSettings

from .conftest import RECORDED, Box, Serve, needs_recordings

# Lists that depend on what an org has installed; their entries are compared by their keys.
_OF_THE_ORG = {"picklistValues", "referenceTo"}


def recorded(name: str) -> dict[str, Any]:
    body = json.loads((RECORDED / name).read_text(encoding="utf-8"))
    assert isinstance(body, dict)
    return body


def described(box: Box, kind: str) -> dict[str, Any]:
    found = box.call("GET", f"/sobjects/{kind}/describe").json()
    assert isinstance(found, dict)
    return found


@needs_recordings
@pytest.mark.parametrize("kind", ["Lead", "Contact", "Event"])
def test_an_object_is_described_as_recorded(box: Box, kind: str) -> None:
    theirs, ours = recorded(f"cumulusci/describe_{kind}.json"), described(box, kind)
    assert list(ours) == sorted(theirs)
    same = set(theirs) - {"fields", "childRelationships", "urls", "supportedScopes", "recordTypeInfos"}
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}
    assert set(ours["urls"]) == set(theirs["urls"])
    assert set(ours["recordTypeInfos"][0]) == set(theirs["recordTypeInfos"][0])


@needs_recordings
@pytest.mark.parametrize("kind", ["Lead", "Contact", "Event"])
def test_every_recorded_field_is_described_value_by_value(box: Box, kind: str) -> None:
    ours = {field["name"]: field for field in described(box, kind)["fields"]}
    for field in recorded(f"cumulusci/describe_{kind}.json")["fields"]:
        mine = ours[field["name"]]
        assert list(mine) == list(field)
        compared = set(field) - _OF_THE_ORG
        assert {key: mine[key] for key in compared} == {key: field[key] for key in compared}, field["name"]
        assert {tuple(value) for value in mine["picklistValues"]} <= {
            ("active", "defaultValue", "label", "validFor", "value")
        }


@needs_recordings
@pytest.mark.parametrize("kind", ["Lead", "Contact"])
def test_child_relationships_are_described_as_recorded(box: Box, kind: str) -> None:
    theirs = {
        (one["childSObject"], one["field"]): one
        for one in recorded(f"cumulusci/describe_{kind}.json")["childRelationships"]
    }
    shared = [
        one for one in described(box, kind)["childRelationships"] if (one["childSObject"], one["field"]) in theirs
    ]
    assert {one["childSObject"] for one in shared} >= {"Task", "Event", "CampaignMember", "EmailMessageRelation"}
    for one in shared:
        assert one == theirs[one["childSObject"], one["field"]] or kind == one["childSObject"]


@needs_recordings
def test_the_reduced_description_of_a_task_holds(box: Box) -> None:
    ours = {field["name"]: field for field in described(box, "Task")["fields"]}
    for field in recorded("soqlMetadata/Task.json")["fields"]:
        # The reduced form leaves the default of a boolean out.
        compared = set(field) - _OF_THE_ORG - ({"defaultValue"} if field["type"] == "boolean" else set())
        assert {key: ours[field["name"]][key] for key in compared} == {key: field[key] for key in compared}


@needs_recordings
def test_the_global_description_lists_objects_as_recorded(box: Box) -> None:
    theirs = {one["name"]: one for one in recorded("cumulusci/describe_Global.json")["sobjects"]}
    body = box.call("GET", "/sobjects").json()
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    ours = {one["name"]: one for one in body["sobjects"]}
    for name in ("Account", "Campaign", "CampaignMember", "Contact", "Opportunity", "Organization", "User"):
        compared = set(theirs[name]) - {"urls", "deepCloneable", "deletable"}
        assert {key: ours[name][key] for key in compared} == {key: theirs[name][key] for key in compared}, name
        assert set(ours[name]["urls"]) >= {"sobject", "describe", "rowTemplate"}


def test_a_field_without_permission_is_not_described(serve: Serve) -> None:
    box = serve(OrgSettings(hidden_fields=("Lead.NumberOfEmployees",), read_only_fields=("Lead.Title",)))
    fields = {field["name"]: field for field in described(box, "Lead")["fields"]}
    assert "NumberOfEmployees" not in fields
    assert (fields["Title"]["updateable"], fields["Phone"]["updateable"]) == (False, True)


def test_what_is_not_there_is_not_found(box: Box) -> None:
    reply = box.call("GET", "/sobjects/Foo/describe")
    assert (reply.status_code, reply.json()) == (
        404,
        [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}],
    )
