"""Read the parts of a model file that move people between stages and choose what to send them."""

from __future__ import annotations

from typing import Final, Literal

from connector.domain.model import NurtureRow, StagePolicy
from connector.domain.model_file_rules import DAYS
from connector.domain.person import STAGES, Stage
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import Fields, Key, Place, Section
from connector.domain.yaml_readers import BOOLEAN, TEXT, nullable, number, one_of
from connector.domain.yaml_tree import Scalar

_DEFAULTS: Final = StagePolicy()
_EXIT_SHARE: Final = 0.75

_ENTER: Final = Key("enter", number(("≥", 0)), "Engagement from which a fitting person is an MQL.", 50.0)
_EXIT: Final[Key[float | None]] = Key(
    "exit", number(), "Engagement under which an MQL goes back to lead.", None, "0.75 · `enter`"
)
_DWELL: Final = Key("dwell_days", DAYS, "An MQL stays at least so long, however its engagement falls.", 0.0)


def _check_mql(fields: Fields) -> None:
    exit_points = fields[_EXIT] if fields.sound(_EXIT) else None
    if fields.sound(_ENTER) and exit_points is not None and exit_points > fields[_ENTER]:
        fields.refuse(
            _EXIT,
            phrase(
                "the exit {exit_points:g} is over the entry {enter:g} — lower it",
                exit_points=exit_points,
                enter=fields[_ENTER],
            ),
        )


def _build_mql(fields: Fields) -> tuple[float, float, float]:
    enter, exit_points = fields[_ENTER], fields[_EXIT]
    return enter, enter * _EXIT_SHARE if exit_points is None else exit_points, fields[_DWELL]


MQL: Final = Section("stages.mql", "When marketing qualifies.", (_ENTER, _EXIT, _DWELL), _build_mql, _check_mql)

_SQL_ENTER: Final[Key[float | None]] = Key(
    "enter", nullable(number(("≥", 0))), "Engagement that makes an SQL by itself; null for never.", None
)
_ON_HAND_RAISE: Final = Key("on_hand_raise", BOOLEAN, "A direct request makes an SQL.", default=True)
_ON_ACCEPT: Final = Key("on_accept", BOOLEAN, "An MQL that sales accepts becomes an SQL.", default=True)
SQL: Final = Section(
    "stages.sql",
    "When sales takes over.",
    (_SQL_ENTER, _ON_HAND_RAISE, _ON_ACCEPT),
    lambda fields: (fields[_SQL_ENTER], fields[_ON_HAND_RAISE], fields[_ON_ACCEPT]),
)

_MQL: Final = Key(
    "mql", MQL.reader, "When marketing qualifies.",
    (_DEFAULTS.mql_enter, _DEFAULTS.mql_exit, _DEFAULTS.dwell_days), "its defaults",
)  # fmt: skip
_SQL: Final = Key(
    "sql", SQL.reader, "When sales takes over.",
    (_DEFAULTS.sql_enter, _DEFAULTS.on_hand_raise, _DEFAULTS.on_accept), "its defaults",
)  # fmt: skip
_HAND_RAISE_CHOICES: Final[tuple[Literal["nurture", "review"], ...]] = ("nurture", "review")
_MNQL_HAND_RAISE: Final[Key[Literal["nurture", "review"]]] = Key(
    "mnql_hand_raise", one_of(_HAND_RAISE_CHOICES), "Where the direct request of an unfit person goes.", "nurture"
)
_OVERRIDE: Final = Key("override_days", DAYS, "How long a stage set by hand is respected.", 30.0)
_COOL_OFF: Final = Key("cool_off_days", DAYS, "How long a rejected person is left alone.", 30.0)


def _check(fields: Fields) -> None:
    mql_enter = _number_at(fields.place, "mql")
    sql_enter = _number_at(fields.place, "sql")
    mql_enter = _DEFAULTS.mql_enter if mql_enter is None else mql_enter
    place = fields.place.key("sql")
    if place and sql_enter is not None and sql_enter < mql_enter:
        (place.key("enter") or place).refuse(
            phrase(
                "the entry {sql_enter:g} is under the one of `mql`, {mql_enter:g} — raise it, or write null",
                sql_enter=sql_enter,
                mql_enter=mql_enter,
            )
        )


def _number_at(place: Place, stage: str) -> float | None:
    section = place.key(stage)
    enter = section.key("enter") if section else None
    node = enter.node if enter else None
    return node.value if isinstance(node, Scalar) and node.kind == "number" else None


def _build(fields: Fields) -> StagePolicy:
    enter, exit_points, dwell = fields[_MQL]
    sql_enter, on_hand_raise, on_accept = fields[_SQL]
    return StagePolicy(
        mql_enter=enter,
        mql_exit=exit_points,
        dwell_days=dwell,
        sql_enter=sql_enter,
        on_hand_raise=on_hand_raise,
        on_accept=on_accept,
        mnql_hand_raise=fields[_MNQL_HAND_RAISE],
        override_days=fields[_OVERRIDE],
        cool_off_days=fields[_COOL_OFF],
    )


STAGE_POLICY: Final = Section(
    "stages",
    "Who moves when.",
    (_MQL, _SQL, _MNQL_HAND_RAISE, _OVERRIDE, _COOL_OFF),
    _build,
    _check,
)

_ROW_STAGE: Final[Key[Stage | None]] = Key(
    "stage", nullable(one_of(STAGES, phrase("stage"))), "The person's stage.", None
)
_ROW_JOURNEY: Final = Key("journey", nullable(TEXT), "The person's step of the model's own journey.", None)
_ROW_TOPIC: Final = Key("topic", nullable(TEXT), "The person's main topic.", None)
_ROW_PERSONA: Final = Key("persona", nullable(TEXT), "The person's persona.", None)
ROW_WHEN: Final = Section(
    "nurture[].when",
    "What must agree; a key left out agrees with everybody.",
    (_ROW_STAGE, _ROW_JOURNEY, _ROW_TOPIC, _ROW_PERSONA),
    lambda fields: (fields[_ROW_STAGE], fields[_ROW_JOURNEY], fields[_ROW_TOPIC], fields[_ROW_PERSONA]),
)
_ROW_WHEN: Final = Key("when", ROW_WHEN.reader, "For whom the row is.", (None, None, None, None), "everybody")
_TRACK: Final = Key("track", nullable(TEXT), "The nurture track written to the CRM.", None)
_CONTENT: Final = Key("content", nullable(TEXT), "The next content written to the CRM.", None)
_CHANNEL: Final = Key("channel", nullable(TEXT), "The channel written to the CRM.", None)


def _check_row(fields: Fields) -> None:
    given = (_TRACK, _CONTENT, _CHANNEL)
    if fields.sound(*given) and not any(fields[key] for key in given):
        fields.place.refuse(phrase("the row gives nothing — add `track`, `content` or both"))


def _build_row(fields: Fields) -> NurtureRow:
    stage, journey, topic, persona = fields[_ROW_WHEN]
    return NurtureRow(fields[_TRACK], fields[_CONTENT], fields[_CHANNEL], stage, journey, topic, persona)


NURTURE_ROW: Final = Section(
    "nurture[]",
    "What to send to whom; the first row that agrees counts.",
    (_ROW_WHEN, _TRACK, _CONTENT, _CHANNEL),
    _build_row,
    _check_row,
)
