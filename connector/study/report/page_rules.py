"""Describe what became of leads: the funnel, the channels, the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from connector.domain.wording import number_text
from connector.study.report.channels import Channel
from connector.study.report.firings import RuleKind
from connector.study.report.funnel import Passage
from connector.study.report.page_text import bars_plot, explain, fold, legend, name_people, paragraph, plot
from connector.study.report.plots import Dot, FunnelBar, draw_funnel, draw_shares, find_limit
from connector.study.report.rules import RuleRecord
from connector.study.report.shares import Share, share_of
from connector.study.report.story import Story
from connector.study.svg import Bar

_KINDS: Final[tuple[RuleKind, ...]] = ("signal", "criterion", "hand_raise")
_LEAST_DRAWN: Final = 5
_TONES: Final = {"worse": "back", "better": "good", "harmful": "back", "helpful": "good"}
_LEAST_TIMED: Final = 5


def describe_funnel(story: Story) -> str:
    """Return the funnel with what lies between its steps, this period and the one before."""
    report, funnel = story.report, story.report.funnel
    passages = [*(_passage_text(story, one) for one in funnel.passages), None]
    bars = [
        FunnelBar(
            story.step(step.stage),
            step.count,
            step.count_before,
            story.count(step.count),
            story.words("bar_before", value=story.count(step.count_before)),
            passage,
        )
        for step, passage in zip(funnel.steps, passages, strict=True)
    ]
    marks = legend(("main", story.weeks("this_period")), ("second", story.weeks("period_before")))
    notes = [story.words("funnel_how")]
    if funnel.undated:
        notes.append(story.words("funnel_undated", count=story.count(funnel.undated)))
    warnings = [] if report.stages_dated else [story.words("no_history")]
    warnings += [] if report.deals_known else [story.words("no_deals")]
    return (
        "".join(paragraph(warning) for warning in warnings)
        + paragraph(story.words("funnel_reads"), quiet=True)
        + marks
        + plot(draw_funnel(bars, story.words("alt_funnel")))
        + _steps(story)
        + explain(story, *notes)
    )


def _passage_text(story: Story, passage: Passage) -> str:
    if passage.share.value is None:
        return story.words("passage_text_untimed", share=story.words("unknown"))
    if passage.is_running:
        counts = {"hits": story.count(passage.share.hits), "count": story.count(passage.share.count)}
        return story.words("passage_running", **counts)
    share = story.part(passage.share)
    if passage.days.count < _LEAST_TIMED:
        return story.words("passage_text_untimed", share=share)
    return story.words("passage_text", share=share, days=story.span(passage.days, "days"))


def _steps(story: Story) -> str:
    words = story.words
    headings = [words("passage"), words("went_on"), words("interval"), words("before"), words("median_days"),
                words("n"), f"{words('median_days')}, {words('before').lower()}", words("n")]  # fmt: skip
    rows = [
        [
            f"{story.step(one.origin)} → {story.step(one.target)}",
            f"{story.share(one.share)} · {words('running')}" if one.is_running else story.share(one.share),
            story.range(one.share),
            story.share(one.share_before),
            story.span(one.days, "days", least=_LEAST_TIMED),
            story.count(one.days.count),
            story.span(one.days_before, "days", least=_LEAST_TIMED),
            story.count(one.days_before.count),
        ]
        for one in story.report.funnel.passages
    ]
    return fold(story, headings, rows)


def describe_channels(story: Story) -> str:
    """Return who brings leads and who brings customers."""
    report = story.report
    if not report.channel:
        return paragraph(story.words("channels_none"))
    shown = [one for one in report.channels if one.leads or one.won.count]
    wins = share_of(sum(one.won.hits for one in shown), sum(one.won.count for one in shown))
    dots = [_channel_dot(story, one) for one in shown if one.won.count >= _LEAST_DRAWN]
    drawn = paragraph(story.words("too_few"), quiet=True)
    if dots and wins.value is not None:
        mark = story.words("mark_all", value=story.pct(wins.value))
        marks = legend(
            ("dot", story.words("legend_interval")), ("good", story.words("legend_better")),
            ("back", story.words("legend_worse")),
        )  # fmt: skip
        limit = find_limit(dots, wins.value)
        drawn = (
            paragraph(story.words("shows_won"), quiet=True)
            + marks
            + plot(draw_shares(dots, story.words("alt_channels"), story.pct, (wins.value, mark), limit))
        )
    headings = [story.words(key) for key in ("channel", "leads", "mql", "sql", "won", "handed", "verdict")]
    rows = [
        [
            story.channel(one.name),
            story.count(one.leads),
            story.sure_share(one.mql),
            story.sure_share(one.sql),
            story.sure_share(one.won),
            story.count(one.handed),
            story.words(f"standing_{one.standing}"),
        ]
        for one in shown
    ]
    days = story.count(round(report.precision.horizon_days))
    how = explain(story, story.words("channels_how", attribute=report.channel, days=days))
    return drawn + fold(story, headings, rows) + how


def _channel_dot(story: Story, one: Channel) -> Dot:
    tone = _TONES.get(one.standing, "main")
    return Dot(story.channel(one.name), one.won.value or 0.0, one.won.low, one.won.high, story.share(one.won), tone)


def describe_rules(story: Story) -> str:
    """Return what the rules are worth, kind by kind, and why sales rejected."""
    report = story.report
    days = story.count(round(report.precision.horizon_days))
    how = [story.words("rules_how", days=days)]
    if report.counters:
        how.append(story.words("counters", kinds=", ".join(f"`{kind}`" for kind in report.counters)))
    judged = [rule for rule in report.rules if rule.judged[0].value is not None]
    meanings = (("dot", "with"), ("diamond", "without"), ("good", "helpful"), ("back", "harmful"))
    marks = legend(*((tone, story.words(f"legend_{meaning}")) for tone, meaning in meanings)) if judged else ""
    nothing = "" if judged else paragraph(story.words("rules_none"))
    drawn = [_rule_dot(story, rule) for rule in judged if rule.judged[0].count >= _LEAST_DRAWN]
    whole = max((_whole(rule) for rule in judged), key=lambda one: one.count, default=share_of(0, 0))
    limit = find_limit(drawn, whole.value or 0.0)
    kinds = "".join(_rules_of(story, kind, whole, limit) for kind in _KINDS)
    shows = paragraph(story.words(f"shows_rule_{judged[0].judged_by}"), quiet=True) if judged else nothing
    return shows + marks + kinds + explain(story, *how) + _reasons(story)


def _whole(rule: RuleRecord) -> Share:
    """Return the share of everybody it is known of whether a rule held."""
    share, others = rule.judged
    return share_of(share.hits + others.hits, share.count + others.count)


def _rules_of(story: Story, kind: RuleKind, whole: Share, limit: float) -> str:
    rules = [rule for rule in story.report.rules if rule.kind == kind]
    if not rules:
        return ""
    dots = [_rule_dot(story, rule) for rule in rules if rule.judged[0].count >= _LEAST_DRAWN]
    few = paragraph(story.words("too_few"), quiet=True)
    reference = whole.value or 0.0, story.words("mark_all", value=story.pct(whole.value))
    drawn = plot(draw_shares(dots, story.words("alt_rules"), story.pct, reference, limit)) if dots else few
    dead = [story.words("quoted", text=story.rule(rule)) for rule in rules if rule.standing == "dead"]
    never = paragraph(story.words("never_fired", count=str(len(dead)), rules=", ".join(dead))) if dead else ""
    return f"<h3>{escape(story.words(f'kind_{kind}'))}</h3>{drawn}{never}{_rule_table(story, rules)}"


def _rule_dot(story: Story, rule: RuleRecord) -> Dot:
    share, others = rule.judged
    tone, text = _TONES.get(rule.standing, "main"), story.share(share)
    points = (
        "" if rule.points is None else story.words(f"points_{rule.kind}", points=number_text(rule.points, story.locale))
    )
    return Dot(story.rule(rule), share.value or 0.0, share.low, share.high, text, tone, others.value, points)


def _rule_table(story: Story, rules: Sequence[RuleRecord]) -> str:
    by_wins = rules[0].judged_by == "won"
    judged = ("with_rule", "without_rule") if by_wins else ("with_accepted", "without_accepted")
    headings = [story.words(key) for key in ("rule", "points", "fired", "accepted", "rejected", *judged, "verdict")]
    rows = [
        [
            " · ".join(_rule_name(story, rule)),
            "" if rule.points is None else number_text(rule.points, story.locale),
            story.count(rule.fired.people),
            story.share(rule.accepted),
            _reasons_text(story, rule),
            story.sure_share(rule.judged[0]),
            story.share(rule.judged[1]),
            story.words(f"standing_{rule.standing}"),
        ]
        for rule in rules
    ]
    return fold(story, headings, rows)


def _rule_name(story: Story, rule: RuleRecord) -> Iterator[str]:
    yield f"{story.rule(rule)} `{story.source.place(rule.path)}`"
    if rule.as_of_today:
        yield story.words("today")


def _reasons_text(story: Story, rule: RuleRecord) -> str:
    return ", ".join(f"{story.reason(reason)} {story.count(count)}" for reason, count in rule.rejected.items())


def _reasons(story: Story) -> str:
    heading = f"<h3>{escape(story.words('reasons'))}</h3>"
    report = story.report
    reasons = report.reasons
    if not reasons:
        return heading + paragraph(story.words("no_reasons"))
    total = sum(reasons.values())
    before, total_before = report.reasons_before, sum(report.reasons_before.values())
    bars = [Bar(story.reason(reason), count, _reason_text(story, share_of(count, total),
                                                          share_of(before.get(reason, 0), total_before)))
            for reason, count in reasons.items()]  # fmt: skip
    who = "".join(
        name_people(story, story.reason(reason), [one for one in report.rejected if one.reason == reason])
        for reason in reasons
    )
    return heading + bars_plot(bars, story.words("alt_reasons"), value_room=260) + who


def _reason_text(story: Story, now: Share, before: Share) -> str:
    """Return the share of a reason, and what it was before."""
    if before.value is None:
        return story.share(now)
    return f"{story.share(now)} · {story.words('tile_before', value=story.share(before))}"
