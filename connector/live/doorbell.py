"""Hold one parsed webhook change: who rang, when, and why. Never what changed: the truth is fetched.

Imports only the standard library and our errors: a receiver that only passes doorbells on must start at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, get_args

from connector.errors import PayloadError

Why: TypeAlias = Literal[
    "created", "changed", "merged", "deleted", "privacy_deleted", "restored", "associated", "engagement",
    "gap", "gap_overflow", "review_due", "manual", "planned",
]  # fmt: skip
WHYS: Final[frozenset[str]] = frozenset(get_args(Why))
MOST_AHEAD: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Doorbell:
    """Say that something happened around one record.

    `rang_at` is when the change happened, by the CRM's clock. `survivor` is the record a merged one went into.
    `engagement` (object type, id) names what hangs on a person who is not known yet: object type and id of the
    doorbell are then the same. A `gap_overflow` concerns the whole account: its `object_id` is empty.
    `ours` marks our own write coming back. `planned` is what a plan expects of the person (`live.planned`): such a
    doorbell stands for a line of that plan.
    """

    crm: str
    account: str
    object_type: str
    object_id: str
    rang_at: datetime
    why: Why
    survivor: str | None = None
    engagement: tuple[str, str] | None = None
    ours: bool = False
    planned: str | None = None


def plausible(rang_at: datetime, now: datetime) -> datetime:
    """Return when it rang. A little ahead of our clock is the CRM's own time, and stays; far ahead counts as now."""
    return now if rang_at - now > MOST_AHEAD else rang_at


def doorbell_to_json(bell: Doorbell) -> str:
    """Write a doorbell compactly, the same text for the same doorbell."""
    content: dict[str, object] = {
        "crm": bell.crm,
        "account": bell.account,
        "object_type": bell.object_type,
        "object_id": bell.object_id,
        "rang_at": bell.rang_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "why": bell.why,
    }
    if bell.survivor is not None:
        content["survivor"] = bell.survivor
    if bell.engagement is not None:
        content["engagement"] = list(bell.engagement)
    if bell.ours:
        content["ours"] = True
    if bell.planned is not None:
        content["planned"] = bell.planned
    return json.dumps(content, separators=(",", ":"))


def doorbell_from_json(text: str | bytes) -> Doorbell:
    """Read a doorbell of a queue. Raises PayloadError when it is none."""
    try:
        kept: dict[str, Any] = json.loads(text)
        engagement = kept.get("engagement")
        if kept["why"] not in WHYS:
            raise ValueError("why")
        return Doorbell(
            crm=str(kept["crm"]),
            account=str(kept["account"]),
            object_type=str(kept["object_type"]),
            object_id=str(kept["object_id"]),
            rang_at=_aware(datetime.fromisoformat(kept["rang_at"])),
            why=kept["why"],
            survivor=None if kept.get("survivor") is None else str(kept["survivor"]),
            engagement=None if engagement is None else (str(engagement[0]), str(engagement[1])),
            ours=bool(kept.get("ours")),
            planned=None if kept.get("planned") is None else str(kept["planned"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise PayloadError(
            f"a queued doorbell cannot be read ({type(error).__name__}) — was another version of Puente at work here?"
            " Install it and run `puente queue redrive`, or `puente queue discard`"
        ) from None


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant
