"""Qualify a whole organisation of a second, independent Salesforce: clean, and with every legal but unusual habit."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.other_salesforce.org import Habits
from tests.contract.other_salesforce.people import BOOK, DEMO, done, hand_raiser, mail, person
from tests.contract.other_salesforce.walk import Walk, served


def expected(walk: Walk) -> dict[str, Any]:
    first = walk.run()
    assert walk.promises(first) == []
    assert first.code == 0, first.err
    assert set(first.outcomes.values()) == {"written"}
    found = walk.ends_well()
    assert walk.org.writes["empty updates"] == 0
    return found


@pytest.fixture(scope="module")
def clean() -> dict[str, Any]:
    """Return what an organisation without any oddity ends with."""
    with served() as walk:
        return expected(walk)


def test_everybody_is_decided_and_handed_over_once(clean: dict[str, Any]) -> None:
    stages = list(clean["stages"].values())
    counted = {stage: stages.count(stage) for stage in set(stages)}
    assert len(stages) == 68
    assert counted["sql"] >= 12
    assert counted["mql"] >= 3
    assert set(counted) >= {"lead", "mnql", "customer", "opportunity", "disqualified"}
    assert set(clean["tasks"].values()) == {1}
    assert sum(clean["tasks"].values()) == counted["sql"] + counted["mql"]


def test_those_who_are_nobody_any_more_are_not_told_of() -> None:
    with served() as walk:
        run = walk.run()
        assert not set(walk.base.gone) & run.outcomes.keys()
        asked = walk.run("qualify", *walk.base.gone)
        assert {asked.outcomes[one] for one in walk.base.gone} == {"gone"}
        walk.ends_well()


HABITS = [
    {"nulls": "absent"},
    {"page": 7},
    {"page": 1},
    {"child_page": 1},
    {"instants": "Z"},
    {"long_ids": False},
    {"whole_numbers": "42.0"},
    {"chatty": True},
    {"shuffled": True},
    {"parents_have_attributes": False},
    {"updated_status": 200},
    {"cursor_path": "queryAll", "page": 5},
    {"limit_info": "per app"},
    {"limit_info": "absent"},
    {"identity_in_token": False},
    {"bare_errors": True},
    {"trims_text": False},
    {"history": "untracked"},
    {"history": "absent"},
    {"lifecycle_field": True, "history": "untracked"},
    {"most_ids": 30},
    {"nulls": "absent", "page": 3, "child_page": 2, "instants": "Z", "long_ids": False, "chatty": True,
     "shuffled": True, "parents_have_attributes": False, "limit_info": "absent", "identity_in_token": False},
]  # fmt: skip


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: ",".join(f"{k}={v}" for k, v in habit.items()))
def test_a_legal_habit_changes_no_decision(habit: dict[str, Any], clean: dict[str, Any]) -> None:
    with served(dataclasses.replace(Habits(), **habit)) as walk:
        found = expected(walk)
        if habit.get("lifecycle_field"):
            # With a field of the company's own, opportunities no longer stand in for it.
            assert found["tasks"].keys() >= clean["tasks"].keys()
        else:
            assert found == clean


@pytest.mark.parametrize("page", [100_000, 11])
def test_a_base_read_in_bulk_gets_the_same_decisions(page: int, clean: dict[str, Any]) -> None:
    with served() as walk:
        walk.bulk_threshold, walk.served.rest.jobs.page = 0, page
        assert expected(walk) == clean
        assert walk.served.calls(".*by WhoId.*") == 0
        assert walk.served.calls("POST jobs/query") > 0


def test_an_organisation_without_bulk_queries_is_read_in_pieces(clean: dict[str, Any]) -> None:
    with served(Habits(bulk=False)) as walk:
        walk.bulk_threshold = 0
        assert expected(walk) == clean


@pytest.mark.parametrize("missing", ["emails", "campaigns", "opportunities", "counters"])
def test_what_an_organisation_does_not_have_is_said_and_costs_nobody_a_decision(missing: str) -> None:
    with served(dataclasses.replace(Habits(), **{missing: False})) as walk:
        expected(walk)
        said = walk.run().err
        words = {"emails": "email_messages", "campaigns": "campaign_members", "counters": "fields.Email_Opens__c",
                 "opportunities": "opportunities"}  # fmt: skip
        assert words[missing] in said


def test_a_state_that_was_lost_makes_no_second_task_and_moves_nobody() -> None:
    with served() as walk:
        walk.run()
        summary = walk.summary()
        for file in walk.folder.glob("state.db*"):
            file.unlink()
        again = walk.run()
        assert walk.promises(again) == []
        assert walk.summary() == summary
        changed = {name for line in again.people for name in line["changes"]}
        assert changed <= {"Puente_Stage_At__c", "Puente_Scored_At__c"}
        walk.ends_well()


def test_history_that_left_ordinary_queries_still_counts() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        old = hand_raiser(walk.org, 1)
        for task in walk.org.of("Task", WhoId=old):
            walk.org.delete(task.id)
        closed_long_ago = walk.clock.now.date() - timedelta(days=400)
        # Archived by its due day, closed only now: rules go by the day it was closed.
        done(walk.org, old, DEMO, 0.5, Type="Form Submitted", ActivityDate=closed_long_ago)
        run = walk.run()
        assert run.people[0]["stage"] == "sql"
        walk.ends_well()


def test_an_e_mail_that_is_a_message_and_a_task_counts_once() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = person(walk.org, "Lead", {"Name": "Uno"}, LastName="Uno", Country="ES")
        mail(walk.org, who, 2, incoming=True)
        (line,) = walk.run().people
        assert [(part["rule"], len(part["events"])) for part in line["contributions"]] == [("email-reply", 1)]


def test_deleted_records_of_the_past_count_no_more() -> None:
    with served(ordinary=0, hand_raisers=0, odd=False) as walk:
        who = person(walk.org, "Lead", {"Name": "Uno"}, LastName="Uno", Country="ES")
        walk.org.delete(done(walk.org, who, BOOK, 2, Type="Form Submitted").id)
        (line,) = walk.run().people
        assert line["contributions"] == []
