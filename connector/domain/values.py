"""Turn a CRM's raw values into typed ones, once; what cannot be read is UNKNOWN, never a guess."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import assert_never

from connector.domain.person import UNKNOWN, Known, Unknown, Value, ValueType

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MILLISECONDS = re.compile(r"-?[0-9]{1,17}")
_COMPACT_ZONE = re.compile(r"([+-][0-9]{2})([0-9]{2})$")


def parse_value(raw: object, value_type: ValueType) -> Value:
    """Read a raw value by its declared type. Pure; never raises.

    Raw forms: text; a number or the text of one (`-12.5`, `1e3`); `true`/`false` in any case; ISO-8601 with a zone,
    a date (midnight UTC) or epoch milliseconds; a list, or elements separated by `;`.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return UNKNOWN
    match value_type:
        case "text":
            return raw if isinstance(raw, str) else UNKNOWN
        case "number":
            return parse_number(raw)
        case "boolean":
            return _parse_boolean(raw)
        case "datetime":
            return parse_instant(raw)
        case "list":
            return _parse_list(raw)
        case _:
            assert_never(value_type)


def parse_number(raw: object) -> float | Unknown:
    if isinstance(raw, bool):
        return UNKNOWN
    if isinstance(raw, str):
        if not _NUMBER.fullmatch(raw.strip()):
            return UNKNOWN
        raw = float(raw)
    if isinstance(raw, int | float):
        try:
            number = float(raw)
        except OverflowError:
            return UNKNOWN
        return number if math.isfinite(number) else UNKNOWN
    return UNKNOWN


def parse_count(raw: object) -> int | Unknown:
    """Read a counter: a whole number not under 0; anything else is UNKNOWN."""
    number = parse_number(raw)
    if number is UNKNOWN or number < 0 or number != int(number):
        return UNKNOWN
    return int(number)


def parse_instant(raw: object) -> datetime | Unknown:
    """Read an instant as aware UTC; a date and time without a zone is UNKNOWN, a date alone is its midnight in UTC."""
    try:
        if isinstance(raw, datetime):
            return raw.astimezone(UTC) if raw.tzinfo else UNKNOWN
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return _from_milliseconds(raw)
        if not isinstance(raw, str):
            return UNKNOWN
        text = raw.strip()
        if _DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        if _MILLISECONDS.fullmatch(text):
            return _from_milliseconds(int(text))
        instant = datetime.fromisoformat(_COMPACT_ZONE.sub(r"\1:\2", text))
        return instant.astimezone(UTC) if instant.tzinfo else UNKNOWN
    except (ValueError, OverflowError, OSError):
        return UNKNOWN


def _from_milliseconds(milliseconds: float) -> datetime | Unknown:
    if not math.isfinite(milliseconds):
        return UNKNOWN
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=int(rest * 1000))


def _parse_boolean(raw: object) -> bool | Unknown:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        return {"true": True, "false": False}.get(raw.strip().lower(), UNKNOWN)
    return UNKNOWN


def _parse_list(raw: object) -> tuple[str, ...] | Unknown:
    elements = raw.split(";") if isinstance(raw, str) else raw
    if not isinstance(elements, list | tuple):
        return UNKNOWN
    kept = tuple(element.strip() for element in elements if isinstance(element, str) and element.strip())
    return kept or UNKNOWN


def to_instant_text(instant: datetime) -> str:
    """Write an instant as ISO-8601 UTC with `Z`, fractions only when there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rounded(number: float) -> float:
    """Round a shown number half-even on the double to two decimals, −0 as 0."""
    return round(number, 2) + 0.0


__all__ = ["Known", "parse_count", "parse_instant", "parse_number", "parse_value", "rounded", "to_instant_text"]
