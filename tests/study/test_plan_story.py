"""A plan is told as it would be in a meeting: what it changes in numbers everybody knows, and what sales can take."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from connector.cli.plan_view import render_plan
from connector.live.planned import Watch
from connector.study.plan import Header, ModelChange, ModelName, Totals
from connector.study.plan_page import build_page
from connector.study.plan_story import Story

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
TODAY, MONDAY = "2026-03-06", "2026-03-09"
HEADER = Header(
    "hubspot", "62515", NOW, NOW, 1_000, ModelName("m", "1", "a" * 16), ModelName("m", "2", "b" * 16), "c", "en",
    Watch((), (), None), "UTC", capacity_per_day=5,
)  # fmt: skip
TOTALS = Totals(
    matrix={"lead": {"lead": 700, "mql": 30}, "mql": {"mql": 250, "lead": 20}}, lines=50, moved=50, refreshed=0,
    stamped=0, demoted=20, overridden=0, held_by_person=0, causes={"threshold": 50}, rules={"mql_points": 50},
    effects=(), tasks={}, closings=0, model_changes=(), calls={"guard": 10, "something_new": 3}, seconds=2,
)  # fmt: skip


def story(tasks: Mapping[str, Mapping[str, int]], **more: Any) -> Story:
    return Story(HEADER, replace(TOTALS, tasks=tasks, **more), "en", NOW)


def shown(told: Story) -> str:
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(render_plan(told))
    return console.export_text()


def test_the_size_of_a_stage_is_told_before_and_after() -> None:
    sentences = list(story({}).tell())
    assert "At MQL there would be 280 people instead of 270 (+3.7 %)." in sentences
    assert not any("At SQL" in sentence for sentence in sentences)


def test_what_reps_got_today_counts_towards_the_fullest_day() -> None:
    told = story({"7": {TODAY: 3, MONDAY: 4}, "8": {TODAY: 4}}, given={"7": {TODAY: 4}})
    assert told.peak() == 7
    sentences = list(told.tell())
    assert "On the fullest day, 7 would have 7: 4 were given today already." in sentences
    assert any(sentence.startswith("That is more than the 5 a day") for sentence in sentences)
    assert '<span class="over">3</span>' in build_page([told])
    assert '<span class="over">4</span>' not in build_page([told])
    assert "Today" in shown(told)
    assert "Today" not in shown(story({"8": {TODAY: 4}}))


def test_tasks_without_any_owner_say_where_owners_are_named() -> None:
    assert "None would have an owner: the model does not say whose they are (handoff.routing)." in list(
        story({"-": {TODAY: 3}}).tell()
    )
    assert "2 would have no owner." in list(story({"-": {TODAY: 2}, "7": {TODAY: 1}}).tell())


def test_thresholds_are_spelt_as_the_reader_spells_numbers() -> None:
    changes = (ModelChange("stages.mql.exit", "37.5", "30"), ModelChange("stages.sql.enter", "—", "80.25"))
    told = list(replace(story({}, model_changes=changes), locale="es").tell())
    assert told[:2] == [
        "El umbral para dejar de serlo pasa de 37,5 a 30.",
        "El umbral para ser SQL por puntos pasa de — a 80,25.",
    ]


def test_the_tables_of_changes_spell_numbers_as_the_sentences_do() -> None:
    changes = (ModelChange("stages.mql.exit", "37.5", "30.125"), ModelChange("fit.note", "v1.5", "1.2.3"))
    spanish = replace(story({}, model_changes=changes), locale="es")
    for told in (shown(spanish), build_page([spanish])):
        assert "37,5" in told
        assert "30,125" in told
        assert "v1.5" in told
        assert "1.2.3" in told
    assert "37.5" in shown(story({}, model_changes=changes))


def test_what_is_not_told_move_by_move_is_counted_all_the_same() -> None:
    matrix = {"lead": {"mnql": 9, "mql": 30, "sql": 3}, "mql": {"lead": 20, "mnql": 2}, "mnql": {"lead": 40, "mql": 1}}
    told = list(story({}, matrix=matrix).tell())
    assert (
        "They are: 40 from mNQL to Lead; 30 from Lead to MQL; 20 from MQL to Lead; 9 from Lead to mNQL; 6 in other"
        in (told[1])
    )


def test_calls_are_named_by_what_they_are_for() -> None:
    page = build_page([story({})])
    assert "comparing before writing" in page
    assert "something_new" in page
