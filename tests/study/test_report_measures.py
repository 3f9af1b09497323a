"""What a report counts, on bases small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from connector.domain.handoff import open_hours
from connector.domain.mapping_file import parse_mapping
from connector.domain.model_file import parse_model
from connector.study.manifest import Kept, Manifest, PartCounts, Run
from connector.study.report.drift import compare, measure_psi
from connector.study.report.report import Report, Subject, make_report
from connector.study.report.revisions import ModelHistory
from connector.study.report.rules import RuleRecord
from connector.study.report.shares import compare_shares, share_of, span_of, z_for
from connector.study.snapshot_rows import Origin
from tests.study.meetings import CALENDAR, DATED, MAPPING, MODEL, NOW, TYPES, Meeting

HISTORY = ModelHistory("meeting 1.1.0 0", in_git=False, revisions=(), stamps=())
WON = {"state": "won"}


def report_on(meeting: Meeting, *, dated: tuple[str, ...] = DATED, weeks: int = 4, channel: str | None = "source",
              unavailable: dict[str, str] | None = None, model: str = MODEL) -> Report:  # fmt: skip
    mapping = parse_mapping(MAPPING, file="mapping.yaml", crm="hubspot")
    kept = Kept(dict(TYPES), {}, (), False, "0")
    counts = PartCounts(len(meeting.rows["people"]), 0, {}, 0, 0, 0, {})
    run = Run(1, "full", None, NOW, NOW, None, counts)
    manifest = Manifest(Origin("hubspot", "62515"), kept, 90.0, ("1",), (run,), unavailable or {}, dated)
    read = parse_model(model, file="model.yaml", types=dict(TYPES))
    return make_report((meeting,), Subject(manifest, read, mapping, weeks, channel, HISTORY))


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def rule(report: Report, name: str) -> RuleRecord:
    return next(one for one in report.rules if one.rule == name)


def test_who_skips_a_step_counts_as_having_reached_it_and_leaves_no_time() -> None:
    meeting = Meeting()
    patient = meeting.add_person()
    for stage, days in (("lead", 20), ("mql", 14), ("sql", 10)):
        meeting.add_stage(patient, stage, ago(days))
    hasty = meeting.add_person()
    meeting.add_event(hasty, "form_submitted", ago(6))
    meeting.add_stage(hasty, "sql", ago(5))
    funnel = report_on(meeting).funnel
    assert [step.count for step in funnel.steps] == [2, 2, 2, 0, 0]
    to_mql, to_sql, to_deal, _ = funnel.passages
    assert (to_mql.share.hits, to_sql.share.hits, to_deal.share.hits) == (2, 2, 0)
    assert (to_sql.days.count, to_sql.days.median) == (1, 4.0)  # the hasty one was never an MQL


def test_the_weeks_before_are_shown_as_they_stood_at_their_own_end() -> None:
    meeting = Meeting()
    slow = meeting.add_person()
    meeting.add_stage(slow, "mql", ago(40))
    meeting.add_stage(slow, "sql", ago(3))
    passage = report_on(meeting).funnel.passages[1]
    assert (passage.share_before.hits, passage.share_before.count) == (0, 1)
    assert passage.share.count == 0
    assert passage.days.median == 37.0


def test_quality_is_what_sales_accepted_and_what_was_won_of_those_old_enough() -> None:
    meeting = Meeting()
    for days, verdict, is_won in ((200, "accepted", True), (190, "rejected", False), (180, "accepted", False)):
        person = meeting.add_person(verdict=verdict, verdict_at=ago(days - 1))
        meeting.add_stage(person, "mql", ago(days))
        if is_won:
            meeting.add("deals", person, created_at=ago(days - 2), closed_at=ago(days - 20), **WON)
    fresh = meeting.add_person(verdict="rejected", verdict_reason="fit", verdict_at=ago(2))
    meeting.add_stage(fresh, "mql", ago(3))
    found = report_on(meeting)
    assert (found.precision.accepted.hits, found.precision.accepted.count) == (0, 1)
    assert (found.precision.won.hits, found.precision.won.count) == (1, 3)  # the fresh one is too young to tell
    assert found.precision.horizon_days == 20.0
    assert found.reasons == {"fit": 1}


def test_a_customer_nobody_handed_over_before_their_deal_was_not_seen() -> None:
    meeting = Meeting()
    long_ago, seen, unseen = (meeting.add_person() for _ in range(3))
    meeting.add("deals", long_ago, created_at=ago(90), closed_at=ago(80), **WON)  # before there were any handoffs
    meeting.add_stage(seen, "mql", ago(60))
    for person in (seen, unseen):
        meeting.add("deals", person, created_at=ago(50), closed_at=ago(40), **WON)
    found = report_on(meeting).precision.won_unseen
    assert (found.hits, found.count) == (1, 2)


def test_a_rule_is_judged_by_what_had_happened_before_the_handoff() -> None:
    meeting = Meeting()
    before = meeting.add_person(verdict="accepted", verdict_at=ago(30))
    meeting.add_event(before, "webinar_attended", ago(41))
    after = meeting.add_person(verdict="rejected", verdict_reason="timing", verdict_at=ago(30))
    meeting.add_event(after, "webinar_attended", ago(35))
    for person in (before, after):
        meeting.add_stage(person, "mql", ago(40))
    found = rule(report_on(meeting), "webinar")
    assert (found.accepted.hits, found.accepted.count) == (1, 1)
    assert (found.accepted_others.hits, found.accepted_others.count) == (0, 1)
    assert found.rejected == {}
    assert (found.fired.ever, found.fired.people) == (2, 0)


def test_a_criterion_is_what_was_known_at_the_handoff_and_today_s_value_is_marked() -> None:
    meeting = Meeting()
    moved = meeting.add_person(country="ES", employees=100.0, verdict="accepted", verdict_at=ago(30))
    meeting.add("history", moved, field="attribute:country", value="DE", at=ago(60), by="crm")
    meeting.add("history", moved, field="attribute:country", value="ES", at=ago(20), by="crm")
    meeting.add_stage(moved, "mql", ago(40))
    found = report_on(meeting)
    country, size = rule(found, "country"), rule(found, "size")
    assert (country.accepted.count, country.accepted_others.count, country.as_of_today) == (0, 1, False)
    assert (size.accepted.count, size.accepted_others.count, size.as_of_today) == (1, 0, True)


def test_a_rule_nobody_ever_met_is_dead() -> None:
    meeting = Meeting()
    meeting.add_event(meeting.add_person(), "page_view", ago(1))
    found = report_on(meeting)
    assert rule(found, "survey").standing == "dead"
    assert rule(found, "page").standing == "few"


def test_points_that_go_with_losing_are_called_harmful() -> None:
    meeting = Meeting()
    for number in range(80):
        with_rule = number % 2 == 0
        person = meeting.add_person()
        meeting.add_event(person, "webinar_attended" if with_rule else "demo_trial", ago(101))
        meeting.add_stage(person, "mql", ago(100))
        if not with_rule and number % 4 == 1:
            meeting.add("deals", person, created_at=ago(95), closed_at=ago(90), **WON)
    found = report_on(meeting)
    assert (rule(found, "webinar").standing, rule(found, "trial").standing) == ("harmful", "helpful")
    assert (rule(found, "webinar").won.hits, rule(found, "webinar").won.count) == (0, 40)
    assert (rule(found, "webinar").won_others.hits, rule(found, "webinar").won_others.count) == (20, 40)


def test_a_rule_that_only_goes_with_a_channel_is_not_called_harmful() -> None:
    meeting = Meeting()
    for channel, with_rule, count, wins in (("A", True, 90, 9), ("A", False, 10, 1), ("B", True, 10, 5),
                                            ("B", False, 90, 45)):  # fmt: skip
        for number in range(count):
            person = meeting.add_person(source=channel)
            meeting.add_event(person, "webinar_attended" if with_rule else "page_view", ago(101))
            meeting.add_stage(person, "mql", ago(100))
            if number < wins:
                meeting.add("deals", person, created_at=ago(95), closed_at=ago(90), **WON)
    found = rule(report_on(meeting), "webinar")
    assert (found.won.hits, found.won_others.hits, found.standing) == (14, 46, "by_channel")
    assert found.within is not None
    assert found.within.value == pytest.approx(0)
    assert rule(report_on(meeting, channel=None), "webinar").standing == "harmful"


def test_what_everybody_meets_cannot_be_compared() -> None:
    meeting = Meeting()
    for _ in range(10):
        person = meeting.add_person(employees=90.0)
        meeting.add_stage(person, "mql", ago(100))
    meeting.add("deals", person, created_at=ago(95), closed_at=ago(90), **WON)
    assert rule(report_on(meeting), "size").standing == "everybody"


def test_a_passage_that_takes_longer_than_people_had_is_still_running() -> None:
    meeting = Meeting()
    for start in (200, 20):
        meeting.add("deals", meeting.add_person(), created_at=ago(start), closed_at=ago(start - 18), **WON)
    whole = report_on(meeting).funnel
    assert [one.is_running for one in whole.passages] == [False, False, False, True]
    assert not report_on(meeting, weeks=8).funnel.passages[3].is_running


def test_channels_run_from_new_people_to_customers() -> None:
    meeting = Meeting()
    for channel, deals in (("REFERRALS", 2), ("REFERRALS", 0), (None, 0)):
        person = meeting.add_person(source=channel)
        meeting.add_event(person, "page_view", ago(70))
        if channel:
            meeting.add_stage(person, "mql", ago(60))
        if deals:
            meeting.add("deals", person, created_at=ago(55), closed_at=ago(50), **WON)
    referrals, blank = report_on(meeting).channels
    assert (referrals.name, referrals.leads, referrals.mql.hits, referrals.sql.hits, referrals.won.hits) == (
        "REFERRALS", 2, 2, 1, 1,
    )  # fmt: skip
    assert (blank.name, blank.leads, blank.mql.hits) == (None, 1, 0)


def test_small_channels_are_put_together() -> None:
    meeting = Meeting()
    for number in range(20):
        for _ in range(1 + number):
            meeting.add_event(meeting.add_person(source=f"C{number:02}"), "page_view", ago(5))
    found = report_on(meeting).channels
    assert len(found) == 13
    assert (found[-1].name, sum(one.leads for one in found)) == ("", 210)


MONDAY = datetime(2026, 10, 26, 9, tzinfo=UTC)
"""Ten o'clock in Madrid, a week before the snapshot: winter time has begun."""


