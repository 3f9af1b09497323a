"""Hold a validated qualification model as frozen values; `model_file` builds it, nothing else should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final, Literal, TypeAlias

from connector.domain.conditions import Condition
from connector.domain.person import Stage

Journey: TypeAlias = Literal["aida", "wheel", "inbound"]
JOURNEYS: Final[tuple[Journey, ...]] = ("aida", "wheel", "inbound")
JOURNEY_STEPS: Final[Mapping[Journey, tuple[str, ...]]] = {
    "aida": ("attention", "interest", "desire", "action"),
    "wheel": ("problem_recognition", "solution_research", "option_evaluation", "decision"),
    "inbound": ("attract", "convert", "close", "delight"),
}
Locale: TypeAlias = Literal["es", "en"]
LOCALES: Final[tuple[Locale, ...]] = ("es", "en")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Why:
    """Say a rule's reason to a person in both languages; a language left out falls back to the other, then the id."""

    es: str
    en: str

    def in_locale(self, locale: Locale) -> str:
        return self.es if locale == "es" else self.en


@dataclass(frozen=True, slots=True)
class Criterion:
    id: str
    weight: float
    when: Condition
    why: Why


@dataclass(frozen=True, slots=True)
class Exclusion:
    id: str
    when: Condition
    why: Why


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    when: Condition


@dataclass(frozen=True, slots=True)
class FitRules:
    """`threshold` in percent, `min_completeness` a share 0-1."""

    criteria: tuple[Criterion, ...]
    threshold: float = 50.0
    min_completeness: float = 0.5
    exclusions: tuple[Exclusion, ...] = ()
    personas: tuple[Persona, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """Earn points for events of one kind; `half_life_days` None means no decay."""

    id: str
    kind: str
    points: float
    why: Why
    when: Condition | None = None
    group: str | None = None
    cap: float | None = None
    per: Literal["event", "day", "asset"] = "event"
    limit: int | None = None
    window_days: float | None = None
    half_life_days: float | None = 30.0
    journey: Mapping[Journey, str] = field(default_factory=dict)
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class MachineFilter:
    """Drop the opens and clicks of an e-mail with `clicks` clicks within `within_seconds` of its delivery."""

    clicks: int
    within_seconds: float


@dataclass(frozen=True, slots=True)
class EngagementRules:
    """`groups` maps a group to its cap (None: no cap), in file order."""

    signals: tuple[Signal, ...]
    groups: Mapping[str, float | None] = field(default_factory=dict)
    floor: float = 0.0
    ceiling: float = 100.0
    machine: MachineFilter | None = None


@dataclass(frozen=True, slots=True)
class HandRaise:
    id: str
    kind: str
    why: Why
    when: Condition | None = None
    valid_days: float = 30.0
    journey: Mapping[Journey, str] = field(default_factory=dict)
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class StagePolicy:
    """Thresholds are engagement points; `sql_enter` None means points alone never make an SQL."""

    mql_enter: float = 50.0
    mql_exit: float = 37.5
    dwell_days: float = 0.0
    sql_enter: float | None = None
    on_hand_raise: bool = True
    on_accept: bool = True
    mnql_hand_raise: Literal["nurture", "review"] = "nurture"
    override_days: float = 30.0
    cool_off_days: float = 30.0


@dataclass(frozen=True, slots=True)
class TaskRules:
    task: str
    sla_hours: float
    priority: Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open `days` (0 = Monday) from `opens` to `closes` in `timezone`, but for `holidays`.

    `closes` None means midnight at the end of the day.
    """

    timezone: str = "UTC"
    days: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time | None = time(18)
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Territory:
    when: Condition
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routing:
    keep_owner: bool = True
    territories: tuple[Territory, ...] = ()
    round_robin: tuple[str, ...] = ()
    capacity_per_day: int | None = None
    escalate_to: str | None = None


@dataclass(frozen=True, slots=True)
class HandoffRules:
    mql: TaskRules = TaskRules("review", 24.0, "medium")
    sql: TaskRules = TaskRules("contact", 4.0, "high")
    calendar: Calendar = Calendar()
    routing: Routing = Routing()
    task_fields: tuple[str, ...] = ()

    def for_stage(self, stage: Stage) -> TaskRules:
        return self.sql if stage == "sql" else self.mql


@dataclass(frozen=True, slots=True)
class NurtureRow:
    """Give `track` and `content` to people whose stage, journey step, main topic and persona agree with the keys."""

    track: str | None
    content: str | None
    channel: str | None = None
    stage: str | None = None
    journey: str | None = None
    topic: str | None = None
    persona: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Hold a whole model; two are the same when their `hash` is.

    `hash` is a SHA-256 over the normalised content: spelling and comments do not change it."""

    name: str
    version: str
    hash: str
    fit: FitRules
    engagement: EngagementRules
    journey: Journey = "aida"
    hand_raises: tuple[HandRaise, ...] = ()
    stages: StagePolicy = StagePolicy()
    handoff: HandoffRules = HandoffRules()
    nurture: tuple[NurtureRow, ...] = ()
    topics: Mapping[str, Why] = field(default_factory=dict)

    @property
    def used_kinds(self) -> frozenset[str]:
        """Return the event kinds a decision of this model can depend on."""
        kinds = {signal.kind for signal in self.engagement.signals} | {raised.kind for raised in self.hand_raises}
        if self.engagement.machine and kinds & {"email_open", "email_click"}:
            kinds |= {"email_delivered", "email_click"}
        return frozenset(kinds)
