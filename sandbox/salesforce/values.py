"""Turn values of the wire into stored ones and back, refusing what Salesforce refuses.

Source: Salesforce REST API guide and object reference, "Field Types", read 2026-11 (documented); the wording of the
refusals as recorded in public test suites and issue threads (measured by others).
"""

from __future__ import annotations

import math
import re
from typing import Any

from sandbox.salesforce.errors import RecordError, malformed_json
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.schema import Field
from sandbox.salesforce.store import Value
from sandbox.salesforce.wire import parse_date, parse_instant, to_rest

TEXTS = frozenset(("string", "textarea", "picklist", "multipicklist", "combobox", "phone", "url", "email", "html"))
NUMBERS = frozenset(("int", "double", "currency", "percent"))
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"\\]+@[^@\s<>()\[\],;:\"\\]+\.[^@\s<>()\[\],;:\"\\.]+")
_BLANK = "".join(map(chr, range(33)))  # what a save trims: nothing beyond ASCII
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def parse_value(field: Field, raw: Any) -> Value:
    """Read a value of a JSON body (or a text of a CSV file) into its stored form; empty text is no value."""
    if raw is None or raw == "":
        return 0 if field.type == "boolean" else None
    if field.type == "boolean":
        return _boolean(raw)
    if field.type in NUMBERS:
        return _number(field, raw)
    if not isinstance(raw, str):
        raise _ill_typed(field, raw)
    if field.type in ("date", "datetime"):
        return _time(field, raw)
    if field.type in ("id", "reference"):
        return _identifier(field, raw)
    return _text(field, raw)


def format_value(field: Field, value: Value) -> Any:
    """Write a stored value as REST does."""
    if value is None:
        return None
    if field.type == "boolean":
        return bool(value)
    if field.type == "datetime":
        return to_rest(int(value))
    if field.type in NUMBERS and field.type != "int":
        return float(value)
    return value


def _boolean(raw: Any) -> int:
    if isinstance(raw, bool):
        return int(raw)
    if isinstance(raw, str) and raw.strip().lower() in ("true", "false", "1", "0"):
        return int(raw.strip().lower() in ("true", "1"))
    raise malformed_json(_deserialize("boolean", raw))


def _number(field: Field, raw: Any) -> int | float:
    kind = "int" if field.type == "int" else "double"
    if isinstance(raw, str):
        if _NUMBER.fullmatch(raw.strip()) is None:
            raise malformed_json(_deserialize(kind, raw))
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise malformed_json(_deserialize(kind, raw))
    whole = 10 ** (field.digits or field.precision - field.scale)
    if abs(raw) >= whole:
        message = f"{field.label}: value outside of valid range on numeric field: {raw}"
        raise RecordError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    return round(raw) if field.type == "int" else round(float(raw), field.scale)


def _time(field: Field, raw: str) -> Value:
    found = parse_date(raw) if field.type == "date" else parse_instant(raw)
    if found is None:
        raise malformed_json(_deserialize(field.type, raw))
    return found if isinstance(found, str) else found // 1000 * 1000


def _identifier(field: Field, raw: str) -> str:
    found = to_18(raw.strip())
    if found is None:
        raise RecordError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {raw}", [field.name])
    return found


def _text(field: Field, raw: str) -> str | None:
    """Trim a text as every save does, and check its length and choice."""
    text = raw.strip(_BLANK)
    if not text:
        return None
    if field.length and len(text) > field.length:
        message = f"{field.label}: data value too large: {text[:255]} (max length={field.length})"
        raise RecordError("STRING_TOO_LONG", message, [field.name])
    if field.type == "email" and _EMAIL.fullmatch(text) is None:
        raise RecordError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", [field.name])
    if field.restricted:
        return _restricted(field, text)
    return text


def _restricted(field: Field, text: str) -> str:
    known = {value.casefold(): value for value in field.values()}
    parts = text.split(";") if field.type == "multipicklist" else [text]
    for part in parts:
        if part.casefold() not in known:
            message = f"{field.label}: bad value for restricted picklist field: {part}"
            raise RecordError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
    return ";".join(known[part.casefold()] for part in parts)


def _ill_typed(field: Field, raw: Any) -> Exception:
    kind = "string" if field.type in TEXTS or field.type in ("id", "reference") else field.type
    return malformed_json(_deserialize(kind, raw))


def _deserialize(kind: str, raw: Any) -> str:
    token = {bool: "VALUE_TRUE" if raw is True else "VALUE_FALSE", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"}
    name = token.get(type(raw), "VALUE_STRING" if isinstance(raw, str) else "START_OBJECT")
    return (
        f"Cannot deserialize instance of {kind} from {name} value {raw} or request may be missing a required field "
        "at [line:1, column:1]"
    )
