"""Draw the score in text: the last 60 days, the next 30 if nothing happens, and the thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from connector.cli.session import Session
from connector.domain.decision import Decision, qualify
from connector.domain.person import Timeline
from connector.domain.wording import number_text

PAST_DAYS: Final = 60
FUTURE_DAYS: Final = 30
_HEIGHT: Final = 8
_LABEL: Final = 6
_WIDEST: Final = 91
_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Curve:
    """Draw a score over time in as many columns as the terminal offers, one a day at most."""

    decision: Decision
    timeline: Timeline
    session: Session

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(20, min(_WIDEST, options.max_width - _LABEL - 1))
        scores = list(self._scores(width))
        today = round(PAST_DAYS / (PAST_DAYS + FUTURE_DAYS) * (width - 1))
        thresholds = self._thresholds()
        top = 1.1 * max([*scores, *thresholds, 1.0])
        for row in reversed(range(_HEIGHT)):
            yield self._row(row, scores, today, top, thresholds)
        yield Text(f"{'0':>{_LABEL - 1}} └{'─' * today}┴{'─' * (width - today - 1)}", style="dim")
        yield self._dates(width, today)
        legend = " · ".join(thresholds.values())
        yield Text(f"{'':>{_LABEL}}┄ {legend}", style="dim")

    def _scores(self, width: int) -> Iterator[float]:
        decision = self.decision
        start = decision.decided_at - timedelta(days=PAST_DAYS)
        step = timedelta(days=PAST_DAYS + FUTURE_DAYS) / (width - 1)
        for column in range(width):
            at = start + column * step
            then = qualify(decision.person, self.timeline, decision.model, at, decision.before, review=False)
            yield then.engagement.score

    def _thresholds(self) -> Mapping[float, str]:
        policy, locale = self.decision.model.stages, self.session.locale
        named = {"curve_exit": policy.mql_exit, "curve_enter": policy.mql_enter, "curve_sql": policy.sql_enter}
        return {
            points: self.session.say(key, points=number_text(points, locale))
            for key, points in named.items()
            if points is not None
        }

    def _row(self, row: int, scores: Sequence[float], today: int, top: float, thresholds: Mapping[float, str]) -> Text:
        low, high = row * top / _HEIGHT, (row + 1) * top / _HEIGHT
        crossed = [points for points in thresholds if low <= points < high]
        label = number_text(max(crossed), self.session.locale) if crossed else ""
        line = Text(f"{label:>{_LABEL - 1}} │", style="dim")
        for column, score in enumerate(scores):
            filled = round(8 * (score - low) / (high - low))
            if filled > 0:
                style = "cyan" if column <= today else "bright_black"
                line.append(_EIGHTHS[min(8, filled)], style=style)
            else:
                line.append("┄" if crossed else " ", style="dim")
        return line

    def _dates(self, width: int, today: int) -> Text:
        said = self.session.say
        left, right = said("days_ago", days=PAST_DAYS), said("days_ahead", days=FUTURE_DAYS)
        middle = said("that_day")
        gap = max(1, today - len(left) - len(middle) // 2)
        line = f"{left}{' ' * gap}{middle}"
        return Text(f"{'':>{_LABEL}}{line}{right:>{max(1, width - len(line) + 1)}}", style="dim")


def render_curve(decision: Decision, timeline: Timeline, session: Session) -> Curve:
    """Return the drawing."""
    return Curve(decision, timeline, session)
