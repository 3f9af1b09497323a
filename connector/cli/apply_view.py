"""Show what became of a plan: one row per outcome, with the reasons of those who were skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from connector.study.plan_story import Story
    from connector.study.receipt import Receipt

_STYLES = {
    "written": "green",
    "already": "green",
    "skipped": "yellow",
    "failed": "bold red",
    "rung": "cyan",
    "left": "cyan",
}


def render_receipt(receipt: Receipt, story: Story, *, dry_run: bool) -> RenderableType:
    """Return the sums of a receipt; the rows add up to the plan's lines."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(story.words("became"))
    table.add_column(story.words("people"), justify="right")
    for became in ("written", "already", "skipped", "failed", "rung", "left"):
        key = "became_would" if dry_run and became == "written" else f"became_{became}"
        if receipt.became[became]:
            table.add_row(Text(story.words(key), style=_STYLES[became]), story.count(receipt.became[became]))
        if became == "skipped":
            for reason, number in receipt.reasons.most_common():
                why = Text(f"  {story.words(f'skip_{reason}')}", style="dim")
                table.add_row(why, Text(story.count(number), style="dim"))
    table.add_row(Text(story.words("total"), style="bold"), Text(story.count(receipt.lines), style="bold"))
    return Group(Text(story.words("receipt"), style="bold"), table, *_facts(receipt, story), Text())


def _facts(receipt: Receipt, story: Story) -> Iterator[Text]:
    yield Text()
    yield Text(f"{story.words('tasks_made')}: {story.count(receipt.tasks)}")
    if receipt.closed:
        yield Text(f"{story.words('tasks_shut')}: {story.count(receipt.closed)}")
    if receipt.failures:
        yield Text(story.words("first_failures"), style="bold red")
        yield from (Text(f"  {one.ref.object_id}: {one.reason or '?'}") for one in receipt.failures)
