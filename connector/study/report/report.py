"""Measure a base for the weekly meeting of marketing and sales: everything the page says, as numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

import numpy as np
import polars as pl

from connector.domain.mapping import Mapping as CrmMapping
from connector.domain.model import Model
from connector.domain.person import ValueType
from connector.study.learning.handoffs import still_counters
from connector.study.learning.past import Past, remember_part
from connector.study.manifest import Manifest
from connector.study.report.acceptance import Acceptance, explain_acceptance
from connector.study.report.channels import Channel, measure_channels
from connector.study.report.drift import Scores, compare_scores, join_scores, score_at
from connector.study.report.firings import Fired, RuleKey, count_firings, fired_at_handoff
from connector.study.report.funnel import Funnel, Period, Precision, count_funnel, measure_precision
from connector.study.report.quality import DataQuality, QualityCount
from connector.study.report.revisions import ModelHistory
from connector.study.report.rules import RuleRecord, count_reasons, judge_rules
from connector.study.report.service import Handover, Service, measure_service, read_handovers
from connector.study.report.trails import Trails, between, join_trails, read_trails
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import Table, columns_of
from connector.study.vector_truth import Truths

_STAGE_FIELDS: Final = ("own_stage", "lifecycle_stage")


@dataclass(frozen=True, slots=True)
class Subject:
    """Say what is reported on: whose base, by which model, over which weeks, which attribute names the channel.

    `channel` None: no attribute does.
    """

    manifest: Manifest
    model: Model
    mapping: CrmMapping
    weeks: int
    channel: str | None
    history: ModelHistory

    @property
    def period(self) -> Period:
        """Return the weeks up to the snapshot: what came after it is not known."""
        return Period(self.manifest.taken_at - timedelta(weeks=self.weeks), self.manifest.taken_at)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Name somebody sales rejected in the period, and why ("": no reason given)."""

    object_type: str
    object_id: str
    reason: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Hold everything measured. `stages_dated`: the CRM tells when stages were entered, not only the present one.

    `reasons` count why sales rejected in the period, `rejected` names whom. `counters` are kinds of which only today's
    number is known.
    """

    crm: str
    account: str
    hashed: bool
    taken_at: datetime
    weeks: int
    period: Period
    people: int
    channel: str | None
    stages_dated: bool
    deals_known: bool
    counters: tuple[str, ...]
    precision: Precision
    acceptance: Acceptance
    reasons: Mapping[str, int]
    reasons_before: Mapping[str, int]
    rejected: tuple[Rejected, ...]
    funnel: Funnel
    channels: tuple[Channel, ...]
    rules: tuple[RuleRecord, ...]
    service: Service
    scores: Scores
    history: ModelHistory
    quality: DataQuality


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Hold what was read of every part."""

    trails: Trails
    pasts: tuple[Past, ...]
    handovers: Sequence[Handover]
    held: Mapping[RuleKey, Truths]
    fired: Mapping[RuleKey, Fired]


@dataclass(frozen=True, slots=True)
class _Nobody:
    """Stand for the one part of a base in which there is nobody."""

    attribute_types: Mapping[str, ValueType]

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
        frame = pl.DataFrame(schema=dict(columns_of(table, self.attribute_types)))
        return frame if columns is None else frame.select(columns)


def make_report(kept: Sequence[People], subject: Subject) -> Report:
    """Read the parts of a snapshot and measure everything."""
    manifest, model, period = subject.manifest, subject.model, subject.period
    parts: Sequence[People] = kept or (_Nobody(manifest.kept.attribute_types),)
    gathered = _gather(parts, subject)
    trails = gathered.trails
    precision = measure_precision(trails, period)
    dated = {name.removeprefix("attribute:") for name in manifest.reconstructable}
    return Report(
        crm=manifest.origin.crm,
        account=manifest.origin.account,
        hashed=manifest.kept.hashed,
        taken_at=manifest.taken_at,
        weeks=subject.weeks,
        period=period,
        people=trails.size,
        channel=subject.channel,
        stages_dated=any(name in manifest.reconstructable for name in _STAGE_FIELDS),
        deals_known="deals" not in manifest.unavailable,
        counters=tuple(sorted(model.used_kinds & frozenset[str]().union(*(past.counters for past in gathered.pasts)))),
        precision=precision,
        acceptance=explain_acceptance(trails, period, subject.history),
        reasons=count_reasons(trails, between(trails.answered, period.since, period.until)),
        reasons_before=count_reasons(trails, between(trails.answered, period.before.since, period.since)),
        rejected=tuple(_rejected(trails, period)),
        funnel=count_funnel(trails, period),
        channels=measure_channels(trails, period, precision.horizon_days) if subject.channel else (),
        rules=judge_rules(
            trails, model, gathered.held, gathered.fired, dated, period, precision.horizon_days
        ),
        service=measure_service(
            gathered.handovers, model.handoff, period, tasks_known=subject.mapping.handoff_key_field is not None
        ),
        scores=_scores(gathered, model, period),
        history=subject.history,
        quality=_quality(parts, subject, dated),
    )  # fmt: skip


def _quality(parts: Sequence[People], subject: Subject, dated: Collection[str]) -> DataQuality:
    quality, manifest = QualityCount(subject.model, subject.period), subject.manifest
    for part in parts:
        quality.add(part)
    failed = sum(manifest.runs[-1].counts.failed.values())
    return quality.result(subject.mapping, manifest.unavailable, dated, failed)


def _rejected(trails: Trails, period: Period) -> Iterator[Rejected]:
    """Yield whom sales rejected in a period, most frequent reason first and the newest first within it."""
    asked = between(trails.answered, period.since, period.until)
    people = np.flatnonzero(asked & (trails.verdict < 0)).tolist()
    places = list(count_reasons(trails, asked))
    for person in sorted(people, key=lambda one: (places.index(trails.reason[one] or ""), -int(trails.answered[one]))):
        yield Rejected(*trails.refs[person], trails.reason[person] or "", trails.owner[person])


def _gather(parts: Sequence[People], subject: Subject) -> _Gathered:
    manifest, model, period, stages = subject.manifest, subject.model, subject.period, subject.mapping.stages_by_value
    pasts = tuple(remember_part(part, manifest.reconstructable, part.attribute_types) for part in parts)
    trails = [read_trails(past, stages, subject.channel, period.until) for past in pasts]
    counters = still_counters(pasts)
    held = [
        fired_at_handoff(past, trail, model, counters, period.until)
        for past, trail in zip(pasts, trails, strict=True)
    ]  # fmt: skip
    fired = [count_firings(part, model, period) for part in parts]
    handovers = [
        handover
        for past, part in zip(pasts, parts, strict=True)
        for handover in read_handovers(past, part.table("tasks"), stages, model.handoff, period.until)
    ]
    return _Gathered(
        trails=join_trails(trails),
        pasts=pasts,
        handovers=handovers,
        held={key: np.concatenate([one[key] for one in held]) for key in held[0]},
        fired={key: reduce(Fired.__add__, (one[key] for one in fired)) for key in fired[0]},
    )


def _scores(gathered: _Gathered, model: Model, period: Period) -> Scores:
    now, before = (
        join_scores([score_at(past, model, instant) for past in gathered.pasts])
        for instant in (period.until, period.since)
    )
    return compare_scores(gathered.trails, now, before, model, period)
