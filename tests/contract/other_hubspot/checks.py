"""Which values a property accepts, and what HubSpot makes of them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Final

from tests.contract.other_hubspot.replies import Json, invalid

LONGEST_TEXT: Final = 65_536
_MILLISECONDS: Final = re.compile(r"-?\d{1,17}")
_PLAIN_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")


class BadValueError(Exception):
    """Carry HubSpot's code and message for one value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def to_iso(moment: datetime, *, precise: bool = True) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if precise else "seconds")
    return text.replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def accept(definition: Json, value: object, *, trims: bool = False, precise: bool = True) -> str:
    """Return the value as stored. An empty text clears."""
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    text = text.replace("\x00", "")
    if trims:
        text = text.strip()
    if text == "":
        return ""
    match definition["type"]:
        case "number":
            return _number(text)
        case "bool":
            return _choice(text, ["true", "false"])
        case "enumeration":
            return _enumeration(definition, text)
        case "datetime":
            return to_iso(_instant(text), precise=precise)
        case "date":
            return _date(text)
        case _:
            if len(text) > LONGEST_TEXT:
                raise BadValueError("INVALID_LENGTH", f"{len(text)} characters are more than {LONGEST_TEXT}")
            return text


def _number(text: str) -> str:
    if not _PLAIN_NUMBER.fullmatch(text.strip()) or not math.isfinite(float(text)):
        raise BadValueError("INVALID_DOUBLE", f"{text} was not a valid number.")
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)


def _choice(text: str, options: list[str]) -> str:
    if text not in options:
        raise BadValueError("INVALID_OPTION", f"{text} was not one of the allowed options: {options}")
    return text


def _enumeration(definition: Json, text: str) -> str:
    options = [option["value"] for option in definition["options"]]
    if definition["fieldType"] == "checkbox":
        return ";".join(_choice(part, options) for part in text.strip(";").split(";"))
    return _choice(text, options)


def _instant(text: str) -> datetime:
    try:
        return read_instant(text)
    except (ValueError, OverflowError, OSError):
        raise BadValueError("INVALID_DATE", f"{text} is not a valid date-time") from None


def _date(text: str) -> str:
    instant = _instant(text)
    if (instant.hour, instant.minute, instant.second, instant.microsecond) != (0, 0, 0, 0):
        raise BadValueError("INVALID_DATE", f"{text} is not midnight UTC")
    return instant.date().isoformat()


def check_all(
    properties: Json, defined: dict[str, Json], *, trims: bool, precise: bool
) -> tuple[dict[str, str], list[Json]]:
    """Return the values to store, and an error for each that is refused."""
    stored: dict[str, str] = {}
    problems: list[Json] = []
    for name, value in properties.items():
        definition = defined.get(name)
        if definition is None:
            problems.append(invalid(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'))
        elif definition["modificationMetadata"]["readOnlyValue"]:
            problems.append(invalid(name, "READ_ONLY_VALUE", f'"{name}" is a read only property'))
        else:
            try:
                stored[name] = accept(definition, value, trims=trims, precise=precise)
            except BadValueError as bad:
                problems.append(invalid(name, bad.code, bad.message))
    return stored, problems
