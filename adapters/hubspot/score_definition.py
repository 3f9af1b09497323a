"""Read a lead score of HubSpot's into groups of rules in the words of our conditions. Pure.

Source: HubSpot public API specification collection, Marketing Lead Scoring 2026-09-beta, snapshot 2026-08-21
(documented); the guide of that version, read 2026-11, spells some limits otherwise (`maxScore`, `maximumValue`): both
are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from adapters.hubspot.replies import to_id, to_text
from adapters.hubspot.score_rules import items, number, parse_calculation
from adapters.json_body import dig
from connector.study.crm_score.definition import (
    Bounds,
    Category,
    Decay,
    Group,
    Output,
    Rule,
    Score,
    ScoreChange,
    ScoreHead,
)

CONTACT: Final = "0-1"
_CATEGORY: Final[Mapping[str, Category]] = {"FIT": "fit", "INTENT": "engagement"}


def parse_head(item: Mapping[str, object]) -> ScoreHead | None:
    """Read one line of the list of scores; None without an id."""
    score_id = to_id(item.get("id"))
    if score_id is None:
        return None
    status = (to_text(item.get("scoreStatus")) or "").lower()
    of = to_text(item.get("scoredObjectTypeId")) or to_text(item.get("objectTypeId"))
    return ScoreHead(score_id, to_text(item.get("name")) or score_id, status == "published", of == CONTACT)


def parse_score(document: object, forms: Mapping[str, str]) -> Score:
    """Read a whole score; `forms` are names by id."""
    allowed = _categories(dig(document, "allowedGroupTypes"))
    fallback = allowed[0] if allowed else "engagement"
    groups = (_group(item, fallback, forms) for item in items(dig(document, "groupConfigs")))
    outputs = items(dig(document, "outputConfiguration", "outputs"))
    listed = to_text(dig(document, "filterConfiguration", "listFilterType"))
    filtered = bool(items(dig(document, "filterConfiguration", "segmentIds")))
    return Score(
        id=to_id(dig(document, "id")) or "",
        name=to_text(dig(document, "name")) or "",
        groups=tuple(group for group in groups if group.rules),
        most=number(dig(document, "maxScorePerCategory"), dig(document, "maxScore")),
        outputs=tuple(_outputs(outputs, allowed)),
        bounds=tuple(bounds for item in outputs for bounds in _bounds(item, allowed)),
        segments="all" if not filtered else "some" if listed == "INCLUDES" else "all_but_some",
    )


def parse_change(item: Mapping[str, object]) -> ScoreChange:
    """Read one entry of a person's score history: what moved it, by name only."""
    changed = item.get("resolvedProperties")
    events = (to_text(dig(one, "eventTypeId")) for one in items(item.get("renderedEvents")))
    return ScoreChange(
        number(item.get("delta")),
        tuple(sorted(str(name) for name in changed)) if isinstance(changed, Mapping) else (),
        tuple(name for name in events if name),
    )


def _group(item: object, fallback: Category, forms: Mapping[str, str]) -> Group:
    interval = number(dig(item, "groupDecay", "decayIntervalDays"))
    percent = number(dig(item, "groupDecay", "percentToDecayPerInterval"))
    stated = enumerate(items(dig(item, "ruleConfigurations")), start=1)
    return Group(
        name=to_text(dig(item, "groupName")) or "",
        category=_CATEGORY.get(to_text(dig(item, "groupCategory")) or "", fallback),
        rules=tuple(_rule(position, rule, forms) for position, rule in stated if dig(rule, "enabled") is not False),
        most=number(dig(item, "maxValue"), dig(item, "maximumValue")),
        least=number(dig(item, "minValue"), dig(item, "minimumValue")),
        decay=Decay(interval, percent) if interval and percent and interval > 0 and percent > 0 else None,
    )


def _rule(position: int, item: object, forms: Mapping[str, str]) -> Rule:
    return Rule(
        position=position,
        parts=tuple(parse_calculation(dig(item, "configuration", "calculation"), forms)),
        most=number(dig(item, "maxValue"), dig(item, "maximumValue")),
        least=number(dig(item, "minValue"), dig(item, "minimumValue")),
    )


def _outputs(outputs: list[object], allowed: tuple[Category, ...]) -> Iterator[Output]:
    """Yield the properties that hold a number."""
    for item in outputs:
        name = to_text(dig(item, "propertyName"))
        if name and dig(item, "outputType") == "SCORE":
            yield Output(name, frozenset(_categories(dig(item, "categories")) or allowed))


def _bounds(item: object, allowed: tuple[Category, ...]) -> Iterator[Bounds]:
    """Yield where labels begin: on one sum, or on each axis of a matrix."""
    stated = dig(item, "boundaries")
    if isinstance(stated, list):
        yield from _starts(stated, frozenset(_categories(dig(item, "categories")) or allowed))
    for name, of_axis in stated.items() if isinstance(stated, Mapping) else ():
        axis = _CATEGORY.get(str(name).upper())
        if axis is not None:
            yield from _starts(items(of_axis), frozenset((axis,)))


def _starts(stated: list[object], categories: frozenset[Category]) -> Iterator[Bounds]:
    found = sorted({start for one in stated if (start := number(dig(one, "threshold"))) is not None})
    if found:
        yield Bounds(categories, tuple(found))


def _categories(names: object) -> tuple[Category, ...]:
    return tuple(_CATEGORY[name] for name in items(names) if isinstance(name, str) and name in _CATEGORY)
