"""Qualify a whole portal of a second, independent HubSpot: clean, and with every habit that is legal but unusual."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.contract.other_hubspot.portal import Habits
from tests.contract.other_hubspot.walk import Walk, served


def expected(walk: Walk) -> dict[str, Any]:
    first = walk.run()
    assert walk.promises(first) == []
    assert first.code == 0
    assert set(first.outcomes.values()) == {"written"}
    return walk.ends_well()


@pytest.fixture(scope="module")
def clean() -> dict[str, Any]:
    """Return what a portal without any oddity ends with."""
    with served() as walk:
        return expected(walk)


def test_everybody_is_decided_and_handed_over_once(clean: dict[str, Any]) -> None:
    counted = {stage: list(clean["stages"].values()).count(stage) for stage in set(clean["stages"].values())}
    assert sum(counted.values()) == 69
    assert counted["sql"] >= 12
    assert counted["mql"] >= 1
    assert set(clean["tasks"].values()) == {1}
    assert sum(clean["tasks"].values()) == counted["sql"] + counted["mql"]


HABITS = [
    {"empties": "absent"},
    {"empties": "blank"},
    {"association_ids": "str"},
    {"created_status": 200},
    {"missing": "drop"},
    {"list_page": 10},
    {"association_page": 5},
    {"no_associations": "empty"},
    {"no_associations": "drop"},
    {"trace_ids": False},
    {"trace_ids_in_results": False},
    {"unique_task_keys": True},
    {"task_properties": False},
    {"trims_text": True},
    {"precise_dates": False},
    {"bare_errors": True},
    {"account": 403},
    {"account": 404},
    {"lists": 403},
    {"search": 403},
    {"search": 500},
    {"multi_status": 200},
    {"nameless_errors": True},
    {"dates_as_millis": True},
    {"shuffled": True, "numeric_ids": True},
    {"terse_definitions": True},
    {"web_events": 404},
    {"web_events": 200, "marketing_events": 200},
    {"marketing_events": 404},
    {"empties": "absent", "missing": "drop", "no_associations": "drop", "trace_ids": False, "created_status": 200,
     "bare_errors": True, "association_ids": "str", "list_page": 7, "association_page": 2},
]  # fmt: skip


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: ",".join(f"{k}={v}" for k, v in habit.items()))
def test_a_legal_habit_changes_no_decision(habit: dict[str, Any], clean: dict[str, Any]) -> None:
    with served(dataclasses.replace(Habits(), **habit)) as walk:
        assert expected(walk) == clean


@pytest.mark.parametrize(
    "habit",
    [{}, {"trace_ids": False}, {"nameless_errors": True}, {"bare_errors": True, "trace_ids": False}],
    ids=lambda habit: ",".join(habit) or "as documented",
)
def test_a_record_no_write_passes_for_is_parked_alone(habit: dict[str, Any], clean: dict[str, Any]) -> None:
    with served(dataclasses.replace(Habits(), **habit)) as walk:
        stubborn = {walk.base.hand_raisers[2], walk.base.ordinary[7]}
        walk.portal.stubborn |= stubborn
        run = walk.run()
        assert walk.promises(run) == []
        assert run.code == 1
        assert {person for person, outcome in run.outcomes.items() if outcome == "parked"} == stubborn
        assert walk.tasks(walk.base.hand_raisers[2]) == []
        walk.portal.stubborn.clear()
        assert walk.ends_well() == clean


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
def test_both_dated_versions_are_spoken_and_no_other(version: str, clean: dict[str, Any]) -> None:
    with served() as walk:
        walk.settings["PUENTE_HUBSPOT__API_VERSION"] = version
        assert expected(walk) == clean
        spoken = {part for line, _ in walk.hub.journal for part in line.split("/") if part.startswith("2026")}
        assert spoken == {version}


def test_forms_without_names_are_said_and_count_only_as_forms() -> None:
    with served(Habits(forms=403)) as walk:
        first = walk.run()
        assert first.code == 0
        assert "forms" in first.err
        assert {line["hand_raise"] for line in first.people} == {None}
        walk.ends_well()


def test_a_state_that_was_lost_makes_no_second_task_and_moves_nobody() -> None:
    with served() as walk:
        walk.run()
        summary = walk.summary()
        for file in walk.folder.glob("state.db*"):
            file.unlink()
        again = walk.run()
        assert walk.promises(again) == []
        assert walk.summary() == summary
        assert {name for line in again.people for name in line["changes"]} <= {"puente_stage_at", "puente_scored_at"}
        walk.ends_well()