def handed(meeting: Meeting, *, task: str | None = "waiting", owner: str | None = "301", stage: str = "mql") -> int:
    person = meeting.add_person(owner="301")
    meeting.add_stage(person, stage, MONDAY)
    if task:
        meeting.add("tasks", person, key="k", state=task, owner=owner)
    return person


def test_a_touch_within_the_business_hours_agreed_keeps_the_promise() -> None:
    meeting = Meeting()
    meeting.add_event(handed(meeting), "call", MONDAY + timedelta(hours=3))
    meeting.add_event(handed(meeting), "note", MONDAY + timedelta(days=2))
    service = report_on(meeting).service
    assert (service.kept.hits, service.kept.count, service.handed) == (1, 2, 2)
    assert service.hours.count == 2
    assert service.hours.median == pytest.approx((3 + 18) / 2)
    assert service.late == ()


def test_who_waits_beyond_the_time_agreed_is_named_with_the_owner() -> None:
    meeting = Meeting()
    late = handed(meeting)
    done_on_an_unknown_day = handed(meeting, task="done")
    service = report_on(meeting).service
    assert [(one.object_id, one.owner) for one in service.late] == [(str(1001 + late), "301")]
    assert service.late_by_owner == {"301": 1}
    assert (service.kept.hits, service.kept.count, service.undated) == (0, 1, 1)
    assert done_on_an_unknown_day


