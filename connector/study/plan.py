"""Hold a plan: what a model would do to a base, frozen, so that explaining it and applying it read the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from connector.domain.comparison import Cause, PointChange
from connector.domain.model import Model
from connector.domain.person import Stage
from connector.live.planned import Prints, Watch
from connector.live.recall import rank
from connector.ports import PersonRef

PLAN_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class ModelName:
    """Name one model: what is stamped on decisions, and the file it was read from (None: the packaged one)."""

    name: str
    version: str
    hash: str
    file: str | None = None

    @classmethod
    def of(cls, model: Model, file: Path | None) -> ModelName:
        return cls(model.name, model.version, model.hash, None if file is None else str(file))


@dataclass(frozen=True, slots=True)
class Header:
    """Say what a plan is about. `before` is the model in force when it was made, `after` the one it plans."""

    crm: str
    account: str
    created_at: datetime
    taken_at: datetime
    people: int
    before: ModelName
    after: ModelName
    mapping_hash: str
    locale: Literal["es", "en"]
    watch: Watch
    time_zone: str
    capacity_per_day: int | None = None
    per_rep_per_day: int | None = None
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """Describe the task to make. With a `pool` the owner is whose turn it would be: at write time perhaps a colleague.

    `day` is the working day on which it is to be made; `due_at` holds when it is made at the instant of the plan.
    """

    kind: str
    routing: str
    owner: str | None
    due_at: datetime
    pool: tuple[str, ...] = ()
    day: str = ""

    @property
    def reps(self) -> tuple[str | None, ...]:
        """Return who may get it; None is nobody in particular."""
        return self.pool or (self.owner,)


@dataclass(frozen=True, slots=True)
class Line:
    """Say what would happen to one person. Who keeps the stage has only `changes`: fields that are written anew."""

    ref: PersonRef
    stage_from: Stage | None
    stage_to: Stage
    prints: Prints
    changes: tuple[str, ...] = ()
    rule: str | None = None
    causes: tuple[Cause, ...] = ()
    points: tuple[PointChange, ...] = ()
    engagement: tuple[float, float] | None = None
    fit: tuple[float | None, float | None] | None = None
    reasons: tuple[str, ...] = ()
    task: PlannedTask | None = None
    closings: int = 0
    by_person: bool = False

    @property
    def moves(self) -> bool:
        return self.stage_from != self.stage_to

    @property
    def is_demotion(self) -> bool:
        """Tell whether the person goes back; nobody comes from nowhere."""
        return self.stage_from is not None and rank(self.stage_to) < rank(self.stage_from)


@dataclass(frozen=True, slots=True)
class ModelChange:
    """Name one place where two models differ, with what it holds in each."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """Say how a rule's points differ over all who move: for how many, and by how much in sum."""

    rule: str
    why: str
    people: int
    points: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Hold a plan's sums.

    `matrix` counts everybody by stage now and then (`-`: none yet). Of the `lines`, `moved` change their stage and
    `refreshed` keep it; of these the `stamped` get only the model's name. `held_by_person` keep what somebody set
    by hand; `overridden` move although somebody had set it, because that is long enough ago. `rules` counts movers by
    the stage rule that decides, `tasks` by owner (`-`: nobody) and working day, `given` likewise those made by turns
    before the plan, `calls` requests by what they are for.
    """

    matrix: Mapping[str, Mapping[str, int]]
    lines: int
    moved: int
    refreshed: int
    stamped: int
    demoted: int
    overridden: int
    held_by_person: int
    causes: Mapping[str, int]
    rules: Mapping[str, int]
    effects: tuple[RuleEffect, ...]
    tasks: Mapping[str, Mapping[str, int]]
    closings: int
    model_changes: tuple[ModelChange, ...]
    calls: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    given: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sample: tuple[Line, ...] = ()

    @property
    def task_count(self) -> int:
        return sum(count for days in self.tasks.values() for count in days.values())

    @property
    def call_count(self) -> int:
        return sum(self.calls.values())
