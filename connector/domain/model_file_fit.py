"""Read the part of a model file that says whose profile fits."""

from __future__ import annotations

from typing import Final

from connector.domain.condition_file import condition
from connector.domain.conditions import Condition
from connector.domain.model import Criterion, Exclusion, FitRules, Persona
from connector.domain.model_file_rules import ID, WHY, why_of
from connector.domain.yaml_fields import Fields, Key, Section, check_unique_ids
from connector.domain.yaml_readers import list_of, number

_WHEN: Final[Key[Condition]] = Key("when", condition("attribute"), "What must hold of the person's attributes.")
_WEIGHT: Final = Key("weight", number((">", 0)), "Share of the fit, relative to the other criteria.")

CRITERION: Final = Section(
    "fit.criteria[]",
    "One trait of the target profile.",
    (ID, _WEIGHT, _WHEN, WHY),
    lambda fields: Criterion(fields[ID], fields[_WEIGHT], fields[_WHEN], why_of(fields)),
)
EXCLUSION: Final = Section(
    "fit.exclusions[]",
    "A profile that is never worked, whatever else holds.",
    (ID, _WHEN, WHY),
    lambda fields: Exclusion(fields[ID], fields[_WHEN], why_of(fields)),
)
PERSONA: Final = Section(
    "fit.personas[]",
    "A named profile that nurture rows can ask for; the first that matches counts.",
    (ID, _WHEN),
    lambda fields: Persona(fields[ID], fields[_WHEN]),
)

_THRESHOLD: Final = Key(
    "threshold", number(("≥", 0), ("≤", 100)), "Percent of the known weight; under it a person is an mNQL.", 50.0
)
_COMPLETENESS: Final = Key(
    "min_completeness",
    number(("≥", 0), ("≤", 1)),
    "Share of the weight that must be known before the percentage alone decides.",
    0.5,
)
_CRITERIA: Final = Key("criteria", list_of(CRITERION.reader, at_least=1), "The target profile.")
_EXCLUSIONS: Final = Key("exclusions", list_of(EXCLUSION.reader), "Who is disqualified.", (), "none")
_PERSONAS: Final = Key("personas", list_of(PERSONA.reader), "Named profiles.", (), "none")


def _check(fields: Fields) -> None:
    for key in (_CRITERIA, _EXCLUSIONS, _PERSONAS):
        check_unique_ids(fields.place.key(key.name))


FIT: Final = Section(
    "fit",
    "Does the profile look like the target?",
    (_THRESHOLD, _COMPLETENESS, _CRITERIA, _EXCLUSIONS, _PERSONAS),
    lambda fields: FitRules(
        criteria=fields[_CRITERIA],
        threshold=fields[_THRESHOLD],
        min_completeness=fields[_COMPLETENESS],
        exclusions=fields[_EXCLUSIONS],
        personas=fields[_PERSONAS],
    ),
    _check,
)
