"""Find what the mapping makes of the CRM's events, and say comparisons of them as conditions of a signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connector.domain.mapping import COUNTER_SOURCES, EventSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.text import compile_globs, fold
from connector.study.crm_score.attributes import Plain
from connector.study.crm_score.definition import AllOf, Happening, Level, NoEquivalent, PropertyTest, Table, When
from connector.study.crm_score.gaps import Refused

_FORM_NAME: Final = "form_name"


@dataclass(frozen=True, slots=True)
class Found:
    """Name one kind of event that stands for the CRM's, with the condition that picks them out."""

    kind: str
    when: Plain | None


@dataclass(frozen=True, slots=True)
class Counter:
    """Say that points for a property are points for events that are counted in it, or dated by it.

    `least` is how many are asked for, `window_days` how young the last one has to be.
    """

    kind: str
    points: float
    least: int = 1
    window_days: float | None = None


def find_events(mapping: FieldMapping, happening: Happening) -> list[Found]:
    """Return the kinds of events that a rule is about. Raises Refused when the mapping makes none of them."""
    if happening.kind is not None:
        entries = [entry for entry in mapping.events if entry.kind == happening.kind]
        if not entries:
            raise Refused("kind_unmapped", happening.kind)
        return [Found(happening.kind, _said(happening.when, entries))]
    entries = [entry for entry in mapping.events if entry.source == happening.source]
    named = _named(happening.when)
    if named is not None:
        made = [_entry_of(name, entries) for name in named]
        entries = [entry for entry in entries if any(entry is one for one in made)]
    if not entries:
        raise Refused("kind_unmapped", happening.source or "")
    found: dict[str, Found] = {}
    for entry in entries:
        alike = [one for one in entries if one.kind == entry.kind]
        others = {one.source for one in mapping.events if one.kind == entry.kind} - {happening.source}
        said = _said(happening.when, alike) if happening.when else _from_a_form(alike) if others else None
        found[entry.kind] = Found(entry.kind, said)
    return list(found.values())


def find_counter(mapping: FieldMapping, table: Table) -> list[Counter]:
    """Return the points of a table as points for counted events. Raises Refused when they are about something else."""
    return [_counter(mapping, level) for level in table.levels]


def _counter(mapping: FieldMapping, level: Level) -> Counter:
    test = level.when
    if isinstance(test, NoEquivalent):
        raise Refused(test.why, test.detail)
    if not isinstance(test, PropertyTest) or test.negated or test.or_blank or test.owner != "person":
        raise Refused("engagement_property", getattr(test, "property", ""))
    for entry in mapping.events:
        if entry.source not in COUNTER_SOURCES or entry.where:
            continue
        least = _least_of(test) if entry.count == test.property else None
        if least is not None:
            return Counter(entry.kind, level.points, least)
        if entry.at == test.property and test.operator == "is_known":
            return Counter(entry.kind, level.points)
        if entry.at == test.property and test.operator == "newer_than_days" and isinstance(test.operand, float):
            return Counter(entry.kind, level.points, window_days=test.operand)
    raise Refused("engagement_property", test.property)


def _least_of(test: PropertyTest) -> int | None:
    """Return the number of events a comparison of a counter asks for; one without an upper end only."""
    if test.operator == "is_known":
        return 1
    if not isinstance(test.operand, float) or not test.operand.is_integer():
        return None
    least = {"at_least": test.operand, "over": test.operand + 1}.get(test.operator)
    return int(least) if least is not None and least >= 1 else None


def _said(when: When | None, entries: Sequence[EventSource]) -> Plain | None:
    """Say a condition about the event's own properties. Raises Refused."""
    if when is None:
        return None
    if isinstance(when, NoEquivalent):
        raise Refused(when.why, when.detail)
    if isinstance(when, AllOf):
        return {"all": [_said(part, entries) for part in when.parts]}
    name = next((ours for entry in entries for ours, theirs in entry.set.items() if theirs == when.property), None)
    if name is None or when.operator not in ("in", "equals", "matches_any", "is_known", "is_unknown"):
        raise Refused("event_property", when.property)
    operand = list(when.operand) if isinstance(when.operand, tuple) else when.operand
    said: Plain = {"event": name, when.operator: operand}
    if when.negated:
        said = {"not": said}
    return {"any": [said, {"event": name, "is_unknown": True}]} if when.or_blank else said


def _from_a_form(entries: Sequence[EventSource]) -> Plain:
    """Tell forms from other events of the same kind. Raises Refused when the mapping does not keep the form."""
    name = next((ours for entry in entries for ours, theirs in entry.set.items() if theirs == _FORM_NAME), None)
    if name is None:
        raise Refused("event_property", _FORM_NAME)
    return {"event": name, "is_known": True}


def _named(when: When | None) -> tuple[str, ...] | None:
    """Return the forms a condition names, None when it is about any."""
    if not isinstance(when, PropertyTest) or when.negated or when.property != _FORM_NAME or when.operator != "in":
        return None
    return tuple(str(name) for name in when.operand) if isinstance(when.operand, tuple) else None


def _entry_of(name: str, entries: Sequence[EventSource]) -> EventSource | None:
    """Return the entry that makes the event of this form: the first that matches, as when people are read."""
    for entry in entries:
        globs = entry.where.get(_FORM_NAME)
        if globs is None or compile_globs(globs)(fold(name)):
            return entry
    return None
