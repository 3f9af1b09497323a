"""Lose, break, refuse and delay the answers of a second HubSpot: nobody is lost, no task is made twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.contract.other_hubspot.mischief import Mishap, html, locked, migrating
from tests.contract.other_hubspot.replies import Reply, error
from tests.contract.other_hubspot.walk import Walk, served

ANY = "(GET|POST) /(crm|events|marketing|account).*"
UPDATE = "POST .*/contacts/batch/update"
CREATE = "POST .*/tasks/batch/create"
ALWAYS: dict[str, Any] = {"chance": 1.0, "in_a_row": 10**9}


def few() -> AbstractContextManager[Walk]:
    return served(ordinary=8, hand_raisers=3)


@pytest.fixture(scope="module")
def clean() -> dict[str, Any]:
    with few() as walk:
        assert walk.run().code == 0
        return walk.summary()


FLAKY: dict[str, dict[str, Any]] = {
    "html 502": {"reply": html(502)},
    "html 503 after the work": {"reply": html(503), "stored": True},
    "empty": {"outcome": "empty", "stored": True},
    "truncated": {"outcome": "truncate", "stored": True},
    "cut off": {"outcome": "cut", "stored": True},
    "reset before": {"outcome": "reset"},
    "reset after": {"outcome": "reset", "stored": True},
    "migration": {"reply": migrating(None)},
    "no fields in the error": {"reply": lambda: Reply(500, {})},
}


@pytest.mark.parametrize("kind", FLAKY)
def test_a_network_that_fails_now_and_then_costs_nobody_their_decision(kind: str, clean: dict[str, Any]) -> None:
    with few() as walk:
        walk.fail(flaky := Mishap(ANY, chance=0.3, **FLAKY[kind]))
        run = walk.run()
        assert flaky.struck > 3
        assert walk.promises(run) == []
        # A create is tried three times at most; whoever had bad luck each time is parked, and only they.
        parked = {person for person, outcome in run.outcomes.items() if outcome != "written"}
        assert parked <= clean["tasks"].keys()
        assert run.code == (1 if parked else 0)
        assert walk.ends_well() == clean


LOST: list[dict[str, Any]] = [
    {"reply": html(504)}, {"outcome": "reset"}, {"outcome": "empty"}, {"outcome": "truncate"}, {"outcome": "cut"},
    {"reply": lambda: Reply(307, headers={"Location": "/login"})}, {"reply": lambda: Reply(202, {})},
]  # fmt: skip


@pytest.mark.parametrize("turns", [{"turns": frozenset({1})}, {"turns": frozenset({1, 2})}, ALWAYS], ids=str)
@pytest.mark.parametrize("call", [CREATE, UPDATE])
@pytest.mark.parametrize("how", LOST, ids=lambda how: how.get("outcome") or str(how["reply"]().status))
def test_what_was_stored_and_never_answered_is_stored_once(
    how: dict[str, Any], call: str, turns: dict[str, Any], clean: dict[str, Any]
) -> None:
    with few() as walk:
        walk.fail(Mishap(call, stored=True, **how, **turns))
        run = walk.run()
        assert walk.promises(run) == []
        assert run.code == (1 if "parked" in run.outcomes.values() else 0)
        assert walk.ends_well() == clean


def refused(status: int, category: str, message: str) -> Callable[[], Reply]:
    return lambda: error(status, category, message)


@pytest.mark.parametrize(
    ("call", "reply", "whom"),
    [
        (UPDATE, locked, "people"),
        (UPDATE, refused(400, "VALIDATION_ERROR", "A rule of this account needs more"), "people"),
        (UPDATE, migrating("86400"), "people"),
        (CREATE, html(502), "tasks"),
        (CREATE, refused(403, "MISSING_SCOPES", "no scope for tasks"), "tasks"),
        (CREATE, refused(400, "VALIDATION_ERROR", "tasks need a colour here"), "tasks"),
        (CREATE, locked, "tasks"),
    ],
    ids=lambda value: value.partition("/contacts")[2] or value if isinstance(value, str) else "",
)
def test_what_is_refused_for_good_is_parked_and_made_good_later(
    call: str, reply: Callable[[], Reply], whom: str, clean: dict[str, Any]
) -> None:
    with few() as walk:
        walk.fail(Mishap(call, reply=reply, **ALWAYS))
        run = walk.run()
        assert walk.promises(run) == []
        assert run.code == 1
        parked = {person for person, outcome in run.outcomes.items() if outcome == "parked"}
        assert parked == set(walk.base.all if whom == "people" else clean["tasks"])
        assert walk.ends_well() == clean


def test_a_task_refused_as_taken_is_looked_for_and_made_when_it_is_not_there(clean: dict[str, Any]) -> None:
    with few() as walk:
        walk.fail(Mishap(CREATE, reply=refused(409, "CONFLICT", "conflict"), turns=frozenset({1})))
        assert walk.promises(walk.run()) == []
        assert walk.ends_well() == clean


def test_locks_and_slow_answers_pass(clean: dict[str, Any]) -> None:
    with few() as walk:
        walk.fail(
            Mishap(".*batch/(update|create)", reply=locked, chance=0.6), Mishap(ANY, "slow", seconds=0.05, chance=0.5)
        )
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        assert walk.ends_well() == clean
