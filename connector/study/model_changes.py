"""List the places where two models differ, in the words of the model file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

from connector.domain.model import Model
from connector.study.plan import ModelChange

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_ABSENT: Final = "—"
_IN_THE_FILE: Final[Mapping[str, str]] = {
    "mql_enter": "mql.enter",
    "mql_exit": "mql.exit",
    "dwell_days": "mql.dwell_days",
    "sql_enter": "sql.enter",
    "on_hand_raise": "sql.on_hand_raise",
    "on_accept": "sql.on_accept",
}
"""Where the file spells a path otherwise than the model."""
_NOT_CONTENT: Final = ("hash", "name", "version", "value_type")


def list_model_changes(before: Model, after: Model) -> tuple[ModelChange, ...]:
    """Return what differs between two models, in the order of the file; lists of rules are compared by their ids."""
    return tuple(_differences("", before, after))


def _differences(path: str, before: object, after: object) -> Iterator[ModelChange]:
    one, other = _parts(before), _parts(after)
    if one is None or other is None:
        if _plain(before) != _plain(after):
            yield ModelChange(path, _plain(before), _plain(after))
        return
    for name in {**one, **other}:
        spelt = _IN_THE_FILE.get(name, name)
        below = f"{path}.{spelt}" if path else spelt
        if name not in one or name not in other:
            yield ModelChange(below, _plain(one.get(name)), _plain(other.get(name)))
        else:
            yield from _differences(below, one[name], other[name])


def _parts(value: object) -> Mapping[str, Any] | None:
    """Return the named parts of a value, None for one without."""
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type) and not _is_condition(value):
        return {name: getattr(value, name) for name in _content(value)}
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        ids = [str(getattr(element, "id", "")) for element in value]
        if all(ids):
            return dict(zip(ids, value, strict=True))
    return None


def _content(value: DataclassInstance) -> list[str]:
    """Return the fields that make two values differ."""
    return [one.name for one in fields(value) if one.compare and one.name not in _NOT_CONTENT]


def _is_condition(value: object) -> bool:
    """Tell a condition: it is shown whole, as one text."""
    return type(value).__module__.endswith("conditions")


def _plain(value: object) -> str:
    if value is None:
        return _ABSENT
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"  # every digit anybody writes, and none of the noise of a sum
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(part)}" for name, part in value.items()) or _ABSENT
    if isinstance(value, frozenset):
        return ", ".join(sorted(_plain(part) for part in value)) or _ABSENT
    if isinstance(value, tuple | list):
        return ", ".join(_plain(part) for part in value) or _ABSENT
    if is_dataclass(value) and not isinstance(value, type):
        shown = (getattr(value, name) for name in _content(value))
        return " ".join(text for part in shown if (text := _plain(part)) != _ABSENT)
    return str(value)
