"""Write and read the values of HubSpot's wire: everything is text, instants are ISO-8601 or epoch milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

_EPOCH_MS = re.compile(r"-?\d{1,16}")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_MS = 86_400_000


@lru_cache(maxsize=8_192)
def to_iso(at_ms: int) -> str:
    """Write an instant as HubSpot does: no fraction when it is a whole second, three digits otherwise."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    fraction = f".{at_ms % 1000:03d}" if at_ms % 1000 else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def to_ms(moment: datetime) -> int:
    """Count the milliseconds of an aware instant."""
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 1000 + moment.microsecond // 1000


@lru_cache(maxsize=8_192)
def parse_instant(text: str) -> int | None:
    """Read ISO-8601 with a zone, a date, or epoch milliseconds; None for anything else."""
    text = text.strip()
    if _EPOCH_MS.fullmatch(text):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return to_ms(moment.replace(tzinfo=UTC)) if _DATE.fullmatch(text) else None
    return to_ms(moment.astimezone(UTC))


def parse_date(text: str) -> str | None:
    """Read YYYY-MM-DD or the epoch milliseconds of a midnight in UTC; None for anything else.

    Source: developers.hubspot.com, properties guide, read 2026-04-13 (documented).
    """
    text = text.strip()
    if _EPOCH_MS.fullmatch(text):
        return to_iso(int(text))[:10] if int(text) % _DAY_MS == 0 else None
    try:
        return date.fromisoformat(text).isoformat() if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def is_number(text: str) -> bool:
    """Tell whether text is a number as HubSpot accepts it: no separators, no signs but a leading minus."""
    return _NUMBER.fullmatch(text.strip()) is not None
