"""Lay out an explanation, part by part, for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.cli.explain_curve import render_curve
from connector.cli.explain_review import review_sentence
from connector.cli.explain_score import render_not_counted, render_score
from connector.cli.session import Session
from connector.cli.summary import STAGE_STYLES
from connector.cli.words import fixed_text, instant_text, stage_text, step_text
from connector.domain.conditions import Truth
from connector.domain.decision import Decision
from connector.domain.model import JOURNEYS
from connector.domain.person import Timeline
from connector.domain.reasons import day, reasons
from connector.domain.wording import REJECT_REASONS, number_text, one_line

_STATE_STYLES = {Truth.MATCHED: "green", Truth.NOT_MATCHED: "red", Truth.UNKNOWN: "yellow"}


@dataclass(frozen=True, slots=True)
class Explained:
    """Hold a decision with what is needed to show its past and future.

    `now` is the present, whatever was asked. `crossing` led to a stage that is only being kept.
    """

    decision: Decision
    timeline: Timeline
    now: datetime
    memory_known: bool
    crossing: Decision | None = None


def render_explanation(explained: Explained, session: Session) -> RenderableType:
    """Return the whole page: who and why first, then every number, then what comes next."""
    decision = explained.decision
    return Group(
        *_header(explained, session),
        *_section("section_fit", session, _fit(decision, session)),
        *_section("section_engagement", session, render_score(decision, session)),
        *_section("section_not_counted", session, render_not_counted(decision, session)),
        *_section("section_curve", session, render_curve(decision, explained.timeline, session)),
        *_section("section_more", session, _more(explained, session)),
    )


def _section(key: str, session: Session, body: RenderableType | None) -> Iterator[RenderableType]:
    if body is not None:
        yield Text(f"\n{session.say(key)}", style="bold underline")
        yield body


def moment(decision: Decision, instant: datetime | None, session: Session, *, today: datetime | None = None) -> str:
    """Write an instant in the team's zone, with its year when it is not the year of `today` (else: as decided)."""
    if instant is None:
        return session.say("long_ago")
    zone = decision.model.handoff.calendar.timezone
    return instant_text(instant, zone, session.locale, today=today or decision.decided_at)


def _grid(rows: Iterator[tuple[str, RenderableType | str]]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False)
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for label, content in rows:
        grid.add_row(label, Text(content) if isinstance(content, str) else content)
    return grid


def _header(explained: Explained, session: Session) -> Iterator[RenderableType]:
    person = explained.decision.person
    name = one_line(person.text("name") or "", 60) or session.say("no_name")
    known = [one_line(text, 60) for text in (person.text("company"), person.text("email")) if text and text.strip()]
    yield Text.assemble((name, "bold"), "".join(f" · {text}" for text in known))
    yield Text(f"{person.crm or ''} {person.object_type or ''} {person.object_id or ''}".strip(), style="dim")
    yield _grid(_header_rows(explained, session))


def _header_rows(explained: Explained, session: Session) -> Iterator[tuple[str, RenderableType | str]]:
    decision, locale = explained.decision, session.locale
    fit, model = decision.fit, decision.model
    before = session.say("explain_before", stage=stage_text(decision.before.stage, locale))
    stage = Text.assemble((stage_text(decision.stage, locale), STAGE_STYLES.get(decision.stage, "")), f" {before}")
    yield session.say("explain_stage"), stage
    yield session.say("explain_why"), Text("\n".join(reasons(decision, locale)))
    if crossing := explained.crossing:
        when = moment(crossing, crossing.decided_at, session, today=explained.now)
        told = reasons(decision, locale)
        news = (line for line in reasons(crossing, locale) if line not in told)
        yield session.say("explain_crossing"), Text("\n".join((when, *news)))
    grade = session.say(
        "explain_grade_text",
        grade=decision.grade,
        fit=number_text(fit.pct, locale),
        score=fixed_text(decision.engagement.score, locale),
        known=number_text(100 * fit.completeness, locale),
    )
    yield session.say("explain_grade"), grade
    names = {"name": model.name, "version": model.version, "hash": model.hash[:12], "rule": decision.choice.rule}
    yield session.say("explain_model"), session.say("explain_model_text", **names)
    yield session.say("explain_as_of"), _as_of(explained, session)


def _as_of(explained: Explained, session: Session) -> str:
    decision = explained.decision
    instant = moment(decision, decision.decided_at, session, today=explained.now)
    if decision.decided_at == explained.now:
        return session.say("as_of_now", instant=instant)
    if decision.decided_at > explained.now:
        return session.say("as_of_future", instant=instant)
    return session.say("as_of_past" if explained.memory_known else "as_of_past_without", instant=instant)


