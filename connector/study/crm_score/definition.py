"""Hold the definition of a score that the CRM itself keeps: groups of rules in the words of our conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connector.domain.mapping import AttributeOwner
from connector.domain.yaml_readers import LARGEST_DAYS

Category: TypeAlias = Literal["fit", "engagement"]
Operand: TypeAlias = str | float | bool | tuple[str, ...] | tuple[float, float] | None
Lost: TypeAlias = Literal[
    "operator", "history", "date", "comparison", "segment", "association", "constant", "event", "form_name",
]  # fmt: skip
"""Why a part of a definition says nothing our conditions could say."""


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """Compare one property of a record, or of an event, in the words of our conditions.

    `or_blank`: it also holds where the property is empty. `negated`: it holds where the comparison does not.
    """

    property: str
    operator: str
    operand: Operand = None
    negated: bool = False
    or_blank: bool = False
    owner: AttributeOwner = "person"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Hold where every part holds."""

    parts: tuple[When, ...]


@dataclass(frozen=True, slots=True)
class NoEquivalent:
    """Stand for a part that cannot be said in our conditions; `detail` is the CRM's own word for it."""

    why: Lost
    detail: str = ""
    points: float | None = None


When: TypeAlias = PropertyTest | AllOf | NoEquivalent


@dataclass(frozen=True, slots=True)
class Level:
    """Give points where a condition holds."""

    when: When
    points: float


@dataclass(frozen=True, slots=True)
class Table:
    """Give the points of the one level that holds, else `otherwise`. Of several that hold the highest counts.

    `all_related`: the CRM weighs all related companies, of which we read the primary one.
    """

    levels: tuple[Level, ...]
    otherwise: float = 0.0
    all_related: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """Give points to whom something happened at least `least` times."""

    least: int
    points: float


@dataclass(frozen=True, slots=True)
class Happening:
    """Give points for events: of one kind, or of whatever the mapping makes of the records of `source`.

    `times` gives points by how often something happened, once for all; without it every event earns `points`.
    """

    kind: str | None
    points: float
    source: str | None = None
    when: When | None = None
    window_days: float | None = None
    times: tuple[Times, ...] = ()


Part: TypeAlias = Table | Happening | NoEquivalent


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule that is switched on; `position` counts from 1 in its group."""

    position: int
    parts: tuple[Part, ...]
    most: float | None = None
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Decay:
    """Take `percent` of an event's points away per interval, in a straight line."""

    interval_days: float
    percent: float

    @property
    def half_life_days(self) -> float:
        """Return the days after which half of the points are gone."""
        return min(self.interval_days * 50 / self.percent, LARGEST_DAYS)

    @property
    def whole_life_days(self) -> float:
        """Return the days after which all of the points are gone."""
        return min(self.interval_days * 100 / self.percent, LARGEST_DAYS)


@dataclass(frozen=True, slots=True)
class Group:
    """Hold rules with a limit of their own."""

    name: str
    category: Category
    rules: tuple[Rule, ...]
    most: float | None = None
    least: float | None = None
    decay: Decay | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """Name a property that holds the score as a number; `categories` are what is summed in it."""

    property: str
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Hold where labels begin, lowest first, on the sum of these categories."""

    categories: frozenset[Category]
    starts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Hold one score. `most` is what a category can reach; `segments` says whether only some lists are scored."""

    id: str
    name: str
    groups: tuple[Group, ...]
    most: float | None = None
    outputs: tuple[Output, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    segments: Literal["all", "some", "all_but_some"] = "all"

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(group.category for group in self.groups)


@dataclass(frozen=True, slots=True)
class ScoreHead:
    """Say of a score what a list of scores says: `scores_people` and `is_live` tell whether it is one to move."""

    id: str
    name: str
    is_live: bool
    scores_people: bool


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Say what moved one person's score, in the CRM's own names of properties and kinds of events."""

    delta: float | None
    properties: tuple[str, ...] = ()
    events: tuple[str, ...] = field(default=())


Changes: TypeAlias = Mapping[str, tuple[ScoreChange, ...]]
