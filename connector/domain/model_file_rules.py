"""Read what the rules of a model file have in common: id, reason, event kind, journey steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connector.domain.model import JOURNEY_STEPS, Journey, Why
from connector.domain.person import EVENT_KINDS
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import REFUSED, Fields, Key, Place, Reader, Refused, Section
from connector.domain.yaml_readers import LARGEST_DAYS, TEXT, nullable, number, one_of, read_text
from connector.domain.yaml_tree import Entries

ID: Final = Key("id", TEXT, "Name of the rule in reasons, reports and tests; unique in its list.")
KIND: Final = Key(
    "kind",
    Reader(phrase("event kind"), one_of(EVENT_KINDS, phrase("event kind")).read),
    "The kind of events the rule looks at.",
)
TOPIC: Final = Key(
    "topic", nullable(TEXT), "What the interest is about; chooses nurture content and the opener of a task.", None
)
DAYS_OVER_ZERO: Final = number((">", 0), ("≤", LARGEST_DAYS))
DAYS: Final = number(("≥", 0), ("≤", LARGEST_DAYS))

_ES: Final = Key("es", nullable(TEXT), "The reason in Spanish.", None, "the English one")
_EN: Final = Key("en", nullable(TEXT), "The reason in English.", None, "the Spanish one")


def _check_why(fields: Fields) -> None:
    if fields.sound(_ES, _EN) and fields[_ES] is None and fields[_EN] is None:
        fields.place.refuse(phrase("no language has a reason — write `es`, `en` or both"))


def _build_why(fields: Fields) -> Why:
    es, en = fields[_ES], fields[_EN]
    return Why(es or en or "", en or es or "")


WHY_TEXTS: Final = Section(
    "why", "The reason shown to people; a plain text stands for both languages.", (_ES, _EN), _build_why, _check_why
)


def _read_why(place: Place) -> Why | Refused:
    if isinstance(place.node, Entries):
        return WHY_TEXTS.read(place)
    text = read_text(place)
    return REFUSED if isinstance(text, Refused) else Why(text, text)


WORDING: Final = Reader(phrase("text, or map"), _read_why, WHY_TEXTS)
WHY: Final[Key[Why | None]] = Key("why", WORDING, "The reason shown to people.", None, "the `id`")


def why_of(fields: Fields) -> Why:
    """Return the reason of a rule, its id when it has none."""
    return fields[WHY] or Why(fields[ID], fields[ID])


def _build_steps(fields: Fields) -> Mapping[Journey, str]:
    return {journey: fields[key] for journey, key in _STEPS.items() if fields[key] is not None}


def _step_key(journey: Journey) -> Key[Any]:
    return Key(
        journey, nullable(one_of(JOURNEY_STEPS[journey], phrase("step"))), f"Step of the `{journey}` journey.", None
    )


_STEPS: Final[Mapping[Journey, Key[Any]]] = {journey: _step_key(journey) for journey in JOURNEY_STEPS}
STEPS: Final[Section[Mapping[Journey, str]]] = Section(
    "journey", "The step of each journey that the rule is evidence of.", tuple(_STEPS.values()), _build_steps
)
JOURNEY: Final[Key[Mapping[Journey, str]]] = Key(
    "journey", STEPS.reader, "The step of each journey that the rule is evidence of.", {}, "none"
)
