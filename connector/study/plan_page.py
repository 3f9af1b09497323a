"""Write a plan as one page with plots for a meeting: nothing is loaded from anywhere, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from connector.domain.wording import fixed_text, number_text
from connector.study.page_parts import build_document, read_style, section, table
from connector.study.plan import Line
from connector.study.plan_story import Story, Tasks, compare
from connector.study.plan_svg import Flow, draw_flows
from connector.study.svg import Bar, draw_bars, draw_columns

_MOST_ROWS: Final = 25


def build_page(stories: Sequence[Story]) -> str:
    """Return the page of a plan; a second story is compared with the first."""
    story = stories[0]
    header = story.header
    made = story.words(
        "made_at", at=f"{header.created_at:%Y-%m-%d %H:%M}", crm=header.crm, account=header.account
    )  # fmt: skip
    body = (
        f"<h1>{escape(story.title())}</h1>\n<p class='quiet'>{escape(story.age())}</p>\n{''.join(_sections(stories))}"
        f"<footer>{escape(made)}<br>{escape(story.words('seal_note'))}</footer>\n"
    )
    return build_document(story.title(), body, story.locale, read_style("connector.study", "page.css"))


def _sections(stories: Sequence[Story]) -> Iterator[str]:
    story, totals = stories[0], stories[0].totals
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in story.tell())
    yield f'<section class="story">{sentences}</section>\n'
    if len(stories) > 1:
        yield section(story.words("compare"), _comparison(stories))
    if totals.model_changes:
        yield section(story.words("model_changes"), _model_changes(story))
    if totals.moved:
        yield section(story.words("moves"), _flows(story) + _moves(story))
        yield section(story.words("matrix"), _matrix(story))
        yield section(story.words("why"), _why(story))
    if totals.effects:
        yield section(story.words("points"), _points(story))
    for heading, tasks in story.task_tables():
        yield section(story.words(heading), _tasks(story, tasks))
    if totals.calls:
        yield section(story.words("calls"), _calls(story))
    if totals.sample:
        yield section(story.words("sample"), "".join(_example(line, story) for line in totals.sample[:_MOST_ROWS]))


def _model_changes(story: Story) -> str:
    headings = [story.words(key) for key in ("where", "before", "after")]
    changes = story.totals.model_changes
    rows = [
        [f"<code>{escape(one.path)}</code>", escape(story.value(one.before)), escape(story.value(one.after))]
        for one in changes[:_MOST_ROWS]
    ]
    return table(headings, rows, text_columns=3)


def _flows(story: Story) -> str:
    order = {stage: place for place, stage in enumerate(story.stages())}
    flows = [
        Flow(
            story.stage(move.before),
            story.stage(move.after),
            move.people,
            story.words(
                "flow", before=story.stage(move.before), after=story.stage(move.after), count=story.count(move.people)
            ),
            "main" if order[move.after] > order[move.before] and move.after != "disqualified" else "back",
        )
        for move in story.moves()
    ]
    return draw_flows(flows, [story.stage(stage) for stage in story.stages()], story.words("moves"))


def _moves(story: Story) -> str:
    headings = [story.words(key) for key in ("before", "after", "people", "share")]
    rows = [
        [
            escape(story.stage(move.before)),
            escape(story.stage(move.after)),
            story.count(move.people),
            fixed_text(move.share, story.locale, 1),
        ]
        for move in story.moves()
    ]
    return table(headings, rows, text_columns=2)


def _matrix(story: Story) -> str:
    """Return everybody by stage now (rows) and then (columns); who stays is on the diagonal."""
    stages, matrix = story.stages(), story.totals.matrix
    columns = [stage for stage in stages if any(stage in row for row in matrix.values())]
    rows = [
        [
            f"<strong>{escape(story.stage(before))}</strong>",
            *(_cell(story, matrix.get(before, {}).get(after, 0), stays=before == after) for after in columns),
        ]
        for before in stages
        if before in matrix
    ]
    return table([f"{story.words('before')} ↓  {story.words('after')} →", *map(story.stage, columns)], rows)


def _cell(story: Story, number: int, *, stays: bool) -> str:
    if not number:
        return '<span class="quiet">·</span>'
    return f'<span class="{"quiet" if stays else "moved"}">{story.count(number)}</span>'


def _why(story: Story) -> str:
    causes = [
        Bar(story.words(f"cause_{cause}"), number, story.count(number)) for cause, number in story.totals.causes.items()
    ]
    rules = [
        Bar(story.words(f"rule_{rule}"), number, story.count(number), "second")
        for rule, number in story.totals.rules.items()
    ]
    return draw_bars([*causes, *rules], story.words("why"))


def _points(story: Story) -> str:
    headings = [story.words(key) for key in ("rule", "people", "effect")]
    rows = [
        [escape(effect.why), story.count(effect.people), number_text(effect.points, story.locale)]
        for effect in story.totals.effects[:_MOST_ROWS]
    ]
    return table(headings, rows)


def _tasks(story: Story, tasks: Tasks) -> str:
    """Return the load by day as columns and by rep as a table; more than a rep can take stands out."""
    days, capacity = story.days(), story.header.capacity_per_day
    largest = max(count for _, one in story.task_tables() for count in _by_day(one, days))
    bars = [
        Bar(story.day(day), count, story.count(count)) for day, count in zip(days, _by_day(tasks, days), strict=True)
    ]
    columns = draw_columns(bars, story.words("tasks_by_day"), largest) if len(days) > 1 else ""
    given = any(story.given(owner, days[0]) for owner in tasks)
    rows = [
        [
            escape(story.owner(owner)),
            *([story.count(story.given(owner, days[0]))] if given else []),
            *(_load(story, row.get(day, 0), story.given(owner, day), capacity) for day in days[:_MOST_ROWS]),
            f"<strong>{story.count(sum(row.values()))}</strong>",
        ]
        for owner, row in sorted(tasks.items(), key=lambda item: -sum(item[1].values()))
    ]
    named = [story.words("given")] if given else []
    by_rep = table([story.words("owner"), *named, *map(story.day, days[:_MOST_ROWS]), story.words("total")], rows)
    note = story.words("capacity_line", count=story.count(capacity)) if capacity is not None else ""
    return columns + by_rep + (f"<p class='quiet'>{escape(note)}</p>" if note else "")


def _by_day(tasks: Tasks, days: Sequence[str]) -> list[int]:
    return [sum(row.get(day, 0) for row in tasks.values()) for day in days]


def _load(story: Story, number: int, given: int, capacity: int | None) -> str:
    over = capacity is not None and number > 0 and number + given > capacity
    return f'<span class="{"over" if over else ""}">{story.count(number) if number else ""}</span>'


def _calls(story: Story) -> str:
    by_size = sorted(story.totals.calls.items(), key=lambda call: -call[1])
    return draw_bars(
        [Bar(story.purpose(name), count, story.count(count)) for name, count in by_size], story.words("calls")
    )


def _example(line: Line, story: Story) -> str:
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in line.reasons)
    move = f"{story.stage(line.stage_from or '-')} → {story.stage(line.stage_to)}"
    return f"<article><h3>{escape(line.ref.object_id)} · {escape(move)}</h3><ul>{reasons}</ul></article>"


def _comparison(stories: Sequence[Story]) -> str:
    names = (story.header.after for story in stories)
    headings = ["", *(f"{name.name} {name.version} ({name.hash[:8]})" for name in names)]
    rows = [[escape(heading), *map(escape, numbers)] for heading, numbers in compare(stories)]
    return table(headings, rows)