def _fit(decision: Decision, session: Session) -> RenderableType:
    fit, locale = decision.fit, session.locale
    gaps = {gap.criterion.id: gap for gap in fit.missing}
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(session.say("criterion"), ratio=1)
    table.add_column(session.say("weight"), justify="right")
    table.add_column(session.say("state"))
    table.add_column("", style="dim")
    for criterion, state in fit.states:
        gap = gaps.get(criterion.id)
        hint = ""
        if gap:
            matched, not_matched = (session.say(f"fit_{v}") for v in (gap.if_matched, gap.if_not_matched))
            hint = session.say("if_known", matched=matched, not_matched=not_matched)
        label = Text(session.say(f"state_{state.value}"), style=_STATE_STYLES[state])
        table.add_row(Text(criterion.why.in_locale(locale)), number_text(criterion.weight, locale), label, Text(hint))
    return Group(Text(_verdict(decision, session)), table, *_fit_hints(decision, session))


def _verdict(decision: Decision, session: Session) -> str:
    fit, locale = decision.fit, session.locale
    numbers = {"pct": fit.pct, "low": fit.low, "high": fit.high, "threshold": decision.model.fit.threshold}
    texts = {name: number_text(number, locale) for name, number in numbers.items()}
    return session.say("fit_range", verdict=session.say(f"fit_{fit.verdict}"), **texts)


def _fit_hints(decision: Decision, session: Session) -> Iterator[RenderableType]:
    rules, fit, locale = decision.model.fit, decision.fit, session.locale
    whys = {criterion.id: criterion.why.in_locale(locale) for criterion in rules.criteria}
    whys |= {exclusion.id: exclusion.why.in_locale(locale) for exclusion in rules.exclusions}
    for key, ids in (
        ("exclusions", decision.exclusions),
        ("settled_by", fit.settled_by),
        ("could_lift", fit.could_lift),
    ):
        if ids:
            yield Text(session.say(key, names=", ".join(whys[id_] for id_ in ids)))


def _more(explained: Explained, session: Session) -> RenderableType:
    return _grid(_more_rows(explained, session))


def _more_rows(explained: Explained, session: Session) -> Iterator[tuple[str, RenderableType | str]]:
    decision = explained.decision
    yield session.say("hand_raise"), _hand_raise(decision, session)
    for journey in JOURNEYS:
        step = decision.journeys[journey]
        text = session.say("journey_none")
        if step.step:
            text = f"{step_text(step.step, session.locale)} ({', '.join(step.evidence)})"
        yield session.say(f"journey_{journey}"), text
    yield session.say("nurture"), _nurture(decision, session)
    yield session.say("handoff"), _handoff(decision, session)
    yield session.say("memory"), _memory(explained, session)
    yield session.say("review"), review_sentence(decision, explained.timeline, session)


def _hand_raise(decision: Decision, session: Session) -> str:
    rule, at = decision.raised.rule, decision.raised.at
    if rule is None or at is None:
        return session.say("hand_raise_none")
    until = moment(decision, at + timedelta(days=rule.valid_days), session)
    return session.say(
        "hand_raise_live", why=rule.why.in_locale(session.locale), at=day(decision, at, session.locale), until=until
    )


def _nurture(decision: Decision, session: Session) -> str:
    row = decision.nurture
    parts = [part for part in (row.track, row.content, row.channel) if part] if row else []
    text = " · ".join(parts) or session.say("nurture_none")
    if decision.topic is None:
        return text
    named = decision.model.topics.get(decision.topic)
    topic = named.in_locale(session.locale) if named else one_line(decision.topic, 60)
    return f"{text}. {session.say('nurture_topic', topic=topic)}"


def _handoff(decision: Decision, session: Session) -> str:
    handoff = decision.handoff
    if handoff is None:
        return session.say("handoff_none")
    return session.say(
        "handoff_opened",
        episode=handoff.episode,
        stage=stage_text(handoff.stage, session.locale),
        due=moment(decision, handoff.due_at, session),
        routing=session.say(f"routing_{handoff.route.rule}"),
    )


def _memory(explained: Explained, session: Session) -> str:
    decision = explained.decision
    memory = decision.before
    if memory.stage is None and memory.sales is None:
        return session.say("memory_none")
    since, by = moment(decision, memory.set_at, session), session.say(f"by_{memory.set_by}")
    text = session.say("memory_text", stage=stage_text(memory.stage, session.locale), since=since, by=by)
    if sales := memory.sales:
        reason = REJECT_REASONS[session.locale].get(sales.reason or "", sales.reason or "?")
        at = day(decision, sales.at, session.locale)
        text += f"; {session.say(f'verdict_{sales.verdict}', at=at, reason=reason)}"
    if memory.episodes:
        counts = ", ".join(f"{stage_text(stage, session.locale)} {count}" for stage, count in memory.episodes.items())
        text += f"; {session.say('memory_episodes', counts=counts)}"
    return text
