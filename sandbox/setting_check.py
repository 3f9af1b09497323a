"""Check a setting somebody sends against the dataclass that holds it, whichever CRM is imitated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints


class SettingError(ValueError):
    """A setting that does not exist or has the wrong type."""


def check_values(kind: type, values: object) -> None:
    """Raise SettingError for a name the dataclass lacks, or a value that does not fit its type."""
    if not isinstance(values, Mapping):
        raise SettingError(f"{kind.__name__}: a map is wanted, not {values!r}")
    hints = get_type_hints(kind)
    known = [one.name for one in fields(kind)]
    for name, value in values.items():
        if name not in known:
            raise SettingError(f"{name}: no such setting; known are {known}")
        if not _fits(value, hints[name]):
            raise SettingError(f"{name}: {value!r} does not fit {hints[name]}")


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint in (bool, str) or (isinstance(hint, type) and is_dataclass(hint)):
        return isinstance(value, hint)
    if type(None) in get_args(hint):
        return value is None or isinstance(value, tuple)
    return isinstance(value, tuple)
