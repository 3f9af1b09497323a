"""Install into the sandbox organisation: once, visibly for our user, and nothing when nothing is missing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from adapters.installation import PartState
from adapters.salesforce.install import install, plan_install
from adapters.salesforce.install_doorbells import Doorbells
from connector.errors import AccessError, RejectedError, UnavailableError
from connector.own_fields import PERSON_FIELDS
from tests.contract.salesforce_world import World, org

FIELDS = 2 * len(PERSON_FIELDS) + 1
BASE = FIELDS + 5
"""Fields, three permissions, the assignment, and the record component."""
OUTBOUND = Doorbells("outbound", "https://hooks.example.com/salesforce/outbound/secret")
CDC = Doorbells("cdc", relay_to=("eu-west-1", "123456789012"))


def run(world: World, doorbells: Doorbells | None = None) -> Counter[str]:
    return states(install(world.connection(), "es", doorbells=doorbells, sleep=world.time.sleep))


def plan(world: World, doorbells: Doorbells | None = None) -> tuple[PartState, ...]:
    return plan_install(world.connection(), "es", doorbells=doorbells, sleep=world.time.sleep)


def states(parts: tuple[PartState, ...]) -> Counter[str]:
    return Counter(part.state for part in parts)


def deployments(world: World, since: int = 0) -> int:
    return sum(any("deployment:" in one for one in entry["touched"]) for entry in world.journal(since))


def tooling(world: World, full_name: str, **described: Any) -> None:
    """Make a field as an administrator would."""
    body = {"FullName": full_name, "Metadata": {"label": "X", **described}}
    token = {"Authorization": "Bearer 00D5e0000000001!sandbox-token"}
    path = "/services/data/v66.0/tooling/sobjects/CustomField"
    reply = httpx.post(f"{world.url}{path}", json=body, headers=token, trust_env=False)
    assert reply.status_code == 201, reply.text


def test_a_plan_writes_nothing() -> None:
    with org(2, installed=False) as world:
        before = world.state()["custom_fields"]
        assert states(plan(world)) == {"missing": BASE}
        assert world.state()["custom_fields"] == before
        assert not [entry for entry in world.journal() if entry["touched"]]


def test_installing_makes_fields_and_lets_our_user_see_them() -> None:
    with org(2, installed=False) as world:
        assert run(world) == {"created": BASE}
        state = world.state()
        assert "Puente" in state["permission_sets"]
        assert {"Lead.Puente_Stage__c", "Contact.Puente_Reasons__c", "Task.Puente_Task_Key__c"} <= set(
            state["custom_fields"]
        )
        world.crm().preflight()


@pytest.mark.parametrize("doorbells", [None, OUTBOUND, CDC], ids=["none", "outbound", "cdc"])
def test_installing_again_deploys_nothing(doorbells: Doorbells | None) -> None:
    with org(2, installed=False) as world:
        first = run(world, doorbells)
        assert set(first) == {"created"}
        since = world.last_seq()
        assert run(world, doorbells) == {"exists": first["created"]}
        assert deployments(world, since) == 0


def test_outbound_messages_are_sent_in_our_users_name_by_active_flows() -> None:
    with org(2, installed=False) as world:
        assert run(world, OUTBOUND) == {"created": BASE + 10}
        components = world.state()["components"]
        assert {f"Flow:Puente_{name}_Changed" for name in ("Lead", "Contact", "Task")} <= set(components)
        assert "WorkflowOutboundMessage:CampaignMember.Puente_CampaignMember_Changed" in components


def test_changing_the_address_changes_the_messages_and_nothing_else() -> None:
    with org(2, installed=False) as world:
        run(world, OUTBOUND)
        moved = Doorbells("outbound", "https://elsewhere.example.com/salesforce/outbound/secret")
        changed = [part for part in plan(world, moved) if part.state != "exists"]
        assert {(part.state, part.detail) for part in changed} == {("outdated", "endpointUrl")}
        assert run(world, moved) == {"exists": BASE + 5, "changed": 5}


def test_change_events_come_with_a_relay_that_is_left_as_it_runs() -> None:
    with org(2, installed=False) as world:
        assert run(world, CDC) == {"created": BASE + 8}
        elsewhere = Doorbells("cdc", relay_to=("eu-west-1", "210987654321"))
        assert {part.name for part in plan(world, elsewhere) if part.state == "outdated"} == {"Puente_AWS"}


def test_without_a_doorbell_flag_the_doorbells_there_are_stay() -> None:
    with org(2, installed=False) as world:
        run(world, OUTBOUND)
        before = world.state()["components"]
        assert run(world) == {"exists": BASE}
        assert world.state()["components"] == before


def test_a_repeat_after_a_lost_answer_ends_the_same() -> None:
    with org(2, installed=False) as world:
        world.fail(
            {"match": "POST /services/Soap", "status": 503, "html": True, "after_commit": True, "times": 2},
            {"match": "POST /services/Soap", "reset": True, "times": 1},
        )
        assert run(world)["created"] == BASE


@pytest.mark.parametrize("call", range(1, 9))
def test_stopped_at_any_call_and_repeated_it_ends_the_same(call: int) -> None:
    with org(2, installed=False) as world:
        stop = {"match": "/composite|Soap", "status": 500, "after_commit": True, "times": None, "skip": call}
        world.fail(stop)
        with pytest.raises((UnavailableError, RejectedError)):
            run(world, OUTBOUND)
        world.fail()
        run(world, OUTBOUND)
        assert states(plan(world, OUTBOUND)) == {"exists": BASE + 10}


def test_without_the_right_to_deploy_it_says_who_may() -> None:
    with org(2, installed=False, may_deploy=False) as world, pytest.raises(AccessError, match="administrator"):
        run(world)


def test_a_deployment_that_fails_names_the_component() -> None:
    with org(2, installed=False) as world:
        with pytest.raises(RejectedError, match="Activity") as caught:
            install(world.connection(), "es", task_key="no_such_ending", sleep=world.time.sleep)
        assert caught.value.code == "DEPLOYMENT"
        assert not [name for name in world.state()["custom_fields"] if "Puente" in name], "all or nothing"


def test_a_field_of_another_type_stops_everything_before_it_begins() -> None:
    with org(2, installed=False) as world:
        tooling(world, "Lead.Puente_Fit__c", type="Text", length=20)
        parts = {(part.owner, part.name): part for part in install(world.connection(), "es", sleep=world.time.sleep)}
        assert parts["Lead", "Puente_Fit__c"].state == "conflict"
        assert parts["Lead", "Puente_Fit__c"].detail == "type Text, expected Number"
        assert parts["Contact", "Puente_Fit__c"].state == "missing"
        assert deployments(world) == 0


def test_a_choice_that_lacks_our_options_gets_them_and_keeps_its_own() -> None:
    values = [{"fullName": value, "default": False, "label": value} for value in ("aparcado", "sql")]
    with org(2, installed=False) as world:
        own = {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}}
        tooling(world, "Lead.Puente_Stage__c", type="Picklist", valueSet=own)
        assert run(world) == {"created": BASE - 1, "changed": 1}
        assert run(world) == {"exists": BASE}
        token = {"Authorization": "Bearer 00D5e0000000001!sandbox-token"}
        url = f"{world.url}/services/data/v66.0/sobjects/Lead/describe"
        fields = httpx.get(url, headers=token, trust_env=False).json()["fields"]
        stage = next(one for one in fields if one["name"] == "Puente_Stage__c")
        offered = [one["value"] for one in stage["picklistValues"]]
        assert "aparcado" in offered
        assert "mnql" in offered


def test_renaming_what_people_see_is_no_difference() -> None:
    with org(2, installed=False) as world:
        run(world)
        assert states(plan_install(world.connection(), "en", sleep=world.time.sleep)) == {"exists": BASE}
