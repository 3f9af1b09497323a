"""Put proposals into the text of a mapping file, with all its comments kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from connector.proposals import Proposal

_ATTRIBUTES: Final = "attributes:"
_ENTRY: Final = re.compile(r"^  ([A-Za-z_][\w]*):")


def apply_proposals(text: str, proposals: Iterable[Proposal], notes: dict[str, str]) -> str:
    """Return the text with the sure fields in place, and a comment (`notes`, by attribute) above what is not sure."""
    wanted = {proposal.attribute: proposal for proposal in proposals}
    return "".join(_lines(text, wanted, notes))


def _lines(text: str, wanted: dict[str, Proposal], notes: dict[str, str]) -> Iterator[str]:
    inside, current = False, None
    for line in text.splitlines(keepends=True):
        if line[:1].strip() and not line.startswith("#"):
            inside, current = line.startswith(_ATTRIBUTES), None
        if inside and (entry := _ENTRY.match(line)):
            current = wanted.get(entry[1])
            if entry[1] in notes:
                yield f"  # {notes[entry[1]]}\n"
        yield _renamed(line, current) if inside and current is not None else line


def _renamed(line: str, proposal: Proposal) -> str:
    """Replace the field's name where the line gives it, and leave everything else of the line alone."""
    if not proposal.changes or proposal.field is None:
        return line
    named = re.compile(rf"(\b(?:property|field): ){re.escape(proposal.packaged)}(?=[\s,}}]|$)")
    return named.sub(lambda found: f"{found[1]}{proposal.field}", line, count=1)
