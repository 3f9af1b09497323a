"""Write and read instants and dates as Salesforce's wire has them.

REST answers with `2024-09-10T13:12:38.000+0000`; Bulk 2.0 with `2024-09-10T13:12:38.000Z`. Written values may have
any ISO-8601 zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COLONLESS = re.compile(r"([+-]\d{2})(\d{2})$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY_MS = 86_400_000
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?")


def to_ms(moment: datetime) -> int:
    """Count the milliseconds of an aware instant."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def to_rest(at_ms: int) -> str:
    """Write an instant as REST does."""
    return f"{_moment(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}+0000"


def to_csv(at_ms: int) -> str:
    """Write an instant as Bulk 2.0 does."""
    return f"{_moment(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def to_date(at_ms: int) -> str:
    """Give the UTC day of an instant."""
    return date.fromordinal(_EPOCH_DAY + at_ms // _DAY_MS).isoformat()


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def parse_instant(text: str) -> int | None:
    """Read an ISO-8601 instant; without a zone it is UTC. None for anything else."""
    text = text.strip()
    if _DATE.fullmatch(text):
        text += "T00:00:00Z"
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(_COLONLESS.sub(r"\1:\2", text))
    except ValueError:
        return None
    return to_ms(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))


def parse_date(text: str) -> str | None:
    """Read YYYY-MM-DD, or the day of an instant; None for anything else."""
    text = text.strip()
    if _DATE.fullmatch(text) is None:
        at_ms = parse_instant(text)
        return None if at_ms is None else to_date(at_ms)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
