"""Say how far the numbers can be trusted: what is filled in, what the account does not give, what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from connector.domain.conditions import tests_of
from connector.domain.mapping import Mapping as CrmMapping
from connector.domain.model import Model
from connector.domain.person import Memory
from connector.domain.timeline import to_us
from connector.ports import PersonRef
from connector.study.report.funnel import Period
from connector.study.report.shares import Share, share_of
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import attribute_column
from connector.study.vector import decide_part
from connector.study.vector_events import find_bursts


@dataclass(frozen=True, slots=True)
class Completeness:
    """Say for how many people an attribute is known; `weight` is what it decides of the fit, percent.

    `blocks` people have the points of an MQL and no verdict on their fit, this being one of what is not known.
    `has_history`: the CRM tells what it held when.
    """

    attribute: str
    known: Share
    weight: float
    blocks: int
    has_history: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Name a source the account does not give, with the rules that get nothing else."""

    source: str
    why: str
    blind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataQuality:
    """Hold what is known of the data. `blocked` people, named in `stuck`, only lack what is not known of their fit.

    `machine` events were made by machines by the CRM's own word, `bursts` are clicks of link scanners; both count the
    period. `set_aside` counts what could not be read, by why; `failed` people who could not be. `unmapped` rules look
    at kinds the mapping does not read.
    """

    people: int
    completeness: tuple[Completeness, ...]
    blocked: int
    stuck: tuple[PersonRef, ...]
    refused: tuple[Refused, ...]
    unmapped: tuple[str, ...]
    machine: int
    bursts: int
    events: int
    set_aside: Mapping[str, int]
    failed: int


@dataclass(slots=True)
class QualityCount:
    """Add up the parts of a base."""

    model: Model
    period: Period
    attributes: tuple[str, ...] = field(init=False)
    known: Counter[str] = field(default_factory=Counter)
    blocks: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    people: int = 0
    stuck: list[PersonRef] = field(default_factory=list)
    machine: int = 0
    bursts: int = 0
    events: int = 0

    def __post_init__(self) -> None:
        self.attributes = tuple(dict.fromkeys(name for rule in self._profile() for name in rule))

    def _profile(self) -> Iterator[list[str]]:
        conditions = [rule.when for rule in self.model.fit.criteria] + [rule.when for rule in self.model.fit.exclusions]
        for condition in conditions:
            yield [test.name for test in tests_of(condition)]

    def add(self, part: People) -> None:
        """Count one part."""
        people = part.table("people")
        missing = self._missing(people)
        self.people += people.height
        for name in self.attributes:
            self.known[name] += int((~missing[name]).sum())
        decided = decide_part(part, self.model, self.period.until, [Memory()] * people.height).people
        stuck = (
            (decided["fit_verdict"] == "undetermined")
            & (decided["engagement"] >= self.model.stages.mql_enter)
            & (decided["exclusions"].list.len() == 0)
        ).to_numpy()
        refs = people.select("object_type", "object_id").filter(pl.Series(stuck)).rows()
        self.stuck += [PersonRef(*ref) for ref in refs]
        for name in self._weights():
            self.blocks[name] += int((stuck & missing[name]).sum())
        self.set_aside.update(part.table("set_aside", ["why"])["why"].to_list())
        self._count_machines(part)

    def _missing(self, people: pl.DataFrame) -> Mapping[str, np.ndarray]:
        columns = {name: attribute_column(name) for name in self.attributes}
        nobody = np.ones(people.height, dtype=np.bool_)
        return {
            name: people[column].is_null().to_numpy() if column in people.columns else nobody
            for name, column in columns.items()
        }

    def _count_machines(self, part: People) -> None:
        events = part.table("events")
        inside = events["occurred_at"].is_between(self.period.since, self.period.until, closed="right").to_numpy()
        self.events += int(inside.sum())
        machine = events["machine"].to_numpy()
        self.machine += int((inside & machine).sum())
        rule = self.model.engagement.machine
        if rule is not None:
            in_bursts = find_bursts(events, rule, to_us(self.period.until))
            self.bursts += int((inside & ~machine & in_bursts).sum())

    def _weights(self) -> Mapping[str, float]:
        """Return the share of the fit each attribute decides, percent; a criterion of several counts to each."""
        whole = sum(rule.weight for rule in self.model.fit.criteria)
        weights: dict[str, float] = {}
        for rule in self.model.fit.criteria:
            for name in {test.name for test in tests_of(rule.when)}:
                weights[name] = weights.get(name, 0.0) + 100 * rule.weight / whole
        return weights

    def result(
        self, mapping: CrmMapping, unavailable: Mapping[str, str], dated: Collection[str], failed: int
    ) -> DataQuality:  # fmt: skip
        """Return the whole, with what the account refused."""
        weights = self._weights()
        completeness = [
            Completeness(name, share_of(self.known[name], self.people), weights.get(name, 0.0), self.blocks[name],
                         name in dated)
            for name in self.attributes
        ]  # fmt: skip
        return DataQuality(
            people=self.people,
            completeness=tuple(sorted(completeness, key=lambda one: (-one.weight, one.attribute))),
            blocked=len(self.stuck),
            stuck=tuple(self.stuck),
            refused=tuple(Refused(source, why, blind_rules(self.model, mapping, source, unavailable))
                          for source, why in sorted(unavailable.items())),
            unmapped=tuple(rule for rule, kind in _rules_by_kind(self.model) if kind not in mapping.kinds),
            machine=self.machine,
            bursts=self.bursts,
            events=self.events,
            set_aside=dict(self.set_aside.most_common()),
            failed=failed,
        )  # fmt: skip


def _rules_by_kind(model: Model) -> Sequence[tuple[str, str]]:
    signals = [(signal.id, signal.kind) for signal in model.engagement.signals]
    return [*signals, *((raised.id, raised.kind) for raised in model.hand_raises)]


def blind_rules(model: Model, mapping: CrmMapping, source: str, unavailable: Collection[str]) -> tuple[str, ...]:
    """Return the rules that are blind for want of a source: it feeds their kind, and nothing that is left does."""
    sources: dict[str, set[str]] = {}
    for event in mapping.events:
        sources.setdefault(event.kind, set()).add(event.source)
    return tuple(
        rule
        for rule, kind in _rules_by_kind(model)
        if source in sources.get(kind, ()) and sources[kind] <= set(unavailable)
    )
