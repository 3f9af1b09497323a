"""Write what became of one person as the JSON line of `qualify --json`."""

from __future__ import annotations

from typing import Any, Final

from connector.domain.decision_json import to_json
from connector.domain.model import Locale
from connector.live.qualify import Outcome

UNDECIDED_KEYS: Final = (
    "email", "stage_before", "stage", "stage_rule", "fit", "exclusions", "engagement", "grade", "hand_raise",
    "contributions", "not_counted", "journey", "journey_evidence", "topic", "persona", "nurture_track", "next_content",
    "next_channel", "reasons", "next_review_at", "handoff", "changes", "model", "decided_at",
)  # fmt: skip
"""The keys of a decision that are null for somebody who is gone or could not be read."""


def outcome_to_json(outcome: Outcome, crm: str, locale: Locale) -> dict[str, Any]:
    """Return the decision with its real outcome; every line has the same keys, whatever became of the person."""
    ref, decision = outcome.ref, outcome.decision
    if decision is None:
        line: dict[str, Any] = {
            "crm": crm,
            "object_type": ref.object_type,
            "object_id": ref.object_id,
            **dict.fromkeys(UNDECIDED_KEYS),
            "outcome": outcome.outcome,
        }
    else:
        line = to_json(decision, locale, changes=outcome.changes, outcome=outcome.outcome)
    return {
        **line,
        "task_created": outcome.task_created,
        "task_id": outcome.task_id,
        "tasks_closed": outcome.tasks_closed,
        "reason": outcome.reason,
        "survivor": outcome.survivor.object_id if outcome.survivor else None,
    }
