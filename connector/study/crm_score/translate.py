"""Translate scores that a CRM keeps into the rules of a model: as near as they come, with every difference listed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.domain.mapping import AttributeOwner, AttributeSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.ports import FieldInfo
from connector.study.crm_score.attributes import Attributes
from connector.study.crm_score.definition import Bounds, Category, Output, Score
from connector.study.crm_score.fit_rules import FitBuilder, FitRule, highest_fit
from connector.study.crm_score.gaps import Gap, Where
from connector.study.crm_score.signal_rules import SignalBuilder, SignalRule

_BOTH = frozenset[Category](("fit", "engagement"))


@dataclass(frozen=True, slots=True)
class FitPart:
    """Hold the fit rules. Points of the CRM are `base` plus the weights of the criteria that match.

    `threshold_points` is where its second label begins, `most` what its score can reach.
    """

    criteria: tuple[FitRule, ...]
    exclusions: tuple[FitRule, ...]
    base: float
    most: float | None
    threshold_points: float | None

    @property
    def threshold_pct(self) -> float | None:
        """Return the threshold in percent of the whole weight."""
        whole = sum(rule.points for rule in self.criteria)
        if self.threshold_points is None or not whole:
            return None
        return max(0.0, min(100.0, round(100 * (self.threshold_points - self.base) / whole, 2)))


@dataclass(frozen=True, slots=True)
class EngagementPart:
    """Hold the signals with the caps of their groups; `enter` is where the CRM's highest label begins."""

    signals: tuple[SignalRule, ...]
    caps: Mapping[str, float]
    floor: float
    ceiling: float
    enter: float | None


@dataclass(frozen=True, slots=True)
class Translation:
    """Hold what scores become. A part is None where no rule of it could be said: the model's own stays then.

    `added` are attributes the mapping lacks; `outputs` the CRM's properties to compare with, `hands` where the highest
    label begins on each of them.
    """

    scores: tuple[Score, ...]
    fit: FitPart | None
    engagement: EngagementPart | None
    gaps: tuple[Gap, ...]
    added: tuple[AttributeSource, ...]

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Return the properties whose sum the model can answer, each once."""
        told = {name for name, part in (("fit", self.fit), ("engagement", self.engagement)) if part is not None}
        found = {output.property: output for score in self.scores for output in score.outputs}
        return tuple(output for output in found.values() if output.categories <= told)

    def hands_from(self, output: Output) -> float | None:
        """Return the points from which the CRM gives its highest label on this sum."""
        return _highest_start([bounds for score in self.scores for bounds in score.bounds], output.categories)


def translate(
    scores: Sequence[Score],
    mapping: FieldMapping,
    fields: Mapping[AttributeOwner, Mapping[str, FieldInfo]],
    *,
    may_add: bool,
    taken: Collection[str] = (),
) -> Translation:
    """Translate scores, no category of which is in two of them. Pure; what cannot be said is a gap, never an error.

    `taken` are the ids of exclusions that stay in the model.
    """
    gaps: list[Gap] = []
    attributes = Attributes(mapping, fields, may_add)
    fit_groups = [group for score in scores for group in score.groups if group.category == "fit"]
    fit = FitBuilder(attributes, gaps, highest_fit(fit_groups), set(taken))
    engagement = SignalBuilder(mapping, gaps)
    for score in scores:
        for group in score.groups:
            builder = fit if group.category == "fit" else engagement
            builder.add(score.name, group)
        if score.categories == _BOTH:
            gaps.append(Gap(Where(score.name), "one_number"))
        if score.segments != "all":
            gaps.append(Gap(Where(score.name), "segments"))
    return Translation(
        tuple(scores), _fit_part(fit, scores), _engagement_part(engagement, scores), tuple(gaps),
        tuple(attributes.added.values()),
    )  # fmt: skip


def _fit_part(builder: FitBuilder, scores: Sequence[Score]) -> FitPart | None:
    if not builder.criteria:
        return None
    bounds = [bounds for score in scores for bounds in score.bounds if bounds.categories == {"fit"}]
    threshold = next((one.starts[1] if len(one.starts) > 1 else one.starts[0] for one in bounds), None)
    most = next((score.most for score in scores if "fit" in score.categories), None)
    return FitPart(tuple(builder.criteria), tuple(builder.exclusions), builder.base, most, threshold)


def _engagement_part(builder: SignalBuilder, scores: Sequence[Score]) -> EngagementPart | None:
    if not builder.signals:
        return None
    stated = [score for score in scores if "engagement" in score.categories]
    most = next((score.most for score in stated if score.most is not None and score.most > 0), 100.0)
    takes_away = any(signal.points < 0 for signal in builder.signals)
    enter = _highest_start([bounds for score in stated for bounds in score.bounds], frozenset(("engagement",)))
    return EngagementPart(
        tuple(builder.signals),
        builder.caps,
        floor=-most if takes_away else 0.0,
        ceiling=most,
        enter=enter if enter is not None and enter > 0 else None,
    )


def _highest_start(bounds: Sequence[Bounds], categories: frozenset[Category]) -> float | None:
    return next((one.starts[-1] for one in bounds if one.categories == categories), None)


def extend_mapping(mapping: FieldMapping, added: Sequence[AttributeSource]) -> FieldMapping:
    """Return the mapping with further attributes."""
    return replace(mapping, attributes={**mapping.attributes, **{source.name: source for source in added}})
