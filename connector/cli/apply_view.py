"""Show what became of a plan: one row per outcome, with the reasons of those who were skipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from connector.study.apply_journal import Became
    from connector.study.plan_story import Story
    from connector.study.receipt import Receipt

_STYLES: Final[Mapping[Became, str]] = {
    "written": "green",
    "planned": "green",
    "already": "green",
    "skipped": "yellow",
    "failed": "bold red",
    "rung": "cyan",
    "left": "cyan",
}


def render_receipt(receipt: Receipt, story: Story) -> RenderableType:
    """Return the sums of a receipt; the rows add up to the plan's lines."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(story.words("became"))
    table.add_column(story.words("people"), justify="right")
    for became, style in _STYLES.items():
        if receipt.became[became]:
            table.add_row(Text(story.words(f"became_{became}"), style=style), story.count(receipt.became[became]))
        if became == "skipped":
            for reason, number in receipt.reasons.most_common():
                why = Text(f"  {story.words(f'skip_{reason}')}", style="dim")
                table.add_row(why, Text(story.count(number), style="dim"))
    table.add_row(Text(story.words("total"), style="bold"), Text(story.count(receipt.lines), style="bold"))
    return Group(Text(story.words("receipt"), style="bold"), table, *_facts(receipt, story), Text())


def _facts(receipt: Receipt, story: Story) -> Iterator[Text]:
    yield Text()
    if receipt.tasks or not receipt.tasks_planned:
        yield Text(f"{story.words('tasks_made')}: {story.count(receipt.tasks)}")
    if receipt.tasks_planned:
        yield Text(f"{story.words('tasks_to_make')}: {story.count(receipt.tasks_planned)}")
    if receipt.closed:
        yield Text(f"{story.words('tasks_shut')}: {story.count(receipt.closed)}")
    if receipt.failures:
        yield Text(story.words("first_failures"), style="bold red")
        yield from (Text(f"  {one.ref.object_id}: {one.reason or '?'}") for one in receipt.failures)