def test_a_handoff_without_task_or_owner_is_in_nobody_s_hands() -> None:
    meeting = Meeting()
    handed(meeting, task=None)
    handed(meeting, owner=None)
    handed(meeting, task="missing")
    meeting.add_event(handed(meeting, task=None), "call", MONDAY + timedelta(hours=1))  # somebody has it all the same
    assert [one.lacks for one in report_on(meeting).service.orphans] == ["task", "owner", "task"]


def test_who_is_in_nobody_s_hands_is_not_listed_as_late_too_and_the_handoffs_add_up() -> None:
    meeting = Meeting()
    orphan, late = handed(meeting, owner=None), handed(meeting)
    handed(meeting, task="done")
    meeting.add_event(handed(meeting), "call", MONDAY + timedelta(hours=1))
    meeting.add_stage(handed(meeting), "lead", MONDAY + timedelta(hours=2))
    fresh = meeting.add_person(owner="301")
    meeting.add_stage(fresh, "mql", ago(hours=1))
    meeting.add("tasks", fresh, key="k", state="waiting", owner="301")
    service = report_on(meeting).service
    assert [one.object_id for one in service.orphans] == [str(1001 + orphan)]
    assert [one.object_id for one in service.late] == [str(1001 + late)]
    assert (service.handed, service.kept.count, service.undated, service.withdrawn, service.pending) == (6, 3, 1, 1, 1)
    assert service.untouched == 3


