"""Uninstall from the sandbox portal: what is ours, with its values, also after a run that was stopped."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from adapters.hubspot.install_removal import HubSpotRemoval, open_removal
from connector.errors import AccessError, CrmError
from tests.contract.hubspot_world import TOKEN, World, portal, qualified

PROPERTIES = "/crm/properties/2026-09"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def removal(world: World) -> HubSpotRemoval:
    return open_removal(HubSpotConnection(base_url=world.url, access_token=TOKEN))


def definitions(world: World) -> Any:
    state = world.state()
    return state["definitions"], state["groups"]


def create(world: World, **body: object) -> None:
    url = f"{world.url}{PROPERTIES}/contacts"
    reply = httpx.post(url, json={"label": "x", **body}, headers=HEADERS, trust_env=False)
    reply.raise_for_status()


def test_everything_goes_with_its_values_and_nothing_else() -> None:
    with portal(4, installed=False) as world:
        create(world, groupName="contactinformation", name="nuestro", type="string", fieldType="text")
        before = definitions(world)
        install(HubSpotConnection(base_url=world.url, access_token=TOKEN), "es")
        crm = world.crm()
        crm.apply([qualified(record) for record in world.records(crm)])
        parts = removal(world).apply(tasks=False)
        assert {part.state for part in parts} == {"removed"}
        assert definitions(world) == before
        assert not [name for person in world.state()["people"] for name in person["properties"] if "puente" in name]
        assert removal(world).apply(tasks=False) == ()


def test_a_plan_counts_and_writes_nothing() -> None:
    with portal(4) as world:
        crm = world.crm()
        crm.apply([qualified(record) for record in world.records(crm)[:3]])
        since = world.last_seq()
        plan = removal(world).plan()
        counted = {part.name: part.records for part in plan.parts}
        assert (counted["puente_stage"], counted["puente_grade"], counted["puente_task_key"]) == (3, 0, 3)
        assert plan.open_tasks == 3
        assert not [entry for entry in world.journal(since) if entry["touched"]]


def test_tasks_go_only_when_asked_and_completed_ones_never() -> None:
    with portal(130) as world:
        crm = world.crm()
        records = world.records(crm)
        crm.apply([qualified(record) for record in records])
        ours = [task["id"] for task in world.tasks() if task["properties"].get("puente_task_key")]
        assert len(ours) > 100, "more than one page"
        change = {"properties": {"hs_task_status": "COMPLETED"}}
        url = f"{world.url}/crm/objects/2026-09/tasks/{ours[0]}"
        httpx.patch(url, json=change, headers=HEADERS, trust_env=False).raise_for_status()
        removal(world).apply(tasks=True)
        assert [task["id"] for task in world.tasks() if task["id"] in ours and not task["archived"]] == ours[:1]


def test_what_is_not_marked_stays_and_keeps_its_group() -> None:
    with portal(2) as world:
        create(world, groupName="puente", name="de_otros", type="string", fieldType="text")
        url = f"{world.url}{PROPERTIES}/contacts/puente_grade"
        httpx.patch(url, json={"description": "Nuestra nota"}, headers=HEADERS, trust_env=False).raise_for_status()
        parts = {(part.owner, part.name): part for part in removal(world).apply(tasks=False)}
        assert parts["contacts", "puente_grade"].state == "foreign"
        group = parts["contacts", "group puente"]
        assert (group.state, str(group.detail)) == ("foreign", "it holds other properties: de_otros, puente_grade")
        assert parts["tasks", "group puente"].state == "removed"
        assert {one["name"] for one in definitions(world)[0]["contacts"]} == {"puente_grade", "de_otros"}


def test_renaming_and_options_of_their_own_do_not_make_ours_somebody_elses() -> None:
    with portal(2) as world:
        url = f"{world.url}{PROPERTIES}/contacts/puente_stage"
        httpx.patch(url, json={"label": "Fase"}, headers=HEADERS, trust_env=False).raise_for_status()
        assert {part.state for part in removal(world).apply(tasks=False)} == {"removed"}


@pytest.mark.parametrize("call", range(0, 28, 4))
def test_stopped_at_any_call_and_repeated_it_ends_the_same(call: int) -> None:
    with portal(3) as world:
        crm = world.crm()
        crm.apply([qualified(record) for record in world.records(crm)])
        world.fail({"match": "DELETE |archive", "status": 400, "after_commit": True, "times": None, "skip": call})
        with suppress(CrmError):
            removal(world).apply(tasks=True)
        world.fail()
        removal(world).apply(tasks=True)
        assert not any(definitions(world)[0].values())
        assert not [
            task
            for task in world.tasks()
            if task["properties"].get("hs_task_subject") == "Revisar MQL" and not task["archived"]
        ]


def test_counting_may_be_refused_but_not_removing() -> None:
    with portal(2) as world:
        world.fail({"match": "/search", "status": 403, "times": None})
        plan = removal(world).plan()
        assert {part.records for part in plan.parts} == {None}
        assert plan.open_tasks is None
        world.fail()


def test_without_the_scope_it_is_named_and_nothing_is_removed() -> None:
    with portal(2) as world:
        before = definitions(world)
        scopes = ["crm.schemas.contacts.read", "crm.objects.contacts.read", "crm.objects.contacts.write"]
        world.ask("POST", "settings", {"scopes": scopes})
        with pytest.raises(AccessError, match=r"crm\.schemas\.contacts\.write"):
            removal(world).apply(tasks=False)
        assert definitions(world) == before
