"""Show what `puente init` proposes and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from connector.cli.init_words import say
from connector.domain.model import Locale
from connector.proposals import Certainty, Proposal

_STYLES: Final[dict[Certainty, str]] = {"sure": "green", "guess": "yellow", "none": "red"}


def proposal_table(proposals: Sequence[Proposal], locale: Locale) -> Table:
    """Return one row per attribute: the CRM's field, ours, how sure that is and why."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for key in ("field", "attribute", "certainty", "why"):
        table.add_column(say(key, locale), no_wrap=key in ("attribute", "certainty"), overflow="fold")
    for one in proposals:
        certainty = Text(say(one.certainty, locale), style=_STYLES[one.certainty])
        also = ", ".join((one.field or "", *one.also))
        why = say(f"why_{one.why}", locale, label=one.label, also=also)
        table.add_row(Text(one.field or "—"), Text(one.attribute), certainty, Text(why))
    return table


def notes(proposals: Sequence[Proposal], locale: Locale) -> dict[str, str]:
    """Return the comments of the mapping file, by attribute: guesses, and what was not found."""
    return {
        one.attribute: say(f"note_{one.certainty}", locale, field=one.field, label=" ".join(one.label.split()))
        for one in proposals
        if one.certainty != "sure"
    }


def file_table(rows: Sequence[tuple[str, str]], locale: Locale) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for key in ("file", "done"):
        table.add_column(say(key, locale))
    for name, outcome in rows:
        table.add_row(Text(name), Text(say(outcome, locale)))
    return table
