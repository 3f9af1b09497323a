"""Say what of a score has no equivalent in a model, and what has one that is not quite the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector.study.crm_score.definition import Lost

Missing: TypeAlias = Literal[
    Lost, "unmapped", "no_property", "type", "engagement_property", "kind_unmapped", "event_property",
]  # fmt: skip
"""Why a part is left out."""
Altered: TypeAlias = Literal[
    "values_joined", "related", "excluded", "rule_limit", "fit_limit", "lower_limit", "frequency", "counter", "decay",
    "one_number", "segments",
]  # fmt: skip
"""How a part differs from the original."""
ALTERED: Final[frozenset[str]] = frozenset(Altered.__args__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Where:
    """Name the place in the CRM's own score: `rule` is its number in the group, None for all of it."""

    score: str
    group: str = ""
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Hold one difference; `detail` is what it is about, `points` what the CRM gives for it."""

    where: Where
    why: Missing | Altered
    detail: str = ""
    points: float | None = None

    @property
    def is_left_out(self) -> bool:
        return self.why not in ALTERED


class Refused(Exception):  # noqa: N818 - no error: it says why a part is left out, and is always caught
    """Stop translating one part, with the reason."""

    def __init__(self, why: Missing, detail: str = "") -> None:
        super().__init__(why)
        self.why: Missing = why
        self.detail = detail
