"""Install our properties into the sandbox portal through HubSpot's own SDK: once, again, and where things are odd."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install, plan_install
from adapters.installation import PartState
from connector.domain.person import STAGES
from connector.errors import AccessError, CrmError, UnavailableError
from connector.own_fields import PERSON_FIELDS
from tests.contract.hubspot_world import TOKEN, World, portal

PARTS = len(PERSON_FIELDS) + 3
"""Our properties of contacts, the task's key, and the group on both."""
PROPERTIES = "/crm/properties/2026-09"


def connect(world: World) -> HubSpotConnection:
    return HubSpotConnection(base_url=f"{world.url}/", access_token=TOKEN)


def states(found: tuple[PartState, ...]) -> Counter[str]:
    return Counter(field.state for field in found)


def read(world: World, path: str) -> Any:
    return httpx.get(world.url + path, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False).json()


def create(world: World, object_type: str, **body: object) -> None:
    whole = {"groupName": "contactinformation", "label": "x", **body}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    reply = httpx.post(f"{world.url}{PROPERTIES}/{object_type}", json=whole, headers=headers, trust_env=False)
    reply.raise_for_status()


def writes(world: World) -> list[str]:
    return [entry["path"] for entry in world.journal() if entry["method"] == "POST"]


@pytest.mark.parametrize(("locale", "label"), [("es", "Etapa (Puente)"), ("en", "Stage (Puente)")])
def test_everything_is_created_once_with_labels_in_the_users_language(locale: Any, label: str) -> None:
    with portal(1, installed=False) as world:
        assert states(plan_install(connect(world), locale)) == {"missing": PARTS}
        assert writes(world) == []
        assert states(install(connect(world), locale)) == {"created": PARTS}
        stage = read(world, f"{PROPERTIES}/contacts/puente_stage")
        assert (stage["label"], stage["type"], stage["groupName"]) == (label, "enumeration", "puente")
        assert [option["value"] for option in stage["options"]][:3] == ["subscriber", "mnql", "lead"]

        before = len(writes(world))
        assert states(install(connect(world), locale)) == {"exists": PARTS}
        assert len(writes(world)) == before


@pytest.mark.parametrize("unique", [True, False])
def test_the_task_key_is_unique_where_the_portal_permits(unique: bool) -> None:
    with portal(1, installed=False, unique_on_tasks=unique) as world:
        install(connect(world), "es")
        assert bool(read(world, f"{PROPERTIES}/tasks/puente_task_key").get("hasUniqueValue")) is unique


def test_a_property_of_another_type_stops_everything_before_it_begins() -> None:
    with portal(1, installed=False) as world:
        create(world, "contacts", name="puente_fit", type="string", fieldType="text")
        before = len(writes(world))
        found = {field.name: field for field in install(connect(world), "es")}
        assert (found["puente_fit"].state, found["puente_fit"].detail) == ("conflict", "type string, expected number")
        assert found["puente_stage"].state == "missing"
        assert len(writes(world)) == before


def test_a_choice_that_lacks_our_options_gets_them_and_keeps_its_own() -> None:
    with portal(1, installed=False) as world:
        options = [{"label": value, "value": value, "displayOrder": 0} for value in ("ours-alone", "sql")]
        create(world, "contacts", name="puente_stage", type="enumeration", fieldType="select", options=options)
        found = {field.name: field for field in plan_install(connect(world), "es")}
        assert found["puente_stage"].state == "outdated"
        assert "mnql" in found["puente_stage"].detail
        assert states(install(connect(world), "es")) == {"created": PARTS - 1, "changed": 1}
        values = [one["value"] for one in read(world, f"{PROPERTIES}/contacts/puente_stage")["options"]]
        assert values[:2] == ["ours-alone", "sql"]
        assert sorted(values[1:]) == sorted(STAGES)
        assert states(install(connect(world), "es")) == {"exists": PARTS}


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "POST .*/properties/", "status": 502, "after_commit": True},
        {"match": "POST .*/properties/", "reset": True, "after_commit": True},
        {"match": "POST .*/properties/", "status": 504, "after_commit": True, "times": 40},
        {"match": "POST .*/properties/", "status": 429, "retry_after": 0.01, "times": 3},
        {"match": "GET .*/properties/", "status": 503, "times": 1},
        {"match": "/properties/", "status": 200, "after_commit": True, "times": None},
    ],
    ids=str,
)
def test_lost_answers_and_refusals_leave_a_whole_installation(fault: dict[str, object]) -> None:
    with portal(1, installed=False) as world:
        world.fail(fault)
        try:
            install(connect(world), "es")
        except UnavailableError:
            world.fail()
            install(connect(world), "es")
        world.fail()
        assert states(plan_install(connect(world), "es")) == {"exists": PARTS}


def test_a_portal_whose_tasks_take_no_properties_is_served_without() -> None:
    with portal(1, installed=False) as world:
        world.fail({"match": "/properties/[^/]+/tasks|/properties/tasks", "status": 404, "times": None})
        found = install(connect(world), "es")
        assert found[-1].state == "skipped"
        assert states(found) == {"created": len(PERSON_FIELDS) + 1, "skipped": 1}


@pytest.mark.parametrize(
    ("status", "advice"), [(400, "Settings > Properties"), (501, "check PUENTE_HUBSPOT__BASE_URL")]
)
def test_what_refuses_an_installation_is_not_looked_for_in_a_record(status: int, advice: str) -> None:
    with portal(1, installed=False) as world:
        world.fail({"match": "POST .*/properties/[^/]+/contacts$", "status": status, "times": None})
        with pytest.raises(CrmError) as caught:
            install(connect(world), "es")
        assert advice in str(caught.value)
        assert "record" not in str(caught.value)


def test_a_wrong_token_is_said_without_showing_it() -> None:
    with portal(1, installed=False) as world:
        with pytest.raises(AccessError) as caught:
            install(HubSpotConnection(base_url=world.url, access_token="canary-token"), "es")
        assert "canary" not in repr(caught.value)
        assert writes(world) == []


def test_an_unreachable_host_is_said_plainly() -> None:
    with pytest.raises(UnavailableError, match="no answer"):
        plan_install(HubSpotConnection(base_url="http://127.0.0.1:9", access_token="x"), "es")


@pytest.mark.parametrize("call", range(0, 24, 3))
def test_stopped_at_any_call_and_repeated_it_ends_the_same(call: int) -> None:
    with portal(1, installed=False) as world:
        world.fail({"match": "/properties/", "status": 401, "after_commit": True, "times": None, "skip": call})
        with pytest.raises(AccessError):
            install(connect(world), "es")
        world.fail()
        install(connect(world), "es")
        assert states(plan_install(connect(world), "es")) == {"exists": PARTS}