def test_what_was_taken_back_before_it_was_due_or_set_by_hand_is_not_judged() -> None:
    meeting = Meeting()
    faded = handed(meeting)
    meeting.add_stage(faded, "lead", MONDAY + timedelta(hours=2))
    by_hand = meeting.add_person()
    meeting.add_stage(by_hand, "sql", MONDAY, by="person")
    service = report_on(meeting).service
    assert (service.kept.count, service.handed, service.late) == (0, 1, ())


def test_business_hours_between_two_instants_leave_nights_and_weekends_out() -> None:
    friday = datetime(2026, 10, 30, 16, tzinfo=UTC)  # 17:00 in Madrid
    assert open_hours(CALENDAR, friday, friday + timedelta(days=3)) == pytest.approx(1 + 8)
    assert open_hours(CALENDAR, friday + timedelta(days=1), friday + timedelta(days=2)) == 0


def test_without_a_history_only_the_present_stage_has_a_day() -> None:
    meeting = Meeting()
    meeting.add_person(stage="mql", at=ago(10), own_by="puente")
    meeting.add_person(stage="mql")
    found = report_on(meeting, dated=())
    assert (found.funnel.steps[1].count, found.funnel.undated, found.stages_dated) == (1, 1, False)


def test_the_crm_s_own_names_of_stages_are_understood() -> None:
    meeting = Meeting()
    person = meeting.add_person()
    meeting.add("history", person, field="lifecycle_stage", value="marketingqualifiedlead", at=ago(9), by="crm")
    assert report_on(meeting).funnel.steps[1].count == 1


def test_nothing_after_the_snapshot_counts() -> None:
    meeting = Meeting()
    person = meeting.add_person(verdict="accepted", verdict_at=ago(-1))
    meeting.add_stage(person, "mql", ago(-2))
    meeting.add("deals", person, created_at=ago(-2), closed_at=ago(-3), **WON)
    found = report_on(meeting)
    assert [step.count for step in found.funnel.steps] == [0, 0, 0, 0, 0]
    assert found.precision.accepted.count == found.precision.won.count == 0


def test_missing_data_that_keeps_people_from_being_handed_over_is_counted() -> None:
    meeting = Meeting()
    eager = meeting.add_person(country="ES")
    for _ in range(3):
        meeting.add_event(eager, "webinar_attended", ago(1))
    quality = report_on(meeting).quality
    size = next(one for one in quality.completeness if one.attribute == "employees")
    assert (quality.blocked, size.blocks, size.known.hits, size.weight) == (1, 1, 0, 60.0)


