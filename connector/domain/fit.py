"""Tell how well a profile matches the target, keeping what is unknown apart from what is false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from connector.domain.conditions import Truth, evaluate
from connector.domain.model import Criterion, FitRules
from connector.domain.person import Person

Verdict: TypeAlias = Literal["fit", "unfit", "undetermined"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Say what the verdict would be if one unknown criterion were known either way."""

    criterion: Criterion
    if_matched: Verdict
    if_not_matched: Verdict


@dataclass(frozen=True, slots=True)
class Fit:
    """Hold the fit of one person: percents unrounded, `completeness` a share 0-1, `pct` None when nothing is known.

    `settled_by`: unknown criteria each of which, known either way, ends an undetermined verdict (heaviest first).
    `could_lift`: unknown criteria each of which alone, if matched, makes an unfit person fit.
    `distance`: percent points up to the threshold, None without `pct`.
    """

    verdict: Verdict
    pct: float | None
    low: float
    high: float
    completeness: float
    states: tuple[tuple[Criterion, Truth], ...]
    missing: tuple[Missing, ...]
    settled_by: tuple[str, ...]
    could_lift: tuple[str, ...]
    distance: float | None


@dataclass(frozen=True, slots=True)
class _Shares:
    verdict: Verdict
    pct: float | None
    low: float
    high: float
    completeness: float


def measure_fit(rules: FitRules, person: Person, now: datetime) -> Fit:
    """Evaluate every criterion and weigh them in file order. Pure."""
    states = criterion_states(rules, person, now)
    shares = _weigh(rules, [truth for _, truth in states])
    missing = _what_if(rules, states)
    settled: Sequence[Missing] = ()
    if shares.verdict == "undetermined":
        settled = [gap for gap in missing if "undetermined" not in (gap.if_matched, gap.if_not_matched)]
    lifting = [gap for gap in missing if gap.if_matched == "fit"] if shares.verdict == "unfit" else []
    return Fit(
        verdict=shares.verdict,
        pct=shares.pct,
        low=shares.low,
        high=shares.high,
        completeness=shares.completeness,
        states=states,
        missing=missing,
        settled_by=tuple(gap.criterion.id for gap in sorted(settled, key=lambda gap: -gap.criterion.weight)),
        could_lift=tuple(gap.criterion.id for gap in lifting),
        distance=None if shares.pct is None else max(0.0, rules.threshold - shares.pct),
    )


def fit_verdict(rules: FitRules, person: Person, now: datetime) -> Verdict:
    """Return the verdict alone, for asking again at another instant."""
    return _weigh(rules, [truth for _, truth in criterion_states(rules, person, now)]).verdict


def criterion_states(rules: FitRules, person: Person, now: datetime) -> tuple[tuple[Criterion, Truth], ...]:
    return tuple((criterion, evaluate(criterion.when, person, None, now)) for criterion in rules.criteria)


def exclusions_that_hold(rules: FitRules, person: Person, now: datetime) -> tuple[str, ...]:
    """Return the ids of the exclusions that are MATCHED; an unknown one excludes nobody."""
    return tuple(
        exclusion.id for exclusion in rules.exclusions if evaluate(exclusion.when, person, None, now) is Truth.MATCHED
    )


def persona_of(rules: FitRules, person: Person, now: datetime) -> str | None:
    """Return the first persona that matches, else the attribute `persona`."""
    for persona in rules.personas:
        if evaluate(persona.when, person, None, now) is Truth.MATCHED:
            return persona.id
    return person.text("persona")


def _weigh(rules: FitRules, truths: Sequence[Truth]) -> _Shares:
    whole = matched = unknown_or_matched = known = 0.0
    for criterion, truth in zip(rules.criteria, truths, strict=True):
        whole += criterion.weight
        if truth is Truth.MATCHED:
            matched += criterion.weight
        if truth is not Truth.NOT_MATCHED:
            unknown_or_matched += criterion.weight
        if truth is not Truth.UNKNOWN:
            known += criterion.weight
    low, high = 100 * matched / whole, 100 * unknown_or_matched / whole
    pct = 100 * matched / known if known else None
    completeness = known / whole
    return _Shares(_verdict(rules, low, high, pct, completeness), pct, low, high, completeness)


def _verdict(rules: FitRules, low: float, high: float, pct: float | None, completeness: float) -> Verdict:
    enough = pct is not None and completeness >= rules.min_completeness
    if high < rules.threshold or (enough and pct is not None and pct < rules.threshold):
        return "unfit"
    if low >= rules.threshold or enough:
        return "fit"
    return "undetermined"


def _what_if(rules: FitRules, states: Sequence[tuple[Criterion, Truth]]) -> tuple[Missing, ...]:
    truths = [truth for _, truth in states]

    def verdict_with(position: int, truth: Truth) -> Verdict:
        return _weigh(rules, [*truths[:position], truth, *truths[position + 1 :]]).verdict

    return tuple(
        Missing(criterion, verdict_with(position, Truth.MATCHED), verdict_with(position, Truth.NOT_MATCHED))
        for position, (criterion, truth) in enumerate(states)
        if truth is Truth.UNKNOWN
    )
