"""Read the ids people type or paste from a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from connector.bootstrap import is_person_id, may_have_lost_its_case
from connector.cli.session import Session
from connector.errors import UsageError
from connector.settings import Settings


def parse_identifiers(texts: Iterable[str], session: Session, settings: Settings) -> tuple[str, ...]:
    """Return ids or addresses without outer blanks. Raises UsageError for an empty one, and for what can be no id."""
    named = tuple(text.strip() for text in texts)
    if not all(named):
        raise UsageError(session.say("empty_id"))
    for text in named:
        if "@" not in text and not is_person_id(settings, text):
            key = "id_lost_case" if may_have_lost_its_case(settings, text) else "not_an_id"
            raise UsageError(session.say(key, id=text))
    return named
