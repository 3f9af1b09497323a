"""Show a backtest on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.cli.session import Session
from connector.cli.words import count_text, fixed_text

if TYPE_CHECKING:
    from connector.study.backtest import Backtest, Tested
    from connector.study.learning.intervals import Estimate


class BacktestView:
    """Write the parts of a backtest in the user's language."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._say = session.say

    def render(self, found: Backtest) -> RenderableType:
        """Return the evidence, the comparison of the models, then what is behind it, model by model."""
        parts: list[RenderableType] = [Text(line) for line in self._sentences(found)]
        parts += [Text(), self.comparison(found)]
        for tested in found.tested:
            for heading, table in self._tables(tested):
                parts += [Text(), Text(heading, style="bold"), table]
        return Group(*parts)

    def _sentences(self, found: Backtest) -> Iterator[str]:
        yield self._say(
            "learn_evidence", rows=self._count(found.rows), people=self._count(found.people),
            winners=self._count(found.winners), days=self._count(round(found.horizon_days)),
        )  # fmt: skip
        if found.first_at and found.last_at:
            first, last = (instant.date().isoformat() for instant in (found.first_at, found.last_at))
            yield self._say("learn_span", first=first, last=last)
        if found.assumed:
            yield self._say("learn_assumed", names=", ".join(found.assumed))
        if found.not_reconstructable:
            yield self._say("backtest_blind", names=", ".join(found.not_reconstructable))
        if found.segments_today:
            yield self._say("backtest_today", names=", ".join(found.segments_today))
        if found.at_handoff:
            yield self._say("learn_at_handoff")
        if found.counters:
            yield self._say("learn_counters", names=", ".join(found.counters))
        yield self._say("backtest_capacity", count=fixed_text(found.per_week, self._session.locale, 1))
        if not found.is_enough:
            yield self._say("backtest_few", winners=self._count(found.winners))

    def comparison(self, found: Backtest) -> Table:
        """Return the table that compares the models by what their own thresholds would have done."""
        table = self._table("model", "tasks", "precision", "found", "lead")
        for tested in found.tested:
            verdict = tested.verdict
            lead = "—" if verdict.lead_days is None else self._days(*verdict.lead_days)
            table.add_row(
                _short(tested.name), fixed_text(verdict.tasks_per_week, self._session.locale, 1),
                self._share(verdict.precision), self._share(verdict.found), lead,
            )  # fmt: skip
        return table

    def _tables(self, tested: Tested) -> Iterator[tuple[str, Table]]:
        if tested.folds:
            yield self._say("backtest_folds", name=_short(tested.name)), self._folds(tested)
            yield self._say("backtest_reliability", name=_short(tested.name)), self._reliability(tested)
        for attribute in tested.segments:
            heading = self._say("backtest_segment", name=_short(tested.name), attribute=attribute)
            yield heading, self._segments(tested, attribute)

    def _folds(self, tested: Tested) -> Table:
        table = self._table("stretch", "wins", "auc", "lift", "skill", "recall", "expected")
        for place, fold in enumerate(tested.folds):
            table.add_row(
                str(place + 1), self._count(fold.wins), self._number(fold.auc, 2),
                fixed_text(fold.lift, self._session.locale, 1), fixed_text(fold.skill, self._session.locale, 2),
                self._share(fold.recall), self._count(round(fold.expected)),
            )  # fmt: skip
        return table

    def _reliability(self, tested: Tested) -> Table:
        table = self._table("said", "came", "rows")
        for one in tested.reliability:
            table.add_row(self._pct(one.said), self._share(one.won), self._count(one.rows))
        return table

    def _segments(self, tested: Tested, attribute: str) -> Table:
        table = self._table("value", "people", "wins", "found", "precision")
        for one in tested.segments[attribute]:
            value = self._say("backtest_blank") if one.value is None else one.value
            counts = self._count(one.people), self._count(one.winners)
            table.add_row(value, *counts, self._share(one.found), self._share(one.precision))
        return table

    def _table(self, *columns: str) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for place, column in enumerate(columns):
            table.add_column(self._say(f"backtest_{column}"), justify="left" if place == 0 else "right")
        return table

    def _count(self, number: int) -> str:
        return count_text(number, self._session.locale)

    def _pct(self, share: float) -> str:
        return "—" if share != share else f"{fixed_text(100 * share, self._session.locale, 0)} %"

    def _share(self, share: Estimate) -> str:
        low, high = (fixed_text(100 * end, self._session.locale, 0) for end in (share.low, share.high))
        return f"{self._pct(share.value)} ({low}–{high})"

    def _number(self, number: Estimate, decimals: int) -> str:
        value, low, high = (fixed_text(one, self._session.locale, decimals)
                            for one in (number.value, number.low, number.high))  # fmt: skip
        return f"{value} ({low}–{high})"

    def _days(self, low: float, median: Estimate, high: float) -> str:
        ends = (fixed_text(one, self._session.locale, 0) for one in (median.value, low, high))
        return "{} ({}–{})".format(*ends)


def _short(name: str) -> str:
    """Return a file's name without its folders."""
    return PurePath(name).name
