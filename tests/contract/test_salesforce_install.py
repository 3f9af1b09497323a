"""Install into the sandbox organisation: once, visibly for our user, and nothing when nothing is missing."""

from __future__ import annotations

from collections import Counter

import pytest

from adapters.salesforce.install import install, plan_install
from connector.errors import AccessError, RejectedError
from connector.own_fields import PERSON_FIELDS
from tests.contract.salesforce_world import World, org

FIELDS = 2 * len(PERSON_FIELDS) + 1


def run(world: World) -> Counter[str]:
    return Counter(state.state for state in install(world.connection(), "es", sleep=world.time.sleep))


def test_a_plan_writes_nothing() -> None:
    with org(2, installed=False) as world:
        before = world.state()["custom_fields"]
        assert Counter(state.state for state in plan_install(world.connection(), "es")) == {"missing": FIELDS + 1}
        assert world.state()["custom_fields"] == before


def test_installing_makes_fields_and_lets_our_user_see_them() -> None:
    with org(2, installed=False) as world:
        assert run(world) == {"created": FIELDS + 1}
        state = world.state()
        assert "Puente" in state["permission_sets"]
        assert {"Lead.Puente_Stage__c", "Contact.Puente_Reasons__c", "Task.Puente_Task_Key__c"} <= set(
            state["custom_fields"]
        )
        world.crm().preflight()


def test_installing_again_deploys_nothing() -> None:
    with org(2) as world:
        since = world.last_seq()
        assert run(world) == {"exists": FIELDS + 1}
        assert not [line for line in world.lines(since) if "Soap" in line or "metadata" in line]


def test_a_repeat_after_a_lost_answer_ends_the_same() -> None:
    with org(2, installed=False) as world:
        world.fail(
            {"match": "POST /services/Soap", "status": 503, "html": True, "after_commit": True, "times": 2},
            {"match": "POST /services/Soap", "reset": True, "times": 1},
        )
        assert run(world)["created"] == FIELDS + 1


def test_without_the_right_to_deploy_it_says_who_may() -> None:
    with org(2, installed=False, may_deploy=False) as world, pytest.raises(AccessError, match="administrator"):
        run(world)


def test_a_deployment_that_fails_names_the_component() -> None:
    with org(2, installed=False) as world:
        with pytest.raises(RejectedError, match="Activity") as caught:
            install(world.connection(), "es", task_key="no_such_ending", sleep=world.time.sleep)
        assert caught.value.code == "DEPLOYMENT"
        assert not [name for name in world.state()["custom_fields"] if "Puente" in name], "all or nothing"


def test_a_field_that_differs_is_left_for_a_person_to_look_at() -> None:
    with org(2) as world:
        world.settings(read_only_fields=["Lead.Puente_Stage__c"])
        states = {(state.object_type, state.name): state for state in plan_install(world.connection(), "es")}
        differing = states["Lead", "Puente_Stage__c"]
        assert (differing.state, "may not edit" in differing.detail) == ("differs", True)
