"""Read the part of a model file that says which events earn points, and which are direct requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias

from connector.domain.condition_file import condition
from connector.domain.conditions import Condition
from connector.domain.model import EngagementRules, HandRaise, MachineFilter, Signal
from connector.domain.model_file_rules import DAYS_OVER_ZERO, ID, JOURNEY, KIND, TOPIC, WHY, why_of
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import Fields, Key, Place, Section, check_unique_ids, suggest
from connector.domain.yaml_readers import LARGEST_DAYS, TEXT, list_of, map_of, nullable, number, one_of, whole
from connector.domain.yaml_tree import quoted


class _Inherited(Enum):
    """Mark a half-life that the signal left to `engagement.half_life_days`."""

    INHERITED = "inherited"


_HalfLife: TypeAlias = float | None
_SignalDraft: TypeAlias = Callable[[_HalfLife], Signal]
"""A signal that waits for the file's default half-life."""

_WHEN: Final[Key[Condition | None]] = Key(
    "when", condition("event", "attribute"), "Which of these events count, and for whom.", None, "all of them"
)
_POINTS: Final = Key("points", number(), "What one event earns on its day; negative points take away.")
_GROUP: Final = Key("group", nullable(TEXT), "A group of `engagement.groups` whose cap also applies.", None)
_CAP: Final = Key("cap", nullable(number((">", 0))), "The most the rule can add, or take away.", None, "no cap")
_PER_CHOICES: Final[tuple[Literal["event", "day", "asset"], ...]] = ("event", "day", "asset")
_PER: Final[Key[Literal["event", "day", "asset"]]] = Key(
    "per", one_of(_PER_CHOICES), "Count every event, or only the newest of a UTC day or of an asset.", "event"
)
_LIMIT: Final = Key("limit", nullable(whole(1)), "At most so many events, newest first.", None, "no limit")
_WINDOW: Final = Key("window_days", nullable(DAYS_OVER_ZERO), "Older events do not count.", None, "for ever")
_SIGNAL_HALF_LIFE: Final[Key[_HalfLife | _Inherited]] = Key(
    "half_life_days",
    nullable(DAYS_OVER_ZERO),
    "Days in which the points halve; null for no decay.",
    _Inherited.INHERITED,
    "`engagement.half_life_days`",
)


def _build_signal(fields: Fields) -> _SignalDraft:
    own = fields[_SIGNAL_HALF_LIFE]

    def complete(default_half_life: _HalfLife) -> Signal:
        return Signal(
            id=fields[ID],
            kind=fields[KIND],
            points=fields[_POINTS],
            why=why_of(fields),
            when=fields[_WHEN],
            group=fields[_GROUP],
            cap=fields[_CAP],
            per=fields[_PER],
            limit=fields[_LIMIT],
            window_days=fields[_WINDOW],
            half_life_days=default_half_life if isinstance(own, _Inherited) else own,
            journey=fields[JOURNEY],
            topic=fields[TOPIC],
        )

    return complete


SIGNAL: Final = Section(
    "engagement.signals[]",
    "One rule that turns events into points. An event earns in every signal it matches.",
    (ID, KIND, _WHEN, _POINTS, _CAP, _PER, _LIMIT, _WINDOW, _SIGNAL_HALF_LIFE, _GROUP, JOURNEY, TOPIC, WHY),
    _build_signal,
)

_GROUP_CAP: Final = Key(
    "cap", nullable(number((">", 0))), "The most the signals of the group can add, or take away, together.", None,
    "no cap",
)  # fmt: skip
GROUP: Final = Section(
    "engagement.groups.*", "Signals that share a cap.", (_GROUP_CAP,), lambda fields: fields[_GROUP_CAP]
)
_CLICKS: Final = Key("clicks", whole(1), "So many clicks …")
_WITHIN: Final = Key(
    "within_seconds", number((">", 0), ("≤", LARGEST_DAYS)), "… within so many seconds of the delivery are a machine."
)
MACHINE: Final = Section(
    "engagement.machine",
    "Drops the opens and clicks of an e-mail that a link scanner went through.",
    (_CLICKS, _WITHIN),
    lambda fields: MachineFilter(fields[_CLICKS], fields[_WITHIN]),
)

_FLOOR: Final = Key("floor", number(), "The least the score can be.", 0.0)
_CEILING: Final = Key("ceiling", number(), "The most the score can be.", 100.0)
_HALF_LIFE: Final = Key("half_life_days", nullable(DAYS_OVER_ZERO), "Default of the signals; null for no decay.", 30.0)
_GROUPS: Final[Key[Mapping[str, float | None]]] = Key(
    "groups", map_of(GROUP.reader, noun=phrase("group")), "Groups by name, added in this order.", {}, "none"
)
_MACHINE: Final = Key("machine", nullable(MACHINE.reader), "Filter of machine traffic.", None)
_SIGNALS: Final = Key("signals", list_of(SIGNAL.reader, at_least=1), "The rules that earn points.")


def _check(fields: Fields) -> None:
    check_unique_ids(fields.place.key("signals"))
    if fields.sound(_FLOOR, _CEILING) and fields[_FLOOR] > fields[_CEILING]:
        fields.refuse(
            _FLOOR,
            phrase(
                "the floor {floor:g} is over the ceiling {ceiling:g} — lower it",
                floor=fields[_FLOOR],
                ceiling=fields[_CEILING],
            ),
        )
    groups = fields.place.key("groups")
    declared = [name for name, _ in groups.entries()] if groups else []
    signals = fields.place.key("signals")
    for signal in signals.items() if signals else ():
        _check_group(signal.key("group"), declared)


def _check_group(group: Place | None, declared: list[str]) -> None:
    name = group.text() if group else None
    if group and name and name.strip() and name not in declared:
        advice = suggest(name, declared, phrase("declare it under `engagement.groups`"))
        group.refuse(phrase("unknown {noun} {name} — {advice}", noun=phrase("group"), name=quoted(name), advice=advice))


ENGAGEMENT: Final = Section(
    "engagement",
    "What has the person done?",
    (_FLOOR, _CEILING, _HALF_LIFE, _GROUPS, _MACHINE, _SIGNALS),
    lambda fields: EngagementRules(
        signals=tuple(complete(fields[_HALF_LIFE]) for complete in fields[_SIGNALS]),
        groups=fields[_GROUPS],
        floor=fields[_FLOOR],
        ceiling=fields[_CEILING],
        machine=fields[_MACHINE],
    ),
    _check,
)

_VALID_DAYS: Final = Key("valid_days", DAYS_OVER_ZERO, "How long the request stands.", 30.0)
HAND_RAISE: Final = Section(
    "hand_raises[]",
    "A direct request, such as a demo: no points, but a flag with a validity.",
    (ID, KIND, _WHEN, _VALID_DAYS, JOURNEY, TOPIC, WHY),
    lambda fields: HandRaise(
        id=fields[ID],
        kind=fields[KIND],
        why=why_of(fields),
        when=fields[_WHEN],
        valid_days=fields[_VALID_DAYS],
        journey=fields[JOURNEY],
        topic=fields[TOPIC],
    ),
)
