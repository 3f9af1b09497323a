"""Which values a field takes, how they are kept, and how they are told."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import TypeAlias

from tests.contract.other_salesforce import ids
from tests.contract.other_salesforce.catalogue import NUMBERS, TEXTS, Field
from tests.contract.other_salesforce.replies import ItemError, refuse

Kept: TypeAlias = str | float | bool | datetime | date | None


def accept(described: Field, value: object, *, trims: bool) -> Kept:
    """Return what is kept of a JSON value. Raises ItemError for one that this field refuses.

    A value of the wrong JSON type spoils the whole request, as the parser meets it before any record is looked at.
    """
    if value is None or value == "":
        return _nothing(described)
    if described.kind in TEXTS or described.kind == "id":
        return _text(described, value, trims=trims)
    if described.kind in NUMBERS:
        return _number(described, value)
    if described.kind == "boolean":
        return value if isinstance(value, bool) else _unparsable(described, value)
    if described.kind == "reference":
        found = ids.read(value)
        if found is None:
            raise ItemError("MALFORMED_ID", f"{described.name}: id value of incorrect type: {value}", [described.name])
        return found
    return _time(described, value)


def _nothing(described: Field) -> Kept:
    if described.kind == "boolean":
        return False
    if described.required:
        message = f"Required fields are missing: [{described.name}]"
        raise ItemError("REQUIRED_FIELD_MISSING", message, [described.name])
    return None


def _unparsable(described: Field, value: object) -> bool:
    kind = type(value).__name__.upper()
    raise refuse(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {described.kind} from VALUE_{kind} value")


def _text(described: Field, value: object, *, trims: bool) -> str | None:
    if not isinstance(value, str):
        _unparsable(described, value)
    text = str(value).replace("\x00", "")
    if trims:
        text = text.strip()
    if len(text.encode("utf-16-le")) // 2 > described.length:
        message = f"{described.name}: data value too large: {text[:20]} (max length={described.length})"
        raise ItemError("STRING_TOO_LONG", message, [described.name])
    if described.restricted and text not in described.options:
        message = f"{described.name}: bad value for restricted picklist field: {text}"
        raise ItemError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [described.name])
    return text or None


def _number(described: Field, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        _unparsable(described, value)
    return round(float(str(value)), 2 if described.kind != "int" else 0)


def _time(described: Field, value: object) -> datetime | date:
    if not isinstance(value, str):
        _unparsable(described, value)
    try:
        if described.kind == "date":
            return date.fromisoformat(str(value))
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise refuse(
            400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {described.kind} from VALUE_STRING value {value}"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def tell_moment(moment: datetime, form: str) -> str:
    """Write an instant: `+0000` without a colon as REST does, or with a `Z` as Bulk 2.0 does."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    return text + ("Z" if form == "Z" else "+0000")


def fold(value: Kept) -> Kept:
    """Return a value as comparisons see it: texts without their case."""
    return value.casefold() if isinstance(value, str) else value
