"""Write the small pieces sections of the report are made of: paragraphs, code in sentences, tables behind a fold."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, Protocol

from connector.study.page_parts import table
from connector.study.report.plots import SIGNS
from connector.study.report.story import Story
from connector.study.svg import Bar, draw_bars

_MOST_LINKS: Final = 12


def code(text: str) -> str:
    """Return a sentence as HTML, what stands between backticks as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))


def paragraph(text: str, *, quiet: bool = False) -> str:
    return f"<p{' class=quiet' if quiet else ''}>{code(text)}</p>"


def plot(svg: str) -> str:
    """Return a plot that scrolls sideways where the page is narrow."""
    return f"<figure>{svg}</figure>"


def bars_plot(bars: Sequence[Bar], title: str, *, value_room: int = 170) -> str:
    """Return bars with room for a share after each."""
    return plot(draw_bars(bars, title, label_room=220, value_room=value_room))


def fold(story: Story, headings: Sequence[str], rows: Sequence[Sequence[str]], *, text_columns: int = 1) -> str:
    """Return the numbers behind a plot; cells are plain text."""
    cells = [[code(cell) for cell in row] for row in rows]
    body = table(headings, cells, text_columns=text_columns)
    return f"<details><summary>{escape(story.words('numbers'))}</summary>{body}</details>"


def explain(story: Story, *sentences: str) -> str:
    """Return how a section is counted, behind a fold."""
    body = "".join(paragraph(sentence, quiet=True) for sentence in sentences)
    return f"<details class='how'><summary>{escape(story.words('how'))}</summary>{body}</details>"


def legend(*marks: tuple[str, str]) -> str:
    """Return what the marks of a plot stand for: CSS class and meaning."""
    signs = ((f"<i class='{tone}'>{SIGNS.get(tone, '')}</i>", meaning) for tone, meaning in marks)
    items = "".join(f"<span>{sign}{escape(meaning)}</span>" for sign, meaning in signs)
    return f"<p class='legend'>{items}</p>"


class Record(Protocol):
    """Name somebody in the CRM."""

    @property
    def object_type(self) -> str: ...
    @property
    def object_id(self) -> str: ...


def link(story: Story, one: Record) -> str:
    """Return somebody's id as HTML, with a link to the record where there is one."""
    name = escape(one.object_id[:12] if story.report.hashed else one.object_id)
    address = None if story.report.hashed else story.link(one.object_type, one.object_id)
    return f"<a href='{escape(address, quote=True)}' rel='noreferrer'>{name}</a>" if address else name


def name_people(story: Story, about: str, people: Sequence[Record]) -> str:
    """Return who they are, a dozen at most, after what is said about them."""
    links = ", ".join(link(story, one) for one in people[:_MOST_LINKS])
    more = len(people) - _MOST_LINKS
    rest = f" {escape(story.words('more', count=story.count(more)))}" if more > 0 else ""
    return f"<p class='people'>{escape(about)}: {links}{rest}</p>"
