"""Say in plain words when a decision will change by itself, and what will change then."""

from __future__ import annotations

from collections.abc import Iterator

from connector.cli.session import Session
from connector.cli.words import fixed_text, instant_text, stage_text, step_text
from connector.domain.decision import Decision, qualify
from connector.domain.person import Timeline


def review_sentence(decision: Decision, timeline: Timeline, session: Session) -> str:
    """Return the sentence about `next_review_at`; what differs is found by deciding again at that instant."""
    at = decision.next_review_at
    if at is None:
        return session.say("review_never")
    then = qualify(decision.person, timeline, decision.model, at, decision.after, review=False)
    changes = list(_changes(decision, then, session)) or [session.say("change_something")]
    days = fixed_text((at - decision.decided_at).total_seconds() / 86_400, session.locale, 1)
    zone = decision.model.handoff.calendar.timezone
    instant = instant_text(at, zone, session.locale, today=decision.decided_at)
    return session.say("review_at", instant=instant, days=days, changes="; ".join(changes))


def _changes(now: Decision, then: Decision, session: Session) -> Iterator[str]:
    locale = session.locale
    if now.stage != then.stage:
        yield session.say("change_stage", stage=stage_text(then.stage, locale))
    if now.fit.verdict != then.fit.verdict:
        yield session.say("change_fit", verdict=session.say(f"fit_{then.fit.verdict}"))
    if now.raised.rule != then.raised.rule:
        rule = then.raised.rule
        yield session.say("change_hand_raise_to", rule=rule.id) if rule else session.say("change_hand_raise")
    for journey, step in now.journeys.items():
        if step.step != then.journeys[journey].step:
            later = then.journeys[journey].step
            name = step_text(later, locale) if later else session.say("none")
            yield session.say("change_journey", journey=session.say(f"journey_{journey}"), step=name)
    if _content(now) != _content(then):
        track, content = _content(then)
        yield session.say("change_nurture", track=track or "—", content=content or "—")


def _content(decision: Decision) -> tuple[str | None, str | None]:
    return (decision.nurture.track, decision.nurture.content) if decision.nurture else (None, None)
