"""Why sales accepts fewer leads: in one group, by their mix, with a new model, or for no reason these data know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector.study.report.acceptance import Acceptance, explain_acceptance
from connector.study.report.funnel import Period
from connector.study.report.report import Report
from connector.study.report.revisions import ModelHistory, Stamp
from connector.study.report.shares import compare_within, share_of
from tests.study.meetings import NOW, Meeting
from tests.study.test_report_findings import story_of
from tests.study.test_report_measures import ago, report_on

NOW_DAYS, BEFORE_DAYS = 10, 40


def answer(meeting: Meeting, days: float, accepted: int, rejected: int, *, handed: float = 2, **who: Any) -> None:
    """Add leads sales answered so many days ago, handed over some days earlier."""
    for number in range(accepted + rejected):
        verdict = "accepted" if number < accepted else "rejected"
        person = meeting.add_person(verdict=verdict, verdict_at=ago(days), **who)
        meeting.add_stage(person, "mql", ago(days + handed))


def found_in(meeting: Meeting) -> Acceptance:
    return report_on(meeting).acceptance


def test_what_did_not_change_significantly_has_no_cause() -> None:
    meeting = Meeting()
    answer(meeting, NOW_DAYS, 8, 4)
    answer(meeting, BEFORE_DAYS, 9, 3)
    assert (found_in(meeting).trend, found_in(meeting).cause) == ("even", None)
    assert found_in(Meeting()).trend is None


def test_the_owner_with_whom_it_fell_is_named() -> None:
    meeting = Meeting()
    for owner, now in (("301", (2, 28)), ("302", (24, 6)), ("303", (24, 6))):
        answer(meeting, NOW_DAYS, *now, owner=owner, source="A")
        answer(meeting, BEFORE_DAYS, 24, 6, owner=owner, source="A")
    found = found_in(meeting)
    assert found.cause is not None
    assert (found.trend, found.cause.kind, found.cause.split, found.cause.group) == ("fell", "within", "owner", "301")
    assert (found.cause.share.hits, found.cause.others.hits) == (2, 48)


def test_more_leads_of_a_worse_channel_are_a_matter_of_the_mix() -> None:
    meeting = Meeting()
    for days, good, bad in ((NOW_DAYS, 1, 9), (BEFORE_DAYS, 9, 1)):
        answer(meeting, days, 9 * good, good, source="A")
        answer(meeting, days, bad, 9 * bad, source="B")
    found = found_in(meeting)
    assert found.cause is not None
    assert (found.cause.kind, found.cause.split) == ("mix", "channel")


@pytest.fixture
def everywhere() -> Report:
    meeting = Meeting()
    for owner in ("301", "302"):
        for source in ("A", "B"):
            answer(meeting, NOW_DAYS, 5, 10, owner=owner, source=source)
            answer(meeting, BEFORE_DAYS, 13, 2, owner=owner, source=source)
    return report_on(meeting)


def test_where_it_fell_everywhere_the_page_says_that_it_cannot_tell(everywhere: Report) -> None:
    assert (everywhere.acceptance.trend, everywhere.acceptance.cause) == ("fell", None)
    assert list(story_of(everywhere).because()) == [
        "Neither channel nor owner explains it: these data cannot tell why."
    ]


def test_a_model_that_came_meanwhile_is_called_a_coincidence() -> None:
    from connector.study.learning.past import remember_part
    from connector.study.report.trails import read_trails
    from tests.study.meetings import DATED, TYPES

    meeting = Meeting()
    answer(meeting, NOW_DAYS, 2, 18, handed=1)
    answer(meeting, NOW_DAYS, 8, 12, handed=15)
    answer(meeting, BEFORE_DAYS, 38, 2)
    trails = read_trails(remember_part(meeting, DATED, dict(TYPES)), {"mql": "mql"}, "source", NOW)
    stamps = (Stamp("meeting 1.1.0 b", 9, ago(20), ago(1)), Stamp("meeting 1.0.0 a", 9, ago(90), ago(21)))
    history = ModelHistory("meeting 1.1.0 b", in_git=False, revisions=(), stamps=stamps)
    found = explain_acceptance(trails, Period(NOW - timedelta(weeks=4), NOW), history)
    assert found.new_model is not None
    assert (found.new_model.version, found.new_model.since) == ("1.1.0", ago(20))
    assert (found.new_model.later, found.new_model.earlier) == (share_of(2, 20), share_of(8, 20))


def test_within_groups_only_what_is_left_of_a_difference_counts() -> None:
    same = [(share_of(9, 90), share_of(1, 10)), (share_of(5, 10), share_of(45, 90))]
    found = compare_within(same)
    assert found is not None
    assert found.value == pytest.approx(0)
    assert found.low < 0 < found.high
    assert compare_within([(share_of(0, 0), share_of(1, 2))]) is None
