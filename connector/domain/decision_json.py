"""Write a decision as the one JSON form that `--json`, cases, the ledger and other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector.domain.decision import Decision
from connector.domain.fit import Fit
from connector.domain.handoff import Handoff
from connector.domain.model import Locale
from connector.domain.reasons import contribution_reason, reasons
from connector.domain.values import rounded, to_instant_text


def to_json(
    decision: Decision,
    locale: Locale,
    *,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    outcome: str = "planned",
) -> dict[str, Any]:
    """Return a decision as JSON values: instants as ISO-8601 UTC, shown numbers rounded, contributions exact."""
    person, nurture, model = decision.person, decision.nurture, decision.model
    return {
        "crm": person.crm,
        "object_type": person.object_type,
        "object_id": person.object_id,
        "email": person.text("email"),
        "stage_before": decision.before.stage,
        "stage": decision.stage,
        "stage_rule": decision.choice.rule,
        "fit": _fit(decision.fit, decision.exclusions, locale),
        "exclusions": list(decision.exclusions),
        "engagement": rounded(decision.engagement.score),
        "grade": decision.grade,
        "hand_raise": decision.raised.rule.id if decision.raised.rule else None,
        **_points(decision, locale),
        "journey": {journey: step.step for journey, step in decision.journeys.items()},
        "journey_evidence": {journey: list(step.evidence) for journey, step in decision.journeys.items()},
        "topic": decision.topic,
        "persona": decision.persona,
        "nurture_track": nurture.track if nurture else None,
        "next_content": nurture.content if nurture else None,
        "next_channel": nurture.channel if nurture else None,
        "reasons": list(reasons(decision, locale)),
        "next_review_at": _instant(decision.next_review_at),
        "handoff": _handoff(decision.handoff) if decision.handoff else None,
        "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()},
        "outcome": outcome,
        "model": {"name": model.name, "version": model.version, "hash": model.hash},
        "decided_at": to_instant_text(decision.decided_at),
    }


def _points(decision: Decision, locale: Locale) -> dict[str, Any]:
    engagement = decision.engagement
    return {
        "contributions": [
            {
                "rule": line.rule,
                "kind": line.kind,
                "points": line.points,
                "events": list(line.events),
                "from_counter": line.from_counter,
                "reason": contribution_reason(decision, line, locale),
            }
            for line in engagement.contributions
        ],
        "not_counted": [{"event": left.event, "rule": left.rule, "why": left.why} for left in engagement.not_counted],
    }


def _fit(fit: Fit, exclusions: tuple[str, ...], locale: Locale) -> dict[str, Any]:
    return {
        "verdict": fit.verdict,
        "pct": None if fit.pct is None else rounded(fit.pct),
        "low": rounded(fit.low),
        "high": rounded(fit.high),
        "completeness": rounded(fit.completeness),
        "criteria": [
            {
                "id": criterion.id,
                "weight": criterion.weight,
                "state": state.value.upper(),
                "why": criterion.why.in_locale(locale),
            }
            for criterion, state in fit.states
        ],
        "missing": [
            {
                "id": gap.criterion.id,
                "weight": gap.criterion.weight,
                "if_matched": gap.if_matched,
                "if_not_matched": gap.if_not_matched,
            }
            for gap in fit.missing
        ],
        "settled_by": list(fit.settled_by),
        "could_lift": list(fit.could_lift),
        "distance": None if fit.distance is None else rounded(fit.distance),
        "exclusions": list(exclusions),
    }


def _handoff(handoff: Handoff) -> dict[str, Any]:
    return {
        "key": handoff.key,
        "kind": handoff.rules.task,
        "stage": handoff.stage,
        "episode": handoff.episode,
        "routing": handoff.route.rule,
        "owner": handoff.route.owner,
        "priority": handoff.rules.priority,
        "sla_hours": handoff.rules.sla_hours,
        "due_at": _instant(handoff.due_at),
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else to_instant_text(instant)


def _plain(value: Any) -> Any:
    return to_instant_text(value) if isinstance(value, datetime) else value
