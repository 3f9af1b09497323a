"""Read what one rule of a lead score of HubSpot's gives points for. Pure.

Source: HubSpot public API specification collection, Marketing Lead Scoring 2026-09-beta, snapshot 2026-08-21
(documented): the calculators; list filters guide, read 2026-11 (documented): types of events. Unsure: without frequency
ranges every event earns the points, and of several values that match, one counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from adapters.hubspot.replies import to_id, to_text
from adapters.hubspot.score_conditions import parse_condition, parse_test, parse_window_days
from adapters.json_body import dig
from connector.domain.mapping import AttributeOwner
from connector.domain.values import parse_number
from connector.study.crm_score.definition import (
    AllOf,
    Happening,
    Level,
    NoEquivalent,
    Part,
    PropertyTest,
    Table,
    Times,
    When,
)

FORM: Final = "4-1639801"
FORM_SUBMISSIONS: Final = "form_submissions"
_FORM_ID: Final = ("hs_form_id", "hs_form_guid", "form_id")
_KIND_OF_EVENT: Final[Mapping[str, str]] = {
    "4-96000": "page_view",
    "4-666440": "email_open",
    "4-666288": "email_click",
    "4-665538": "email_reply",
    "4-665536": "email_delivered",
    "4-5470331": "email_bounce",
    "4-1720599": "meeting",
    "4-1733817": "call",
    "4-1553675": "ad_click",
    "4-68559": "event_registered",
}
_COMPANY: Final = "0-2"


def parse_calculation(calculation: object, forms: Mapping[str, str]) -> Iterator[Part]:
    """Yield the parts of a rule; `forms` are names by id, as the mapping knows forms by name."""
    match to_text(dig(calculation, "type")):
        case "MULTI":
            for one in items(dig(calculation, "calculators")):
                yield from parse_calculation(one, forms)
        case "MULTI_UE":
            for entry in items(dig(calculation, "eventCalculators")):
                yield from _happenings(entry, forms)
        case "ASSOCIATIONS":
            yield from _related(calculation)
        case "ASSOCIATION_UE":
            yield NoEquivalent("association", to_text(dig(calculation, "associatedObjectTypeId")) or "")
        case _:
            yield from _tables(calculation)


def _tables(calculation: object, owner: AttributeOwner = "person", *, all_related: bool = False) -> Iterator[Part]:
    """Yield what a calculator over the properties of one record, or of one event, says."""
    kind = to_text(dig(calculation, "type")) or ""
    match kind:
        case "MATCH":
            named, rules = dig(calculation, "property"), items(dig(calculation, "matchRules"))
            levels = (Level(parse_test(named, dig(one, "operation"), owner), _points(one)) for one in rules)
            yield Table(tuple(levels), number(dig(calculation, "defaultValue")) or 0.0, all_related)
        case "CONDITIONAL":
            when = parse_condition(dig(calculation, "whereCondition"), owner)
            yield Table((Level(when, _points(calculation)),), all_related=all_related)
        case "MULTI":
            for one in items(dig(calculation, "calculators")):
                yield from _tables(one, owner, all_related=all_related)
        case "SEGMENT_MEMBERSHIP":
            for one in items(dig(calculation, "segmentMembershipRules")):
                lists = (name for item in items(dig(one, "segmentIds")) if (name := to_id(item)))
                yield NoEquivalent("segment", ", ".join(lists), _points(one))
        case "CONSTANT":
            yield NoEquivalent("constant", "", _points(calculation))
        case _:
            yield NoEquivalent("operator", kind)


def _related(calculation: object) -> Iterator[Part]:
    """Yield points for properties of companies; related records of other kinds are not read."""
    of = to_text(dig(calculation, "associatedObjectTypeId")) or ""
    if of != _COMPANY or items(dig(calculation, "associationFilters", "propertyFilters")):
        yield NoEquivalent("association", of)
        return
    yield from _tables(dig(calculation, "recordCalculation"), "company", all_related=True)


def _happenings(entry: object, forms: Mapping[str, str]) -> Iterator[Part]:
    """Yield points for one type of event."""
    event_type = to_text(dig(entry, "eventTypeId")) or ""
    kind, calculation = _KIND_OF_EVENT.get(event_type), dig(entry, "recordCalculation")
    window = parse_window_days(dig(entry, "eventTimeframe"))
    if kind is None and event_type != FORM:
        yield NoEquivalent("event", event_type, number(dig(calculation, "value")))
        return
    if isinstance(window, NoEquivalent):
        yield NoEquivalent(window.why, window.detail, number(dig(calculation, "value")))
        return
    times = tuple(_times(dig(entry, "eventFrequencyCriteria")))
    source = FORM_SUBMISSIONS if kind is None else None
    if to_text(dig(calculation, "type")) == "CONSTANT":
        yield Happening(kind, _points(calculation), source, None, window, times)
        return
    for part in _tables(calculation):
        for level in part.levels if isinstance(part, Table) else ():
            when = _with_form_names(level.when, forms)
            if isinstance(when, NoEquivalent):
                yield NoEquivalent(when.why, when.detail, level.points)
            else:
                yield Happening(kind, level.points, source, when, window, times)
        if isinstance(part, NoEquivalent):
            yield part


def _times(criteria: object) -> Iterator[Times]:
    for item in items(dig(criteria, "ranges")):
        least = number(dig(item, "from"))
        if least is not None and least >= 1:
            yield Times(int(least), _points(item))


def _with_form_names(when: When, forms: Mapping[str, str]) -> When:
    """Name forms as the mapping does. A form whose name is not told cannot be recognised."""
    if isinstance(when, AllOf):
        parts = tuple(_with_form_names(part, forms) for part in when.parts)
        return next((part for part in parts if isinstance(part, NoEquivalent)), AllOf(parts))
    if not isinstance(when, PropertyTest) or when.property not in _FORM_ID or not isinstance(when.operand, tuple):
        return when
    ids = [str(one) for one in when.operand]
    nameless = [form_id for form_id in ids if form_id not in forms]
    if nameless:
        return NoEquivalent("form_name", ", ".join(nameless))
    return PropertyTest("form_name", "in", tuple(forms[form_id] for form_id in ids), when.negated, when.or_blank)


def _points(item: object) -> float:
    return number(dig(item, "value")) or 0.0


def number(*values: object) -> float | None:
    """Return the first of these that is a number."""
    read = (parse_number(value) for value in values)
    return next((value for value in read if isinstance(value, float)), None)


def items(value: object) -> list[object]:
    """Return the elements of a list, none of anything else."""
    return list(value) if isinstance(value, list) else []
