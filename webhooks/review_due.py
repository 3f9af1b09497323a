"""Be the Lambda function that a schedule wakes: ring for whoever is due, escalate what is late, list orphans."""

from __future__ import annotations

import logging
from typing import Any, Final

from webhooks.compose import Composer, Composition

MOST_PER_RUN: Final = 5_000
"""More than this wait for the next run, a minute later; the longest due come first."""
_MOST_LATE: Final = 500
_COMPOSER: Final = Composer()
_LOG: Final = logging.getLogger(__name__)


def review_due(event: dict[str, Any], context: object) -> dict[str, int]:
    """Look at the time once. With `{"orphans": true}` in the event, look for orphans as well."""
    return look(_COMPOSER.get(), with_orphans=bool(event.get("orphans")))


def look(composition: Composition, *, with_orphans: bool = False) -> dict[str, int]:
    """Ring, escalate, and count orphans when asked; the counts go to the log as well."""
    review = composition.review
    counts = {"rung": review.ring_due(MOST_PER_RUN), "escalated": review.escalate_late(_MOST_LATE)}
    if with_orphans:
        counts["orphans"] = len(review.find_orphans())
    _LOG.info("review %s", " ".join(f"{name}={count}" for name, count in counts.items()))
    return counts