def test_a_source_the_account_refuses_makes_rules_blind() -> None:
    quality = report_on(Meeting(), unavailable={"web_events": "tier"}).quality
    assert set(quality.refused[0].blind) == {"page", "download", "webinar", "trial", "survey", "demo"}


def test_machine_traffic_and_what_was_set_aside_are_counted() -> None:
    meeting = Meeting()
    person = meeting.add_person()
    meeting.add_event(person, "email_open", ago(1))
    meeting.rows["events"][-1]["machine"] = True
    meeting.add_event(person, "page_view", ago(1))
    meeting.add("set_aside", person, event="x", why="no date")
    quality = report_on(meeting).quality
    assert (quality.machine, quality.events, quality.set_aside) == (1, 2, {"no date": 1})


def test_drift_is_named_only_above_what_chance_reaches() -> None:
    edges = np.linspace(0, 100, 11)
    low, high = np.full(400, 15.0), np.concatenate([np.full(200, 15.0), np.full(200, 85.0)])
    assert compare(low, low, edges).word == "stable"
    assert compare(low, high, edges).word == "changed"
    assert compare(low[:20], high[:20], edges).word == "few"
    rng = np.random.default_rng(1)
    same = [compare(rng.uniform(0, 100, 60), rng.uniform(0, 100, 60), edges).word for _ in range(200)]
    assert same.count("stable") >= 180  # an index over 0.1 is usual by chance with sixty people
    assert measure_psi(np.array([50, 50]), np.array([50, 50])) == 0


@pytest.mark.parametrize(("hits", "count"), [(0, 0), (0, 5), (3, 7), (5, 5), (40, 300)])
def test_an_interval_holds_its_share(hits: int, count: int) -> None:
    share = share_of(hits, count)
    assert share.value is None if count == 0 else share.low <= share.value <= share.high  # type: ignore[operator]


def test_differences_are_sure_only_with_enough_people_and_fewer_so_among_many() -> None:
    few, many = (share_of(1, 10), share_of(4, 10)), (share_of(100, 1000), share_of(400, 1000))
    assert compare_shares(*few).high > 0  # type: ignore[union-attr]
    assert compare_shares(*many).high < 0  # type: ignore[union-attr]
    assert compare_shares(share_of(0, 0), few[0]) is None
    assert z_for(1) == pytest.approx(1.96, abs=0.01)
    assert z_for(20) > 3


def test_times_of_a_handful_have_no_interval() -> None:
    assert span_of(np.array([])).count == 0
    assert span_of(np.array([1.0, 3.0])).low is None
    spans = span_of(np.arange(1.0, 12.0))
    assert spans.median == 6.0
    assert (spans.low or 0) <= 6.0 <= (spans.high or 0) <= (spans.p90 or 0) + 1


def test_a_report_of_parts_is_the_report_of_the_whole() -> None:
    one, other, both = Meeting(), Meeting(), Meeting()
    for meeting in (one, both):
        meeting.add_stage(meeting.add_person(), "mql", ago(9))
    for meeting in (other, both):
        meeting.add_stage(meeting.add_person(), "sql", ago(8))
    whole = report_on(both)
    mapping = parse_mapping(MAPPING, file="mapping.yaml", crm="hubspot")
    model = parse_model(MODEL, file="model.yaml", types=dict(TYPES))
    run = Run(1, "full", None, NOW, NOW, None, PartCounts(2, 0, {}, 0, 0, 0, {}))
    manifest = Manifest(Origin("hubspot", "62515"), Kept(dict(TYPES), {}, (), False, "0"), 90.0, ("1",), (run,), {},
                        DATED)  # fmt: skip
    parts = make_report((one, other), Subject(manifest, model, mapping, 4, "source", HISTORY))
    assert replace(parts, service=whole.service) == whole
    assert len(parts.service.orphans) == len(whole.service.orphans)
