"""Add up a plan while its lines stream by, keeping no person but a sample."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from connector.domain.model import Locale, Model
from connector.domain.person import Stage
from connector.domain.values import rounded
from connector.forecast import Forecast
from connector.study.model_changes import list_model_changes
from connector.study.plan import Line, RuleEffect, Totals

NOBODY: Final = "-"
"""Stands for no stage yet, and for no owner."""
_SAMPLES_PER_MOVE: Final = 3
_STAMP: Final = "model"


@dataclass(slots=True)
class Sums:
    """Collect the sums of a plan. `write_back` tells which field only names the model, `given` who has tasks."""

    write_back: Mapping[str, str]
    given: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    matrix: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lines: int = 0
    moved: int = 0
    stamped: int = 0
    demoted: int = 0
    overridden: int = 0
    held_by_person: int = 0
    closings: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    tasks: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _touched: Counter[str] = field(default_factory=Counter)
    _points: Counter[str] = field(default_factory=Counter)
    _sample: dict[tuple[str | None, str], list[Line]] = field(default_factory=lambda: defaultdict(list))

    def count(self, before: Stage | None, after: Stage) -> None:
        """Count somebody in the matrix, whether anything is written of them or not."""
        self.matrix[before or NOBODY][after] += 1

    def add(self, line: Line) -> None:
        self.lines += 1
        self.closings += line.closings
        if line.task is not None:
            self.tasks[line.task.owner or NOBODY][line.task.day] += 1
        if not line.moves:
            self.stamped += all(self.write_back.get(name) == _STAMP for name in line.changes) and line.task is None
            return
        self.moved += 1
        self.demoted += line.is_demotion
        self.overridden += line.by_person
        self.causes.update(line.causes)
        self.rules[line.rule or NOBODY] += 1
        for change in line.points:
            self._touched[change.rule] += 1
            self._points[change.rule] += change.after - change.before  # type: ignore[assignment]
        kept = self._sample[line.stage_from, line.stage_to]
        if len(kept) < _SAMPLES_PER_MOVE:
            kept.append(line)

    def finish(self, before: Model, after: Model, locale: Locale, forecast: Forecast) -> Totals:
        """Return the totals; the sample has some of every move, the most frequent move first."""
        whys = {
            signal.id: signal.why.in_locale(locale) for model in (before, after) for signal in model.engagement.signals
        }
        moves = sorted(self._sample, key=lambda move: -self.matrix[move[0] or NOBODY][move[1]])
        return Totals(
            matrix={stage: dict(row) for stage, row in self.matrix.items()},
            lines=self.lines,
            moved=self.moved,
            refreshed=self.lines - self.moved,
            stamped=self.stamped,
            demoted=self.demoted,
            overridden=self.overridden,
            held_by_person=self.held_by_person,
            causes=dict(self.causes.most_common()),
            rules=dict(self.rules.most_common()),
            effects=tuple(
                RuleEffect(rule, whys.get(rule, rule), people, rounded(float(self._points[rule])))
                for rule, people in self._touched.most_common()
            ),
            tasks={owner: dict(sorted(days.items())) for owner, days in sorted(self.tasks.items())},
            closings=self.closings,
            model_changes=list_model_changes(before, after),
            calls=dict(forecast.calls),
            seconds=forecast.seconds,
            given=self.given,
            sample=tuple(line for move in moves for line in self._sample[move]),
        )
