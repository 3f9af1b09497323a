"""Lose, break, refuse and delay the answers of a second Salesforce: nobody is lost, no task is made twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.contract.other_salesforce.mischief import Locks, Mishap, Refusal, html, refused
from tests.contract.other_salesforce.org import Habits
from tests.contract.other_salesforce.replies import Reply
from tests.contract.other_salesforce.walk import Walk, served

ANY = r"(composite|query|update|insert|describe|GET).*"
READ = r"composite\[.*WhoId.*"
UPDATE = r"update (Lead|Contact).*"
INSERT = r"insert Task|composite\[insert Task.*"
ALWAYS: dict[str, Any] = {"chance": 1.0, "in_a_row": 10**9}


def few(habits: Habits | None = None) -> AbstractContextManager[Walk]:
    return served(habits, ordinary=8, hand_raisers=3)


@pytest.fixture(scope="module")
def clean() -> dict[str, Any]:
    with few() as walk:
        assert walk.run().code == 0
        return walk.summary()


FLAKY: dict[str, dict[str, Any]] = {
    "html 503": {"reply": html(503)},
    "html 503 after the work": {"reply": html(503), "stored": True},
    "unavailable": {},
    "edge 420": {"reply": html(420)},
    "empty": {"outcome": "empty", "stored": True},
    "truncated": {"outcome": "truncate", "stored": True},
    "cut off": {"outcome": "cut", "stored": True},
    "reset before": {"outcome": "reset"},
    "reset after": {"outcome": "reset", "stored": True},
    "no fields in the error": {"reply": lambda: Reply(500, {})},
    "half an answer": {"reply": lambda: Reply(200, {"compositeResponse": []})},
}


@pytest.mark.parametrize("kind", FLAKY)
def test_a_network_that_fails_now_and_then_costs_nobody_their_decision(kind: str, clean: dict[str, Any]) -> None:
    with few(Habits(page=9)) as walk:
        walk.fail(flaky := Mishap(ANY, chance=0.35, **FLAKY[kind]))
        run = walk.run()
        assert flaky.struck >= 3
        assert walk.promises(run) == []
        parked = {person for person, outcome in run.outcomes.items() if outcome != "written"}
        # An insert is tried a few times at most; whoever had bad luck each time is parked, and only they.
        assert parked <= clean["tasks"].keys()
        assert run.code == (1 if parked else 0)
        assert walk.ends_well() == clean


PARTS = {
    "unavailable": refused(503, "SERVER_UNAVAILABLE", "server is temporarily unavailable"),
    "metering": refused(400, "TXN_SECURITY_METERING_ERROR", "too many requests for transaction security"),
    "halted": refused(400, "PROCESSING_HALTED", "Processing halted"),
    "unknown": refused(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred"),
    "busy": refused(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
    "locked": refused(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    "timeout": refused(400, "QUERY_TIMEOUT", "Your query request was running for too long."),
    "too large": refused(400, "OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's"),
}

TOO_MUCH = {"timeout", "too large"}


@pytest.mark.parametrize("kind", PARTS)
def test_parts_of_a_composite_fail_beside_parts_that_do_not(kind: str, clean: dict[str, Any]) -> None:
    with few() as walk:
        walk.fail(flaky := Mishap(r"part (query|queryAll) (Lead|Contact|Task|EmailMessageRelation) by (?!IsDeleted).*",
                                  reply=PARTS[kind], chance=0.3, in_a_row=1))  # fmt: skip
        run = walk.run()
        assert flaky.struck >= 1
        assert walk.promises(run) == []
        # Nothing is smaller than one person: whose own question is too large, or too slow three times, is parked.
        assert set(run.outcomes.values()) <= ({"written", "parked"} if kind in TOO_MUCH else {"written"})
        assert walk.ends_well() == clean


def test_a_cursor_that_is_gone_costs_nobody_their_past(clean: dict[str, Any]) -> None:
    with few(Habits(page=5)) as walk:
        lost = refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        walk.fail(Mishap(r"part GET quer(y|yAll)/.*", reply=lost, turns=frozenset({2, 5, 9})))
        run = walk.run()
        assert walk.promises(run) == []
        assert set(run.outcomes.values()) == {"written"}
        assert walk.ends_well() == clean


def test_questions_are_halved_until_they_are_answered(clean: dict[str, Any]) -> None:
    with few(Habits(most_ids=3)) as walk:
        run = walk.run()
        assert (run.code, set(run.outcomes.values())) == (0, {"written"})
        assert walk.ends_well() == clean


LOST: list[dict[str, Any]] = [
    {"reply": html(504)}, {"outcome": "reset"}, {"outcome": "empty"}, {"outcome": "truncate"}, {"outcome": "cut"},
]  # fmt: skip


@pytest.mark.parametrize("turns", [{"turns": frozenset({1})}, {"turns": frozenset({1, 2})}, ALWAYS], ids=str)
@pytest.mark.parametrize("call", [INSERT, UPDATE], ids=["insert", "update"])
@pytest.mark.parametrize("how", LOST, ids=lambda how: how.get("outcome", "504"))
def test_what_was_stored_and_never_answered_is_stored_once(
    how: dict[str, Any], call: str, turns: dict[str, Any], clean: dict[str, Any]
) -> None:
    with few() as walk:
        walk.fail(lost := Mishap(call, stored=True, **how, **turns))
        run = walk.run()
        assert lost.struck
        assert walk.promises(run) == []
        assert run.code == (1 if "parked" in run.outcomes.values() else 0)
        assert walk.ends_well() == clean


@pytest.mark.parametrize("habits", [Habits(), Habits(duplicate_names_holder=False), Habits(bare_errors=True)],
                         ids=["holder named", "holder not named", "bare"])  # fmt: skip
def test_a_duplicate_key_is_success(habits: Habits, clean: dict[str, Any]) -> None:
    with few(habits) as walk:
        # The answer is lost, and so is the look for what became of it: the second insert meets the first one's key.
        walk.fail(
            Mishap(INSERT, "reset", stored=True, turns=frozenset({1})),
            Mishap(r"part queryAll Task by Puente_Task_Key__c", reply=lambda: Reply(200, _nothing()), chance=1.0,
                   in_a_row=3),
        )  # fmt: skip
        run = walk.run()
        assert walk.promises(run) == []
        assert set(run.outcomes.values()) == {"written"}
        assert walk.ends_well() == clean


def _nothing() -> dict[str, Any]:
    return {"totalSize": 0, "done": True, "records": []}


def test_records_locked_by_others_are_tried_again_alone(clean: dict[str, Any]) -> None:
    with few() as walk:
        locks = Locks(0.5)
        walk.org.rules.append(locks)
        run = walk.run()
        assert locks.struck > 5
        assert (run.code, walk.promises(run)) == (0, [])
        assert set(run.outcomes.values()) == {"written"}
        assert walk.ends_well() == clean


@pytest.mark.parametrize(
    ("call", "reply", "whom"),
    [
        (UPDATE, html(502), "people"),
        (UPDATE, refused(400, "CANNOT_EXECUTE_FLOW_TRIGGER", "a flow failed"), "people"),
        (UPDATE, refused(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred"), "people"),
        (INSERT, html(502), "tasks"),
        (INSERT, refused(403, "INSUFFICIENT_ACCESS", "no access to tasks"), "tasks"),
        (INSERT, refused(400, "JSON_PARSER_ERROR", "no"), "tasks"),
    ],
    ids=["people 502", "people flow", "people 500", "tasks 502", "tasks forbidden", "tasks 400"],
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
        assert parked == set(run.outcomes if whom == "people" else clean["tasks"])
        assert walk.ends_well() == clean


RULES = [
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "City is required once a stage is known", ("City",), "validation rule"),
    ("DUPLICATES_DETECTED", "Use one of these records?", (), "duplicate rule"),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "LeadTrigger: execution of BeforeUpdate", (), "trigger"),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record because a flow failed", (), "flow"),
    ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", (), "may not edit"),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "no rights on cross-reference id", (), "may not"),
    ("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded", (), "storage"),
    ("ENTITY_IS_ARCHIVED", "entity is archived", (), "ENTITY_IS_ARCHIVED"),
    ("SOME_CODE_OF_THE_FUTURE", "who knows", (), "SOME_CODE_OF_THE_FUTURE"),
]  # fmt: skip


@pytest.mark.parametrize("bare", [False, True], ids=["as documented", "bare"])
@pytest.mark.parametrize(("code", "message", "fields", "word"), RULES, ids=[rule[0] for rule in RULES])
def test_a_rule_that_refuses_one_person_parks_them_alone_with_a_reason(
    code: str, message: str, fields: tuple[str, ...], word: str, bare: bool, clean: dict[str, Any]
) -> None:
    with few(Habits(bare_errors=bare)) as walk:
        refused_ones = frozenset((walk.base.hand_raisers[0], walk.base.ordinary[3]))
        walk.org.rules.append(Refusal("Lead", code, message, refused_ones, fields))
        run = walk.run()
        assert walk.promises(run) == []
        assert run.code == 1
        parked = {line["object_id"]: line["reason"] for line in run.people if line["outcome"] == "parked"}
        assert parked.keys() == refused_ones
        assert all(word in reason for reason in parked.values()), parked
        assert walk.tasks(walk.base.hand_raisers[0]) == []
        assert walk.ends_well() == clean


def test_a_rule_on_tasks_parks_whom_it_refuses_and_nobody_else(clean: dict[str, Any]) -> None:
    with few() as walk:
        who = walk.base.hand_raisers[1]
        code, message = "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Tasks need a Region"
        walk.org.rules.append(Refusal("Task", code, message, frozenset((who,)), ("Region__c",)))
        run = walk.run()
        assert walk.promises(run) == []
        assert {
            line["object_id"]: "Region__c" in line["reason"] for line in run.people if line["outcome"] == "parked"
        } == {who: True}
        assert walk.ends_well() == clean


def test_slow_answers_pass(clean: dict[str, Any]) -> None:
    with few() as walk:
        walk.fail(Mishap(ANY, "slow", seconds=0.05, chance=0.5))
        run = walk.run()
        assert (run.code, walk.promises(run)) == (0, [])
        assert walk.ends_well() == clean
