"""Uninstall from the sandbox organisation: what is ours, in a safe order, also after a run that was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import httpx
import pytest

from adapters.installation import PartState
from adapters.salesforce.install import TASK_KEY, install, open_organization
from adapters.salesforce.install_component import Component
from adapters.salesforce.install_doorbells import Doorbells, build_doorbells
from adapters.salesforce.install_package import build_files, zip_package
from adapters.salesforce.install_removal import SalesforceRemoval
from connector.errors import CrmError, RejectedError
from tests.contract.salesforce_world import World, org, qualified

OUTBOUND = Doorbells("outbound", "https://hooks.example.com/salesforce/outbound/secret")
CDC = Doorbells("cdc", relay_to=("eu-west-1", "123456789012"))
TOKEN = {"Authorization": "Bearer 00D5e0000000001!sandbox-token"}
DATA = "/services/data/v66.0"


@contextmanager
def removal(world: World) -> Iterator[SalesforceRemoval]:
    with open_organization(world.connection(), world.time.sleep) as organization:
        yield SalesforceRemoval(organization, TASK_KEY)


def ring(world: World, doorbells: Doorbells) -> None:
    install(world.connection(), "es", doorbells=doorbells, sleep=world.time.sleep)


def uninstall(world: World, *, tasks: bool = False) -> tuple[PartState, ...]:
    with removal(world) as found:
        return found.apply(tasks=tasks)


def of_ours(world: World) -> list[str]:
    state = world.state()
    named = [*state["custom_fields"], *state["permission_sets"], *state["components"]]
    return [name for name in named if "Puente" in name or "puente" in name]


def deploy(world: World, component: Component) -> None:
    with open_organization(world.connection(), world.time.sleep) as organization:
        organization.deployer.deploy(zip_package(build_files([component], "66.0")))


def created(world: World, kind: str, **values: object) -> str:
    reply = httpx.post(f"{world.url}{DATA}/sobjects/{kind}", json=values, headers=TOKEN, trust_env=False)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


@pytest.mark.parametrize("doorbells", [OUTBOUND, CDC], ids=["outbound", "cdc"])
def test_everything_an_installation_made_goes_and_nothing_else(doorbells: Doorbells) -> None:
    with org(2, installed=False) as world:
        before = world.state()
        ring(world, doorbells)
        parts = uninstall(world)
        assert {part.state for part in parts} == {"removed"}
        after = world.state()
        assert [after[name] for name in ("custom_fields", "permission_sets", "components")] == [
            before[name] for name in ("custom_fields", "permission_sets", "components")
        ]
        assert uninstall(world) == ()


def test_a_plan_counts_values_and_writes_nothing() -> None:
    with org(6) as world:
        crm = world.crm()
        records = world.records(crm)
        crm.apply([qualified(record) for record in records])
        since = world.last_seq()
        with removal(world) as found:
            plan = found.plan()
        counted = {(part.owner, part.name): part.records for part in plan.parts}
        assert counted["Lead", "Puente_Fit__c"] + counted["Contact", "Puente_Fit__c"] == len(records)  # type: ignore[operator]
        assert counted["Activity", "Puente_Task_Key__c"] == len(records)
        assert counted["Lead", "Puente_Reasons__c"] is None, "a long text cannot be asked for"
        assert plan.open_tasks == len(records)
        assert not [entry for entry in world.journal(since) if entry["touched"]]


def test_tasks_go_only_when_asked_and_completed_ones_never() -> None:
    with org(6) as world:
        crm = world.crm()
        crm.apply([qualified(record) for record in world.records(crm)])
        done = world.tasks()[0]["Id"]
        change = {"Status": "Completed"}
        httpx.patch(f"{world.url}{DATA}/sobjects/Task/{done}", json=change, headers=TOKEN, trust_env=False)
        ours = {task["Id"] for task in world.tasks()}
        uninstall(world, tasks=True)
        living = {task["id"] for task in world.state()["tasks"] if not task["archived"]}
        assert ours & living == {done}


def test_every_version_of_a_flow_goes_and_the_active_one_is_silenced_first() -> None:
    with org(2, installed=False) as world:
        ring(world, OUTBOUND)
        ring(world, Doorbells("outbound", OUTBOUND.endpoint, "somebody@else.example"))
        uninstall(world)
        assert of_ours(world) == []


def test_a_draft_that_somebody_began_does_not_hide_the_active_version() -> None:
    with org(2, installed=False) as world:
        ring(world, OUTBOUND)
        flow = next(one for one in build_doorbells(OUTBOUND, "66.0") if one.full_name == "Puente_Lead_Changed")
        deploy(world, replace(flow, content=flow.content.replace("<status>Active</status>", "<status>Draft</status>")))
        uninstall(world)
        assert of_ours(world) == []


def test_a_relay_that_runs_is_stopped_first() -> None:
    with org(2, installed=False) as world:
        ring(world, CDC)
        running = next(one for one in _relay_components() if one.type == "EventRelayConfig")
        deploy(world, running)
        uninstall(world)
        assert of_ours(world) == []


def _relay_components() -> Iterator[Component]:
    for one in build_doorbells(CDC, "66.0"):
        yield replace(one, content=one.content.replace("<state>STOP</state>", "<state>RUN</state>"))


def test_what_has_our_name_but_not_our_mark_stays() -> None:
    with org(2, installed=False) as world:
        body = {"FullName": "Lead.Puente_Model__c", "Metadata": {"label": "X", "type": "Text", "length": 255}}
        url = f"{world.url}{DATA}/tooling/sobjects/CustomField"
        assert httpx.post(url, json=body, headers=TOKEN, trust_env=False).status_code == 201
        ring(world, OUTBOUND)
        states = {(part.owner, part.name): part.state for part in uninstall(world)}
        assert states["Lead", "Puente_Model__c"] == "foreign"
        assert states["Contact", "Puente_Model__c"] == "removed"
        assert of_ours(world) == ["Lead.Puente_Model__c"]


def test_somebody_elses_assignment_of_our_permission_set_is_taken_back() -> None:
    with org(2) as world:
        query = {"q": "SELECT Id FROM PermissionSet WHERE Name = 'Puente_Sales'"}
        found = httpx.get(f"{world.url}{DATA}/query", params=query, headers=TOKEN, trust_env=False).json()["records"]
        other = next(user["id"] for user in world.state()["users"] if user["id"] != world.state()["integration_user"])
        created(world, "PermissionSetAssignment", PermissionSetId=found[0]["Id"], AssigneeId=other)
        uninstall(world)
        assert of_ours(world) == []


@pytest.mark.parametrize("call", range(2, 30, 3))
def test_stopped_at_any_call_and_repeated_it_ends_the_same(call: int) -> None:
    with org(2, installed=False) as world:
        ring(world, OUTBOUND)
        crm = world.crm()
        crm.apply([qualified(record) for record in world.records(crm)])
        world.fail(
            {"match": "/composite|Soap|tooling", "status": 500, "after_commit": True, "times": None, "skip": call}
        )
        with suppress(CrmError):
            uninstall(world, tasks=True)
        world.fail()
        uninstall(world, tasks=True)
        assert of_ours(world) == []
        assert not [
            task
            for task in world.state()["tasks"]
            if task["properties"].get("Subject") == "Revisar MQL" and not task["archived"]
        ]


def test_a_stage_that_is_refused_is_named_and_what_came_before_is_done() -> None:
    with org(2, installed=False) as world:
        ring(world, OUTBOUND)
        deploy(world, _flow_of_somebody_else())
        with pytest.raises(RejectedError, match=r"WorkflowOutboundMessage.*Somebody_Elses"):
            uninstall(world)
        left = of_ours(world)
        assert "Flow:Puente_Lead_Changed" not in left
        assert "Lead.Puente_Stage__c" in left, "fields go last"


def _flow_of_somebody_else() -> Component:
    ours = next(one for one in build_doorbells(OUTBOUND, "66.0") if one.full_name == "Puente_Lead_Changed")
    return Component("Flow", "Somebody_Elses", ours.content)
