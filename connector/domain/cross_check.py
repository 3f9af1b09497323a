"""Compare a model with a mapping: what one uses and the other does not give. Warnings, never errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from connector.domain.mapping import Mapping
from connector.domain.model import Model
from connector.domain.phrase import phrase
from connector.errors import Problem

LineOf: TypeAlias = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Source:
    """Name a file and know the lines of its paths."""

    file: str
    line_of: LineOf = lambda path: 1


MODEL_FILE: Final = Source("model.yaml")
MAPPING_FILE: Final = Source("mapping.yaml")


def warnings(
    model: Model, mapping: Mapping, model_source: Source = MODEL_FILE, mapping_source: Source = MAPPING_FILE
) -> list[Problem]:
    """Return what the two files do not have in common: kinds used but not mapped, and mapped but not used."""
    return [*_unmapped(model, mapping, model_source), *_unused(model, mapping, mapping_source)]


def _unmapped(model: Model, mapping: Mapping, source: Source) -> Iterator[Problem]:
    if model.engagement.machine and "email_delivered" not in mapping.kinds:
        what = phrase("no mapped source tells deliveries, so bursts of clicks stay unseen — map `email_delivered`")
        yield Problem(source.file, source.line_of("engagement.machine"), "engagement.machine", what)
    for path, kind in _used(model):
        if kind not in mapping.kinds:
            what = phrase(
                "nothing is mapped to `{kind}`, so this never counts — add an entry to `events` of the mapping file",
                kind=kind,
            )
            yield Problem(source.file, source.line_of(path), path, what)


def _used(model: Model) -> Iterator[tuple[str, str]]:
    for position, signal in enumerate(model.engagement.signals):
        yield f"engagement.signals[{position}].kind", signal.kind
    for position, raised in enumerate(model.hand_raises):
        yield f"hand_raises[{position}].kind", raised.kind


def _unused(model: Model, mapping: Mapping, source: Source) -> Iterator[Problem]:
    unused = sorted(mapping.kinds - model.used_kinds)
    if unused:
        what = phrase(
            "no rule of the model uses {kinds} — add signals, or leave them: they cost no call", kinds=", ".join(unused)
        )
        yield Problem(source.file, source.line_of("events"), "events", what)
