"""Check property values before they are written, each by the type of its property.

Source: developers.hubspot.com, properties guide and error handling, read 2026-04-13 (documented); the codes
PROPERTY_DOESNT_EXIST, INVALID_OPTION, READ_ONLY_VALUE, INVALID_INTEGER as in its examples, the other codes unsure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from sandbox.hubspot.errors import Problem, bad_json, invalid_values
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.schema import Definition
from sandbox.hubspot.settings import RuleType, ValidationRule
from sandbox.hubspot.wire import is_number, parse_date, parse_instant, to_iso

MOST_TEXT = 65_536
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_RULES_FROM = "2026-09"


class ValueRefusedError(Exception):
    """A value does not fit its property."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_values(
    portal: Portal, kind: ObjectType, raw: object, *, creating: bool, version: str, refused: Collection[str] = ()
) -> dict[str, str]:
    """Return the values in their stored form; 400 listing every one that HubSpot would refuse."""
    given = as_texts(raw)
    definitions = portal.schema.definitions(kind.name)
    clean: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        try:
            clean[name] = _check_one(portal, definitions.get(name), name, value, name in refused)
        except ValueRefusedError as refusal:
            problems.append(Problem(name, refusal.code, str(refusal)))
    if version >= _RULES_FROM and version[0] == "2":
        problems.extend(_broken_rules(portal, kind, clean, creating))
    if problems:
        raise invalid_values(problems, portal.settings.portal_id)
    return clean


def as_texts(raw: object) -> dict[str, str]:
    """Read the `properties` of a write: a map of texts; numbers and booleans are taken as their text."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise bad_json("`properties` must be an object")
    for name, value in raw.items():
        if value is None or isinstance(value, dict | list):
            raise bad_json(f"Cannot deserialize value of type `java.lang.String` for property {name}")
    return {str(name): _as_text(value) for name, value in raw.items()}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_one(portal: Portal, definition: Definition | None, name: str, value: str, refused: bool) -> str:
    if definition is None:
        raise ValueRefusedError("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if definition.read_only or refused:
        raise ValueRefusedError("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    if value == "":
        return ""
    if name == "hubspot_owner_id":
        return _check_owner(portal, value)
    if name in _SPECIAL:
        return _SPECIAL[name](value)
    return _CHECKS[definition.type](definition, value)


def _check_owner(portal: Portal, value: str) -> str:
    owner = portal.store.get("owner", value)
    if owner is None or owner["archived"]:
        raise ValueRefusedError("INVALID_OWNER_ID", f"The owner id {value} does not exist or is not active.")
    return value


def _check_email(value: str) -> str:
    if not _EMAIL.fullmatch(value.strip()):
        raise ValueRefusedError("INVALID_EMAIL", f"Email address {value} is invalid")
    return value.strip().lower()


def _check_reminders(value: str) -> str:
    """Reminders are epoch milliseconds, unlike every other moment, which may be ISO-8601 too."""
    if not all(part.isascii() and part.isdigit() for part in value.split(";")):
        raise ValueRefusedError("INVALID_LONG", f"{value} was not a valid long")
    return value


_SPECIAL: dict[str, Callable[[str], str]] = {"email": _check_email, "hs_task_reminders": _check_reminders}


def _check_string(definition: Definition, value: str) -> str:
    if len(value) > MOST_TEXT:
        message = f"{definition.name} is {len(value)} characters long; the most allowed is {MOST_TEXT}."
        raise ValueRefusedError("PROPERTY_VALUE_TOO_LONG", message)
    return value


def _check_number(definition: Definition, value: str) -> str:
    if not is_number(value):
        raise ValueRefusedError("INVALID_INTEGER", f"{value} was not a valid number")
    return value.strip()


def _check_bool(definition: Definition, value: str) -> str:
    if value.lower() not in ("true", "false"):
        raise ValueRefusedError("INVALID_BOOLEAN", f"{value} was not a valid boolean")
    return value.lower()


def _check_datetime(definition: Definition, value: str) -> str:
    at_ms = parse_instant(value)
    if at_ms is None:
        raise ValueRefusedError("INVALID_DATE", f"{value} was not a valid date and time")
    return to_iso(at_ms)


def _check_date(definition: Definition, value: str) -> str:
    day = parse_date(value)
    if day is None:
        raise ValueRefusedError("INVALID_DATE", f"{value} is not a valid date: it must be at midnight in UTC")
    return day


def _check_enumeration(definition: Definition, value: str) -> str:
    if definition.external_options:
        return value
    parts = value.split(";") if definition.field_type == "checkbox" else [value]
    allowed = definition.values()
    for part in parts:
        if part and part not in allowed:
            listed = ", ".join(f'label: "{option.label}"' for option in definition.options)
            raise ValueRefusedError("INVALID_OPTION", f"{part} was not one of the allowed options: [{listed}]")
    return value


_CHECKS: dict[str, Callable[[Definition, str], str]] = {
    "string": _check_string,
    "number": _check_number,
    "bool": _check_bool,
    "datetime": _check_datetime,
    "date": _check_date,
    "enumeration": _check_enumeration,
}


def _broken_rules(portal: Portal, kind: ObjectType, clean: Mapping[str, str], creating: bool) -> Iterator[Problem]:
    for rule in portal.settings.validation_rules:
        if rule.object_type != kind.name:
            continue
        if rule.property not in clean and not (creating and rule.rule_type == "REQUIRED"):
            continue
        if not _RULE_CHECKS[rule.rule_type](clean.get(rule.property, ""), rule):
            message = f"{rule.property} does not meet the validation rule {rule.rule_type} {list(rule.arguments)}"
            yield Problem(rule.property, "VALIDATION_RULE_FAILED", message)


_RULE_CHECKS: dict[RuleType, Callable[[str, ValidationRule], bool]] = {
    "REQUIRED": lambda value, rule: value != "",
    "MAX_LENGTH": lambda value, rule: len(value) <= int(rule.arguments[0]),
    "MIN_LENGTH": lambda value, rule: not value or len(value) >= int(rule.arguments[0]),
    "MAX_NUMBER": lambda value, rule: not value or float(value) <= float(rule.arguments[0]),
    "MIN_NUMBER": lambda value, rule: not value or float(value) >= float(rule.arguments[0]),
    "REGEX": lambda value, rule: not value or re.fullmatch(rule.arguments[0], value) is not None,
}
