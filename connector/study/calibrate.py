"""Propose changes of a model file from won and lost: learn on the older decisions, publish what beats the file on the
newest, and say why when nothing does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

import numpy as np
import yaml

from connector.domain.model import Model
from connector.domain.person import ValueType
from connector.domain.timeline import DAY_US
from connector.study.calibrate_edits import (
    Change,
    Draft,
    edit_caps,
    edit_fit_threshold,
    edit_thresholds,
    edits_of,
    to_changes,
)
from connector.study.calibrate_learn import (
    Comparison,
    Halves,
    Learner,
    choose_half_life,
    compare_models,
    split_inside,
    split_newest,
)
from connector.study.calibrate_shift import Shift, find_shift
from connector.study.learning.caps import choose_caps
from connector.study.learning.card import Splits
from connector.study.learning.fit_file import new_criteria
from connector.study.learning.handoffs import choose_panel
from connector.study.learning.leaks import Leak, find_leaks
from connector.study.learning.panel import (
    PERIOD_DAYS,
    Panel,
    counters_of,
    lay_out_recent,
    remember_parts,
    score_panel,
)
from connector.study.learning.proposed import Criterion
from connector.study.learning.signal_terms import usual_half_life
from connector.study.learning.thresholds import (
    fit_threshold_like,
    threshold_for_precision,
    threshold_for_volume,
    volume_at,
)
from connector.study.needs import attributes_asked
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import attribute_column

ENOUGH_WINNERS: Final = 50
ENOUGH_LOSSES: Final = 50
ENOUGH_OLDER: Final = 20
ENOUGH_NEWEST: Final = 10
RECENT_PERIODS: Final = 3
_WEEKS_A_PERIOD: Final = 4.0

RefusalWhy: TypeAlias = Literal[
    "few_wins", "few_losses", "few_older", "few_newest", "nothing_to_learn", "no_gain", "no_threshold"
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hold what the user asked for. `known_before` are attributes they vouch for; `per_week` is how many people sales
    can take a week, `precision` the share of them to be won; without either as many are handed over as today."""

    known_before: frozenset[str] = frozenset()
    per_week: float | None = None
    precision: float | None = None
    new_criteria: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Say why nothing is proposed; `have` and `need` count winners, losses, or neither."""

    why: RefusalWhy
    have: int = 0
    need: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what there was to learn from. `assumed` are attributes taken as they are today: no history tells;
    `counters` are kinds of events of which only today's number is known: these were left out.
    `at_handoff`: each person was looked at once, because nobody was long enough in marketing's hands.
    """

    rows: int
    people: int
    winners: int
    horizon_days: float
    leaks: tuple[Leak, ...]
    assumed: tuple[str, ...]
    counters: tuple[str, ...]
    at_handoff: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """Hold what was found. `text` is the proposed file: None with a refusal. `half_lives` maps days to log loss."""

    evidence: Evidence
    refusal: Refusal | None = None
    changes: tuple[Change, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    comparison: Comparison | None = None
    half_lives: tuple[tuple[float | None, float], ...] = ()
    tau: float = 0.0
    shift: Shift | None = None
    per_week: tuple[float, float] | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Calibrate one model file on the parts of a snapshot.

    `dated` are the fields whose history it keeps; `parse` reads a text as the model file is read; `stages` says
    which stage a value of the CRM's stands for.
    """

    parts: Sequence[People]
    attribute_types: Mapping[str, ValueType]
    dated: frozenset[str]
    text: str
    parse: Callable[[str], Model]
    now: datetime
    wanted: Wanted = Wanted()
    stages: Mapping[str, str] = field(default_factory=dict)

    def calibrate(self) -> Calibration:
        """Return a proposal, or why there is none."""
        parts, types, dated = self.parts, self.attribute_types, self.dated
        leaks = find_leaks(remember_parts(parts, dated, types, self.stages), self.wanted.known_before)
        leaked = {leak.attribute for leak in leaks}
        assumed = frozenset(types) - leaked
        pasts = remember_parts(parts, dated - {attribute_column(name) for name in leaked}, assumed, self.stages)
        panel, at_handoff = choose_panel(pasts, self.now, PERIOD_DAYS, ENOUGH_WINNERS)
        evidence = Evidence(
            rows=panel.size,
            people=len(set(panel.person.tolist())),
            winners=panel.winners(),
            horizon_days=panel.horizon_days,
            leaks=tuple(leaks),
            assumed=tuple(sorted((assumed - _named(dated)) & attributes_asked(self.parse(self.text)))),
            counters=counters_of(tuple(one.past for one in panel.slices) or pasts, self.parse(self.text)),
            at_handoff=at_handoff,
        )
        halves = split_newest(panel)
        refusal = _too_few(panel, halves)
        if refusal is not None:
            return Calibration(evidence, refusal)
        recent = panel if at_handoff else lay_out_recent(pasts, self.now, RECENT_PERIODS)
        return self._learn(Calibration(evidence), panel, halves, recent)

    def _learn(self, found: Calibration, panel: Panel, halves: Halves, recent: Panel) -> Calibration:
        """Learn on the older rows, and go on with what beats the file on the newest."""
        model = self.parse(self.text)
        before = score_panel(panel, model, lenient=True)
        found = replace(found, shift=find_shift(panel, halves, before, self._looked_at(found.evidence, model)))
        learner = Learner(panel, model, self._attributes(found.evidence))
        splits = split_inside(panel, halves.learn)
        losses = learner.half_life_losses(splits)
        half_life = choose_half_life(losses, usual_half_life(model))
        tau = learner.choose_tau(half_life, splits)
        curve = tuple((life, float(one.mean())) for life, one in losses.items() if len(one))
        found = replace(found, half_lives=curve, tau=tau)
        card, cuts = learner.learn(half_life, halves.learn, tau)
        draft = Draft(edits_of(model, card, half_life, _own_half_lives(self.text)))
        draft = replace(draft, criteria=new_criteria(model.fit, card, cuts) if tau else [])
        draft = self._cap(draft, model, panel, splits)
        if draft.is_empty:
            return replace(found, refusal=Refusal("nothing_to_learn"))
        fit_threshold = fit_threshold_like(recent, model.fit, self._read(draft).fit)
        draft = draft.with_edits(edit_fit_threshold(model, fit_threshold))
        comparison = compare_models(panel, halves, before, score_panel(panel, self._read(draft), lenient=True))
        found = replace(found, comparison=comparison)
        if not comparison.is_better:
            return replace(found, refusal=Refusal("no_gain"))
        return self._place_threshold(found, model, draft, (panel, recent))

    def _read(self, draft: Draft) -> Model:
        return self.parse(draft.write(self.text))

    def _cap(self, draft: Draft, model: Model, panel: Panel, splits: Splits) -> Draft:
        """Choose the caps beside the points of a draft."""
        rules = choose_caps(panel, self._read(draft), splits)
        others = [edit for edit in draft.edits if edit.path[-1] != "cap"]
        return replace(draft, edits=[*others, *edit_caps(model.engagement, rules)])

    def _looked_at(self, evidence: Evidence, model: Model) -> frozenset[str]:
        """Return the attributes of which a change is worth telling: those the model asks about."""
        return attributes_asked(model) & self.attribute_types.keys() - {leak.attribute for leak in evidence.leaks}

    def _attributes(self, evidence: Evidence) -> tuple[str, ...]:
        """Return the attributes that may get criteria of their own."""
        if not self.wanted.new_criteria:
            return ()
        leaked = {leak.attribute for leak in evidence.leaks}
        return tuple(
            name
            for name, kind in self.attribute_types.items()
            if name not in leaked and kind in ("text", "number", "boolean")
        )

    def _place_threshold(
        self, found: Calibration, model: Model, draft: Draft, panels: tuple[Panel, Panel]
    ) -> Calibration:
        """Place the threshold of the proposal, write the file and read it back."""
        panel, recent = panels
        after = self._read(draft)
        now, then = (score_panel(recent, one, lenient=True) for one in (model, after))
        periods = RECENT_PERIODS if recent is not panel else _periods(panel)
        volume = volume_at(now, periods, model.stages.mql_enter)
        if self.wanted.precision is not None:
            enter = threshold_for_precision(score_panel(panel, after, lenient=True), panel.won, self.wanted.precision)
            if enter is None:
                return replace(found, refusal=Refusal("no_threshold"))
        else:
            wished = volume if self.wanted.per_week is None else self.wanted.per_week * _WEEKS_A_PERIOD
            enter = threshold_for_volume(then, periods, wished)
        draft = draft.with_edits(edit_thresholds(model, enter))
        self._read(draft)
        per_week = (volume / _WEEKS_A_PERIOD, volume_at(then, periods, enter) / _WEEKS_A_PERIOD)
        return replace(
            found,
            changes=tuple(to_changes(model, draft.edits)),
            criteria=tuple(draft.criteria),
            per_week=per_week,
            text=draft.write(self.text),
        )


def _too_few(panel: Panel, halves: Halves) -> Refusal | None:
    """Say what is missing before anything can be learnt."""
    winners, losses = panel.winners(), len(set(panel.person[~panel.won].tolist()))
    newest = panel.winners(halves.compare)
    if winners < ENOUGH_WINNERS:
        return Refusal("few_wins", winners, ENOUGH_WINNERS)
    if losses < ENOUGH_LOSSES:
        return Refusal("few_losses", losses, ENOUGH_LOSSES)
    older = panel.winners(halves.learn)
    if older < ENOUGH_OLDER:
        return Refusal("few_older", older, ENOUGH_OLDER)
    if newest < ENOUGH_NEWEST:
        return Refusal("few_newest", newest, ENOUGH_NEWEST)
    return None


def _periods(panel: Panel) -> int:
    """Return over how many periods the rows lie."""
    span_us = int(np.ptp(panel.at_us))
    return max(1, round(span_us / (PERIOD_DAYS * DAY_US)))


def _named(fields: Collection[str]) -> frozenset[str]:
    return frozenset(field.removeprefix("attribute:") for field in fields)


def _own_half_lives(text: str) -> list[bool]:
    """Tell which signals of a file write a half-life of their own."""
    signals = yaml.safe_load(text)["engagement"]["signals"]
    return ["half_life_days" in signal for signal in signals]
