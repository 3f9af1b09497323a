"""Add up a lead score the way HubSpot says it does: rules, limits of rules and groups, decay, the score's own limit.

Source: the calculators of HubSpot's Lead Scoring specification 2026-09-beta, snapshot 2026-08-21 (documented). Unsure:
every event earns the points where no frequency ranges are given; decay takes whole steps, of the first value; where
several values match, the greatest counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.hubspot.score_match import matches

_DAY_MS = 86_400_000
_EVENT_TYPES = {
    "e_visited_page": "4-96000",
    "email:OPEN": "4-666440",
    "email:CLICK": "4-666288",
    "email:SEND": "4-665536",
}
_FORM = "4-1639801"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as scoring sees it."""

    type_id: str
    at_ms: int
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a score is about: the contact's properties, the companies', the lists and the events."""

    contact: Mapping[str, str]
    companies: Sequence[Mapping[str, str]]
    lists: frozenset[int]
    events: Sequence[Happened]
    now_ms: int


def events_of(rows: Iterable[tuple[str, int, str]], forms: str) -> list[Happened]:
    """Read stored occurrences (type, instant, properties) and the list of form submissions of a contact."""
    found = []
    for event_type, at_ms, text in rows:
        properties = json.loads(text)
        if event_type in _EVENT_TYPES and properties.get("filteredEvent") != "true":
            found.append(Happened(_EVENT_TYPES[event_type], at_ms, properties))
    for entry in forms.split(";"):
        guid, _, moment = entry.rpartition(":")
        if guid and moment.isdigit():
            found.append(Happened(_FORM, int(moment), {"hs_form_id": guid}))
    return found


def add_up(score: Mapping[str, Any], subject: Subject) -> float | None:
    """Give the sum; None when no rule applies at all."""
    groups = [_group(group, subject) for group in score["groupConfigs"]]
    told = [value for value in groups if value is not None]
    if not told:
        return None
    most = score.get("maxScorePerCategory")
    return _between(sum(told), None if most is None else -most, most)


def _group(group: Mapping[str, Any], subject: Subject) -> float | None:
    told = []
    for rule in group["ruleConfigurations"]:
        value = _calculate(rule["configuration"]["calculation"], subject, group.get("groupDecay"))
        if rule["enabled"] and value is not None:
            told.append(_between(value, rule.get("minValue"), rule.get("maxValue")))
    return _between(sum(told), group.get("minValue"), group.get("maxValue")) if told else None


def _between(value: float, least: float | None, most: float | None) -> float:
    value = value if most is None else min(value, most)
    return value if least is None else max(value, least)


def _calculate(calculation: Mapping[str, Any], subject: Subject, decay: Mapping[str, Any] | None) -> float | None:
    match calculation["type"]:
        case "MULTI_UE":
            told = [_events(entry, subject, decay) for entry in calculation["eventCalculators"]]
        case "ASSOCIATIONS" if calculation["associatedObjectTypeId"] == "0-2":
            each = [_of_record(calculation["recordCalculation"], company, subject) for company in subject.companies]
            values = [value for value in each if value is not None]
            return _roll_up(calculation["rollupType"], values) if values else None
        case _:
            return _of_record(calculation, subject.contact, subject)
    values = [value for value in told if value is not None]
    return sum(values) if values else None


def _roll_up(kind: str, values: Sequence[float]) -> float:
    return {"SUM": sum(values), "MAX": max(values), "MIN": min(values), "AVG": sum(values) / len(values)}[kind]


def _of_record(calculation: Mapping[str, Any], record: Mapping[str, str], subject: Subject) -> float | None:
    """Give the points for the properties of one record or event; None when nothing matches."""
    match calculation["type"]:
        case "CONSTANT":
            return float(calculation["value"])
        case "MATCH":
            value = record.get(calculation["property"], "")
            told = [
                float(rule["value"])
                for rule in calculation["matchRules"]
                if matches(rule["operation"], value, subject.now_ms)
            ]
            default = calculation.get("defaultValue")
            return max(told) if told else None if default is None else float(default)
        case "SEGMENT_MEMBERSHIP":
            rules = [rule for rule in calculation["segmentMembershipRules"] if _is_member(rule, subject.lists)]
            return sum(float(rule["value"]) for rule in rules) if rules else None
    return None


def _is_member(rule: Mapping[str, Any], lists: frozenset[int]) -> bool:
    wanted = set(rule["segmentIds"])
    match rule["operation"]:
        case "HAS_ALL_SEGMENT_MEMBERSHIP":
            return wanted <= lists
        case "HAS_NO_SEGMENT_MEMBERSHIP":
            return not wanted & lists
        case _:
            return bool(wanted & lists)


def _events(entry: Mapping[str, Any], subject: Subject, decay: Mapping[str, Any] | None) -> float | None:
    timeframe = entry.get("eventTimeframe")
    told: list[tuple[float, float]] = []
    for event in subject.events:
        if event.type_id != entry["eventTypeId"] or event.at_ms > subject.now_ms:
            continue
        if timeframe and not matches(timeframe["eventFilterOperation"], str(event.at_ms), subject.now_ms):
            continue
        points = _of_record(entry["recordCalculation"], event.properties, subject)
        if points is not None:
            told.append((points, _left(decay, (subject.now_ms - event.at_ms) / _DAY_MS)))
    if not told:
        return None
    criteria = entry.get("eventFrequencyCriteria")
    if criteria is None:
        return sum(points * left for points, left in told)
    return next((float(one["value"]) for one in criteria["ranges"] if _in_range(one, len(told))), None)


def _in_range(frequency: Mapping[str, Any], count: int) -> bool:
    match frequency["type"]:
        case "EXACTLY":
            return bool(count == frequency["from"])
        case "AT_LEAST":
            return bool(count >= frequency["from"])
        case _:
            return bool(frequency["from"] <= count <= frequency["to"])


def _left(decay: Mapping[str, Any] | None, age_days: float) -> float:
    if decay is None:
        return 1.0
    steps = int(age_days // decay["decayIntervalDays"])
    return max(0.0, 1.0 - steps * float(decay["percentToDecayPerInterval"]) / 100)
