"""Show the sum behind a score: every rule, every event, every cap, to the last digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from connector.cli.session import Session
from connector.cli.words import count_text, fixed_text
from connector.domain.decision import Decision
from connector.domain.engagement import Contribution, Counted
from connector.domain.model import Signal
from connector.domain.person import Event
from connector.domain.reasons import contribution_reason, day, signal_of
from connector.domain.timeline import age_days_us, to_us
from connector.domain.values import rounded
from connector.domain.wording import number_text, one_line

MOST_EVENTS: Final = 5
"""How many events of one rule are listed one by one, newest first."""


def render_score(decision: Decision, session: Session) -> RenderableType:
    """Return the table of contributions. The last column adds up to the total as it is printed."""
    lines = decision.engagement.contributions
    if not lines:
        return Text(session.say("nothing_counted"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    table.add_column(session.say("rule_and_event"), ratio=1, no_wrap=True, overflow="ellipsis")
    for key in ("times", "points_then", "age_days", "points_now", "share"):
        table.add_column(session.say(key), justify="right", no_wrap=True)
    for line in lines:
        _add_line(table, decision, line, session)
    _add_total(table, decision, session)
    return table


def _add_line(table: Table, decision: Decision, line: Contribution, session: Session) -> None:
    share = fixed_text(line.points, session.locale)
    if line.kind != "signal":
        table.add_row(Text(contribution_reason(decision, line, session.locale), style="yellow"), "", "", "", "", share)
        return
    signal, hits = signal_of(decision, line), decision.engagement.counted[line.rule]
    label = Text.assemble((signal.why.in_locale(session.locale), "bold"), (f"  {signal.id}", "dim"))
    table.add_row(label, "", "", "", "", Text(share, style="bold"))
    for hit in hits[:MOST_EVENTS]:
        table.add_row(*_event_cells(decision, signal, hit, session), style="dim")
    if rest := hits[MOST_EVENTS:]:
        times = sum(hit.times for hit in rest)
        left = fixed_text(sum(hit.points for hit in rest), session.locale)
        more = f"  {session.say('more_events', count=count_text(len(rest), session.locale))}"
        table.add_row(more, count_text(times, session.locale), "", "", left, "", style="dim")


def _event_cells(decision: Decision, signal: Signal, hit: Counted, session: Session) -> Iterator[str]:
    event, locale = hit.match.event, session.locale
    what = _what(event)
    note = f" ({session.say('from_counter')})" if event.count is not None else ""
    yield f"  {day(decision, event.occurred_at, locale)}{note}{f' · {what}' if what else ''}"
    yield count_text(hit.times, locale)
    yield number_text(signal.points * hit.times, locale)
    yield fixed_text(age_days_us(hit.match.at_us, to_us(decision.decided_at)), locale, 1)
    yield fixed_text(hit.points, locale)
    yield ""


def _what(event: Event) -> str:
    """Name the thing the event was about; of a page, what comes after its host."""
    host, slash, path = (event.url or "").partition("://")[2].partition("/")
    page = f"/{path}" if slash else host or event.url
    known = (event.asset, event.form, page, event.campaign, event.outcome)
    return one_line(next((text for text in known if text), ""), 60)


def _add_total(table: Table, decision: Decision, session: Session) -> None:
    """Close the table; what rounding each line took or gave is a line, so that the printed column adds up."""
    total = rounded(decision.engagement.score)
    printed = sum(rounded(line.points) for line in decision.engagement.contributions)
    if difference := rounded(total - printed):
        label = Text(session.say("line_rounding"), style="dim")
        table.add_row(label, "", "", "", "", fixed_text(difference, session.locale))
    table.add_section()
    table.add_row(
        Text(session.say("total"), style="bold"), "", "", "", "",
        Text(fixed_text(total, session.locale), style="bold"),
    )  # fmt: skip


def render_not_counted(decision: Decision, session: Session) -> RenderableType | None:
    """Return what earned nothing, by rule and reason; None when everything counted."""
    left = Counter((item.rule, item.why) for item in decision.engagement.not_counted)
    if not left:
        return None
    whys = {signal.id: signal.why.in_locale(session.locale) for signal in decision.model.engagement.signals}
    grid = Table(box=None, show_header=False, pad_edge=False)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column()
    for (rule, why), count in left.items():
        name = f"{whys.get(rule, rule)}: " if rule else ""
        grid.add_row(count_text(count, session.locale), Text(f"{name}{session.say(f'left_{why}')}"))
    return grid
