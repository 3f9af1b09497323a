"""Read a model file: the whole of it or every problem of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from connector.domain.content_hash import content_hash
from connector.domain.model import JOURNEY_STEPS, JOURNEYS, HandoffRules, Journey, Model, StagePolicy, Why
from connector.domain.model_file_engagement import ENGAGEMENT, HAND_RAISE
from connector.domain.model_file_fit import FIT
from connector.domain.model_file_handoff import HANDOFF
from connector.domain.model_file_rules import WORDING
from connector.domain.model_file_stages import NURTURE_ROW, STAGE_POLICY
from connector.domain.person import ValueType
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import (
    Fields,
    Key,
    Reading,
    Refused,
    Section,
    check_unique_ids,
    read_document,
    suggest,
)
from connector.domain.yaml_file import read_yaml
from connector.domain.yaml_readers import TEXT, list_of, map_of, one_of
from connector.domain.yaml_tree import quoted
from connector.errors import ModelError

_NAME: Final = Key("model", TEXT, "Name of the model, stamped on every decision.")
_VERSION: Final = Key("version", TEXT, "Version of the model, stamped on every decision.")
_JOURNEY: Final[Key[Journey]] = Key("journey", one_of(JOURNEYS), "The journey written to the CRM.", "aida")
_FIT: Final = Key("fit", FIT.reader, "Whose profile fits.")
_ENGAGEMENT: Final = Key("engagement", ENGAGEMENT.reader, "Which events earn points.")
_HAND_RAISES: Final = Key("hand_raises", list_of(HAND_RAISE.reader), "Which events are direct requests.", (), "none")
_STAGES: Final = Key("stages", STAGE_POLICY.reader, "Who moves when.", StagePolicy(), "its defaults")
_HANDOFF: Final = Key("handoff", HANDOFF.reader, "What sales gets.", HandoffRules(), "its defaults")
_TOPICS: Final[Key[Mapping[str, Why]]] = Key(
    "topics", map_of(WORDING, noun=phrase("topic")), "How to name a topic to people, by topic.", {}, "the topic itself"
)
_NURTURE: Final = Key("nurture", list_of(NURTURE_ROW.reader), "What to send to whom.", (), "none")


def _check(fields: Fields) -> None:
    check_unique_ids(fields.place.key("hand_raises"))
    if not fields.sound(_JOURNEY):
        return
    steps = JOURNEY_STEPS[fields[_JOURNEY]]
    rows = fields.place.key("nurture")
    for row in rows.items() if rows else ():
        when = row.key("when")
        step = when.key("journey") if when else None
        name = step.text() if step else None
        if step and name and name.strip() and name not in steps:
            step.refuse(
                phrase(
                    "{name} is not a step of the journey `{journey}` — {advice}",
                    name=quoted(name),
                    journey=fields[_JOURNEY],
                    advice=suggest(name, steps),
                )
            )


def _build(fields: Fields) -> Model:
    model = Model(
        name=fields[_NAME],
        version=fields[_VERSION],
        hash="",
        fit=fields[_FIT],
        engagement=fields[_ENGAGEMENT],
        journey=fields[_JOURNEY],
        hand_raises=fields[_HAND_RAISES],
        stages=fields[_STAGES],
        handoff=fields[_HANDOFF],
        nurture=fields[_NURTURE],
        topics=fields[_TOPICS],
    )
    return replace(model, hash=content_hash(model))


MODEL: Final = Section(
    "(file)",
    "What qualified means.",
    (_NAME, _VERSION, _JOURNEY, _FIT, _ENGAGEMENT, _HAND_RAISES, _STAGES, _HANDOFF, _NURTURE, _TOPICS),
    _build,
    _check,
)


def parse_model(text: str, *, file: str, types: Mapping[str, ValueType] | None) -> Model:
    """Return the model of a file's text; raise ModelError with every problem of it.

    `types` are the attributes of the mapping. With None, attribute names and operators are not checked against them:
    such a model can be shown and hashed, but not evaluated.
    """
    reading = Reading(file, types)
    model = read_document(read_yaml(text, file), MODEL.reader, reading)
    if isinstance(model, Refused):
        raise ModelError(problems=reading.problems)
    return model
