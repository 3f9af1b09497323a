"""A shadow's comparison: added up for one pair of models, told alike in both languages, and true to its plots."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.domain.model import Locale, Model, Routing, StagePolicy
from connector.live.planned import Watch
from connector.live.shadowed import BlindSpots, Shadowed, ShadowTask
from connector.ports import PersonRef
from connector.study.plan import Header, ModelName
from connector.study.plan_page import build_page
from connector.study.plan_words_en import PLAN_EN
from connector.study.plan_words_es import PLAN_ES
from connector.study.shadow_compare import Comparison, Pair, compare_shadow
from connector.study.shadow_story import ShadowStory
from connector.study.shadow_words_en import SHADOW_EN
from connector.study.shadow_words_es import SHADOW_ES
from tests.contract.shadows_contract import SHADOWED
from tests.unit.people import build_model

SOURCES = Path(__file__).parents[2] / "connector"
BUILT = ("cause", "rule")
"""What keys begin with that are put together where they are said."""
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN = build_model()
IN_MADRID = replace(PLAIN.handoff.calendar, timezone="Europe/Madrid")
LIVE = replace(PLAIN, handoff=replace(PLAIN.handoff, calendar=IN_MADRID))
CANDIDATE = replace(build_model(stages=StagePolicy(mql_enter=30.0)), hash="1" * 64, handoff=LIVE.handoff)


def shadowed(number: int, live: str = "lead", candidate: str = "lead", **more: object) -> tuple[PersonRef, Shadowed]:
    one = replace(
        SHADOWED,
        live_model=LIVE.hash,
        candidate_model=CANDIDATE.hash,
        since=NOON,
        decided_at=NOON + timedelta(hours=number),
        decisions=2,
        live=replace(SHADOWED.live, stage=live),
        candidate=replace(SHADOWED.candidate, stage=candidate),
        causes=("threshold",) if live != candidate else (),
        points=(),
        candidate_tasks=(),
    )
    return PersonRef("contact", str(number)), replace(one, **more)


def task(key: str, days: float = 0.0, owner: str | None = "301", pool: tuple[str, ...] = ()) -> ShadowTask:
    return ShadowTask(key, "mql", NOON + timedelta(days=days), owner, pool)


def compared(*stored: tuple[PersonRef, Shadowed], candidate: Model = CANDIDATE, locale: Locale = "en") -> Comparison:
    found, _ = compare_shadow(stored, Pair(LIVE, candidate), locale)
    assert found is not None
    return found


def told(
    found: Comparison, locale: Locale, unseen: BlindSpots | None = None, capacity: int | None = None
) -> ShadowStory:
    header = Header(
        crm="hubspot", account="62515", created_at=NOON, taken_at=found.until, people=found.people,
        before=ModelName("small", "1", LIVE.hash), after=ModelName("small", "2", CANDIDATE.hash, "next.yaml"),
        mapping_hash="0", locale=locale, watch=Watch((), (), None), time_zone="Europe/Madrid",
        capacity_per_day=capacity,
    )  # fmt: skip
    parts = {name: getattr(found, name) for name in ("live_tasks", "taken_over", "decisions", "since", "until")}
    return ShadowStory(
        header, found.totals, locale, NOON, **parts, set_aside=found.set_aside, unseen=unseen or BlindSpots(),
        candidate_file="next.yaml",
    )  # fmt: skip


def test_people_are_counted_by_their_stage_under_both_models() -> None:
    stored = [shadowed(1), shadowed(2, "lead", "mql"), shadowed(3, "lead", "mql"), shadowed(4, "mql", "lead")]
    found = compared(*stored, shadowed(5, live_model="9" * 64), shadowed(6, candidate_model="9" * 64))
    assert found.totals.matrix == {"lead": {"lead": 1, "mql": 2}, "mql": {"lead": 1}}
    assert (found.totals.moved, found.totals.demoted, found.totals.causes) == (3, 1, {"threshold": 3})
    assert (found.people, found.decisions, found.set_aside) == (4, 8, 2)
    assert (found.since, found.until) == (NOON, NOON + timedelta(hours=4))
    assert [change.path for change in found.totals.model_changes] == ["stages.mql.enter"]


def test_of_other_models_alone_there_is_nothing_to_compare() -> None:
    assert compare_shadow([shadowed(1, live_model="9" * 64)], Pair(LIVE, CANDIDATE), "en") == (None, 1)
    assert compare_shadow([], Pair(LIVE, CANDIDATE), "en") == (None, 0)


def test_tasks_are_laid_out_by_the_day_of_the_team_and_reps_take_turns() -> None:
    """Half past eleven at night in UTC is the next day in Madrid."""
    pool = ("301", "302")
    turns = tuple(task(f"k{number}", number / 1000, None, pool) for number in range(3))
    late = task("late", 11.5 / 24)
    stored = shadowed(1, live_tasks=(late,), candidate_tasks=(*turns, task("own", 0.001, "301")))
    found = compared(stored)
    assert found.live_tasks == {"301": {"2026-11-21": 1}}
    assert found.totals.tasks == {"301": {"2026-11-20": 2}, "302": {"2026-11-20": 2}}
    assert found.taken_over == 1
    busy = replace(CANDIDATE, handoff=replace(CANDIDATE.handoff, routing=Routing(capacity_per_day=1)))
    assert compared(shadowed(1, candidate_tasks=turns), candidate=busy).totals.tasks["-"] == {"2026-11-20": 1}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", sorted(SHADOW_ES.keys() | SHADOW_EN.keys()))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    if key.endswith("_one"):
        plain = key.removesuffix("_one")
        for words in (SHADOW_ES, SHADOW_EN):
            assert placeholders(words[key]) <= placeholders(words[plain])
        return
    assert placeholders(SHADOW_ES[key]) == placeholders(SHADOW_EN[key])


def test_every_sentence_is_said_somewhere() -> None:
    modules = [
        *(SOURCES / "study").glob("plan_[!w]*.py"), *(SOURCES / "study").glob("shadow_[!w]*.py"),
        *(SOURCES / "cli").glob("plan*.py"),
    ]  # fmt: skip
    quoted = set(re.findall(r"[\"']([a-z_]+)[\"']", "\n".join(path.read_text() for path in modules)))
    keys = {key.removesuffix("_one") for key in SHADOW_ES}
    assert {key for key in keys if key not in quoted and key.partition("_")[0] not in BUILT} == set()
    assert {key for key in keys if key.startswith("rule_")} <= PLAN_ES.keys() & PLAN_EN.keys()


@pytest.mark.parametrize("locale", ["es", "en"])
def test_a_story_says_what_it_knows_and_what_it_does_not(locale: Locale) -> None:
    stored = [
        shadowed(
            1, "lead", "mql", candidate_tasks=(task("a"), task("b", 1.0), task("c", 1.1)), live_tasks=(task("d"),)
        ),
        shadowed(2, live_model="9" * 64),
    ]
    unseen = BlindSpots(("industry",), ("webinar_attended",), is_shortsighted=True)
    story = told(compared(*stored, locale=locale), locale, unseen, capacity=1)
    sentences = " ".join(story.tell())
    for word in ("industry", "webinar_attended", "301"):
        assert word in sentences
    expected = {
        "es": ("La única persona vista tendría otra etapa", "ventas en ese tiempo: 1"),
        "en": ("The only person seen would have another stage", "sales got in that time: 1"),
    }[locale]
    for part in expected:
        assert part in sentences
    page = build_page([story])
    assert page.count("<svg") == 4
    assert not re.findall(r"""(?:src|href)\s*=|url\(|https?://|<script""", page)


def test_days_of_both_models_are_drawn_on_one_scale() -> None:
    """Four tasks of a day are twice as high as two, though each model has a plot of its own."""
    four, two = tuple(task(f"c{number}") for number in range(4)), tuple(task(f"l{number}") for number in range(2))
    page = build_page([told(compared(shadowed(1, live_tasks=two, candidate_tasks=(*four, task("d", 1.0)))), "en")])
    heights = [float(height) for height in re.findall(r'height="([\d.]+)" rx="3"><title>', page)]
    assert heights == [75.0, 0.0, 150.0, 37.5]


def test_models_that_agree_say_so_and_leave_nothing_to_show() -> None:
    sentences = list(told(compared(shadowed(1), shadowed(2)), "en").tell())
    assert "Both models see everybody in the same stage." in sentences
    assert "In that time neither model handed anybody over." in sentences
