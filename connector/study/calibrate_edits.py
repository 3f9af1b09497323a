"""Turn learnt numbers into the changes of a model file, and these into its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from connector.domain.model import EngagementRules, Model, Signal
from connector.study.learning.card import Card
from connector.study.learning.fit_file import edit_weights
from connector.study.learning.model_text import Edit, edit_model
from connector.study.learning.proposed import Criterion
from connector.study.learning.signal_terms import scaled_cap, usual_half_life


@dataclass(frozen=True, slots=True)
class Change:
    """Say what one number of the file becomes; `rule` is its id or its group, None for a threshold or a default."""

    path: str
    rule: str | None
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold what a proposal changes of a file, and the criteria it adds."""

    edits: Sequence[Edit]
    criteria: Sequence[Criterion] = ()

    @property
    def is_empty(self) -> bool:
        return not self.edits and not self.criteria

    def with_edits(self, more: Iterable[Edit]) -> Draft:
        return replace(self, edits=[*self.edits, *more])

    def write(self, text: str) -> str:
        """Return the text of a model file with all of it."""
        return edit_model(text, self.edits, self.criteria)


def edit_points(model: Model, card: Card) -> Iterator[Edit]:
    """Yield the edits of signals: points, and caps that stop them after as many events as before."""
    rules, begin = model.engagement, len(model.fit.criteria)
    learnt = card.points[begin : begin + len(rules.signals)].tolist()
    for place, (signal, points) in enumerate(zip(rules.signals, learnt, strict=True)):
        if points != signal.points:
            yield Edit(("engagement", "signals", place, "points"), float(points))
            cap = scaled_cap(signal, points)
            if cap != signal.cap:
                yield Edit(("engagement", "signals", place, "cap"), cap)


def edit_half_lives(model: Model, days: float | None, own: Sequence[bool]) -> Iterator[Edit]:
    """Yield the edits of half-lives; `own` says which signals write theirs down: the others follow the default."""
    usual = usual_half_life(model)
    if days == usual:
        return
    yield Edit(("engagement", "half_life_days"), days, "floor")
    for place, (signal, writes) in enumerate(zip(model.engagement.signals, own, strict=True)):
        if writes and signal.half_life_days == usual:
            yield Edit(("engagement", "signals", place, "half_life_days"), days)


def edit_caps(before: EngagementRules, after: EngagementRules) -> Iterator[Edit]:
    """Yield the edits of caps, of groups and of signals."""
    for name, cap in after.groups.items():
        if cap != before.groups[name]:
            yield Edit(("engagement", "groups", name, "cap"), cap)
    for place, (old, new) in enumerate(zip(before.signals, after.signals, strict=True)):
        if new.cap != old.cap:
            yield Edit(("engagement", "signals", place, "cap"), new.cap)


def edit_fit_threshold(model: Model, threshold: float) -> Iterator[Edit]:
    if threshold != model.fit.threshold:
        yield Edit(("fit", "threshold"), float(threshold))


def edit_thresholds(model: Model, enter: float) -> Iterator[Edit]:
    """Yield the edits of the MQL's thresholds; the way out keeps its distance to the way in."""
    policy = model.stages
    if enter == policy.mql_enter:
        return
    share = policy.mql_exit / policy.mql_enter if policy.mql_enter else 0.75
    yield Edit(("stages", "mql", "enter"), float(enter))
    yield Edit(("stages", "mql", "exit"), round(enter * share * 2) / 2, "enter")


def edits_of(model: Model, card: Card, half_life: float | None, own_half_lives: Sequence[bool]) -> list[Edit]:
    return [*edit_weights(model.fit, card), *edit_points(model, card),
            *edit_half_lives(model, half_life, own_half_lives)]  # fmt: skip


def to_changes(model: Model, edits: Sequence[Edit]) -> list[Change]:
    """Say of each edit what it replaces."""
    return [_to_change(model, edit) for edit in edits]


def _to_change(model: Model, edit: Edit) -> Change:
    path = ".".join(str(step) for step in edit.path)
    if edit.path[:2] == ("fit", "criteria"):
        rule = model.fit.criteria[int(edit.path[2])]
        return Change(path, rule.id, rule.weight, edit.value)
    if edit.path[:2] == ("engagement", "signals"):
        signal = model.engagement.signals[int(edit.path[2])]
        return Change(path, signal.id, _held(signal, str(edit.path[3])), edit.value)
    if edit.path[:2] == ("engagement", "groups"):
        return Change(path, str(edit.path[2]), model.engagement.groups[str(edit.path[2])], edit.value)
    before = {
        "fit.threshold": model.fit.threshold,
        "engagement.half_life_days": usual_half_life(model),
        "stages.mql.enter": model.stages.mql_enter,
        "stages.mql.exit": model.stages.mql_exit,
    }
    return Change(path, None, before[path], edit.value)


def _held(signal: Signal, key: str) -> float | None:
    return {"points": signal.points, "cap": signal.cap, "half_life_days": signal.half_life_days}[key]
