"""Show a plan on a terminal of 80 columns or more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.cli.summary import STAGE_STYLES
from connector.domain.wording import fixed_text, number_text
from connector.study.plan_story import compare
from connector.study.plan_totals import NOBODY

if TYPE_CHECKING:
    from connector.study.plan import Line
    from connector.study.plan_story import Story, Tasks

_MOST_ROWS: Final = 8
_CELL: Final = 24
"""What two columns beside a path leave to each."""
_MOST_DAYS: Final = 3
_MOST_OWNERS: Final = 10


def render_plan(story: Story) -> RenderableType:
    """Return the sentences first, then the tables behind them."""
    parts: list[RenderableType] = [Text(story.title(), style="bold"), Text(story.age(), style="dim"), Text()]
    parts += [Text(sentence) for sentence in story.tell()]
    for heading, table in _tables(story):
        parts += [Text(), Text(story.words(heading), style="bold"), table]
    if story.totals.sample:
        parts += [Text(), Text(story.words("sample"), style="bold"), *_sample(story)]
    return Group(*parts, Text())


def _tables(story: Story) -> Iterator[tuple[str, Table]]:
    totals = story.totals
    if totals.model_changes:
        yield "model_changes", _model_changes(story)
    if totals.moved:
        yield "moves", _moves(story)
        yield "why", _why(story)
    if totals.effects:
        yield "points", _points(story)
    for heading, tasks in story.task_tables():
        yield heading, _tasks(story, tasks)


def _table(story: Story, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(story.words(column), justify="left" if place == 0 else "right")
    return table


def _model_changes(story: Story) -> Table:
    table = _table(story, "where", "before", "after")
    changes = story.totals.model_changes
    for change in changes[:_MOST_ROWS]:
        table.add_row(change.path, _short(story.value(change.before)), _short(story.value(change.after)))
    if len(changes) > _MOST_ROWS:
        table.add_row(f"… {len(changes) - _MOST_ROWS}", "", "")
    return table


def _short(text: str) -> str:
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _stage(story: Story, stage: str) -> Text:
    return Text(story.stage(stage), style=STAGE_STYLES.get(stage, "dim"))


def _moves(story: Story) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in ("before", "after"):
        table.add_column(story.words(column), min_width=12)
    for column in ("people", "share"):
        table.add_column(story.words(column), justify="right")
    for move in story.moves():
        share = fixed_text(move.share, story.locale, 1)
        table.add_row(_stage(story, move.before), _stage(story, move.after), story.count(move.people), share)
    people = story.header.people
    stays = people - story.totals.moved
    share = fixed_text(100 * stays / max(1, people), story.locale, 1)
    table.add_row(Text(story.words("stays"), style="dim"), "", Text(story.count(stays), style="dim"), share)
    return table


def _why(story: Story) -> Table:
    table = _table(story, "why", "people")
    for cause, number in story.totals.causes.items():
        table.add_row(story.words(f"cause_{cause}"), story.count(number))
    for rule, number in list(story.totals.rules.items())[:_MOST_ROWS]:
        table.add_row(Text(f"  {story.words(f'rule_{rule}')}", style="dim"), Text(story.count(number), style="dim"))
    return table


def _points(story: Story) -> Table:
    table = _table(story, "rule", "people", "effect")
    for effect in story.totals.effects[:_MOST_ROWS]:
        table.add_row(effect.why, story.count(effect.people), _signed(effect.points, story))
    return table


def _signed(points: float, story: Story) -> str:
    return f"{'+' if points > 0 else ''}{number_text(points, story.locale)}"


def _tasks(story: Story, tasks: Tasks) -> Table:
    """Show the first days, and the rest as one column."""
    days, capacity = story.days(), story.header.capacity_per_day
    shown, later = days[:_MOST_DAYS], days[_MOST_DAYS:]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(story.words("owner"), max_width=24, no_wrap=True)
    given = any(story.given(owner, days[0]) for owner in tasks)
    headings = [story.words("given")] if given else []
    headings += [story.day(day) for day in shown] + ([story.words("later")] if later else []) + [story.words("total")]
    for heading in (*headings, *([story.words("capacity")] if capacity is not None else [])):
        table.add_column(heading, justify="right")
    rows = sorted(tasks.items(), key=lambda row: -sum(row[1].values()))
    for owner, row in rows[:_MOST_OWNERS]:
        cells = [Text(story.count(story.given(owner, days[0])), style="dim")] if given else []
        cells += [_load(row.get(day, 0), story.given(owner, day), capacity, story) for day in shown]
        if later:
            cells.append(Text(story.count(sum(row.get(day, 0) for day in later))))
        cells.append(Text(story.count(sum(row.values()))))
        if capacity is not None:
            cells.append(Text("" if owner == NOBODY else story.count(capacity), style="dim"))
        table.add_row(story.owner(owner), *cells)
    return table


def _load(number: int, given: int, capacity: int | None, story: Story) -> Text:
    over = capacity is not None and number > 0 and number + given > capacity
    return Text(story.count(number) if number else "", style="bold red" if over else "")


def _sample(story: Story) -> Iterator[Text]:
    for line in story.totals.sample[:_MOST_ROWS]:
        yield _example(line, story)


def _example(line: Line, story: Story) -> Text:
    text = Text("  ")
    text.append(line.ref.object_id, style="bold")
    text.append(f"  {story.stage(line.stage_from or '-')} → {story.stage(line.stage_to)}")
    for reason in story.told_of(line):
        text.append(f"\n    {reason}", style="dim")
    return text


def render_comparison(stories: Sequence[Story]) -> RenderableType:
    """Return two plans side by side: the numbers people ask for first."""
    first = stories[0]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("")
    for story in stories:
        after = story.header.after
        table.add_column(f"{after.name} {after.version} ({after.hash[:8]})", justify="right")
    for heading, numbers in compare(stories):
        table.add_row(heading, *numbers)
    return Group(Text(first.words("compare"), style="bold"), table)
