"""Read from raw texts what Puente and sales have written on a person, and the stage the company gave. Pure."""

from __future__ import annotations

from typing import Final, Literal

from adapters.raw_values import to_instant
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.person import REJECT_REASONS, STAGES, UNKNOWN, Stage
from connector.domain.text import fold
from connector.domain.values import parse_number
from connector.ports import FieldValue

_NUMBER_PATHS: Final = ("fit.pct", "fit.completeness", "engagement")
_INSTANT_PATHS: Final = ("stage_at", "decided_at")
_VERDICTS: Final[tuple[Literal["accepted", "rejected"], ...]] = ("accepted", "rejected")


def parse_stage(raw: str) -> Stage | None:
    """Read a stage by its own name."""
    folded = fold(raw)
    return next((stage for stage in STAGES if stage == folded), None)


def parse_company_stage(raw: str, mapping: FieldMapping, own: Stage | None, plain: Stage | None) -> Stage | None:
    """Translate the company's own stage back; of several mapped to it our present one is meant, else `plain`."""
    folded = fold(raw)
    if not folded:
        return None
    candidates = [stage for stage in STAGES if fold(mapping.stages.get(stage) or "") == folded]
    if own in candidates:
        return own
    if not candidates or plain in candidates:
        return plain
    return candidates[0]


def parse_verdict(raw: str) -> Literal["accepted", "rejected"] | None:
    """Read what sales said of a handoff."""
    folded = fold(raw)
    return next((known for known in _VERDICTS if known == folded), None)


def parse_reject_reason(raw: str) -> str | None:
    """Read why sales rejected; a reason in words of their own stays as it is."""
    folded = fold(raw)
    return next((known for known in REJECT_REASONS if known == folded), raw.strip() or None)


def parse_field(name: str, raw: str, mapping: FieldMapping) -> FieldValue:
    """Read a written-back field by what is written to it; empty and unreadable are None."""
    if not raw.strip():
        return None
    path = mapping.write_back.get(name)
    if path in _NUMBER_PATHS:
        number = parse_number(raw)
        return None if number is UNKNOWN else number
    return to_instant(raw) if path in _INSTANT_PATHS else raw
