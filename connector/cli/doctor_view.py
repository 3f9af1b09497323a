"""Show what the doctor found: one table of checks, one of what feeds the model; or one JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.cli import doctor_words_en, doctor_words_es
from connector.cli.doctor_check import Check, State, Value, has_failed
from connector.cli.doctor_coverage import Coverage
from connector.cli.failures import describe_crm_error
from connector.cli.phrases import in_locale
from connector.cli.session import Session
from connector.cli.words import count_text, duration_text

_SENTENCES: Final = {"es": doctor_words_es.SPANISH, "en": doctor_words_en.ENGLISH}
_TALK: Final = {"es": doctor_words_es.TALK, "en": doctor_words_en.TALK}
_STYLES: Final[Mapping[State, str]] = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_SUPPLY_STYLES: Final = {"supplied": "green", "stand_in": "yellow", "missing": "red"}
_MOST_NAMES: Final = 6
_VERSION_SETTINGS: Final = {"hubspot": "PUENTE_HUBSPOT__API_VERSION", "salesforce": "PUENTE_SALESFORCE__API_VERSION"}
_CRM_NAMES: Final = {"hubspot": "HubSpot", "salesforce": "Salesforce"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Hold all that was found; `sampled` is on how many people the coverage was tried."""

    checks: Sequence[Check]
    account: str = ""
    coverage: Sequence[Coverage] = ()
    sampled: int = 0


def to_json(found: Diagnosis, session: Session) -> dict[str, Any]:
    """Return the document of `--json`; sentences are in the user's language, names and codes are not."""
    checks = []
    for check in found.checks:
        what, then = describe(check, session)
        values = {name: _plain(value) for name, value in check.values.items()}
        line = {"name": check.name, "state": check.state, "code": check.code, "what": what, "next": then or None}
        checks.append({**line, "values": values})
    coverage = [
        {
            "what": line.what, "id": line.id, "kind": line.kind, "supply": line.supply, "source": line.source,
            "why": line.why, "people": line.people,
        }
        for line in found.coverage
    ]  # fmt: skip
    return {
        "ok": not has_failed(found.checks), "crm": session.crm, "account": found.account or None, "checks": checks,
        "sampled": found.sampled, "coverage": coverage,
    }  # fmt: skip


def render(found: Diagnosis, session: Session) -> RenderableType:
    """Return both tables for a terminal of 80 columns or more, and the verdict."""
    parts: list[RenderableType] = [_checks(found.checks, session)]
    if found.coverage:
        title = _talk("coverage", session, count=count_text(found.sampled, session.locale))
        parts += [Text(f"\n{title}", style="bold"), _coverage(found.coverage, session)]
    return Group(*parts, Text(f"\n{_verdict(found.checks, session)}", style="bold"))


def _checks(checks: Sequence[Check], session: Session) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(_talk("check", session), no_wrap=True)
    table.add_column(_talk("state", session), no_wrap=True)
    table.add_column(_talk("found", session), ratio=3)
    for check in checks:
        what, then = describe(check, session)
        text = Text(what)
        if then and check.state != "ok":
            text.append(f"\n→ {then}", style="cyan")
        state = Text(_talk(check.state, session), style=_STYLES[check.state])
        table.add_row(_talk(f"name_{check.name}", session), state, text)
    return table


def _coverage(lines: Sequence[Coverage], session: Session) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(_talk("rule", session), no_wrap=True)
    table.add_column(_talk("supply", session))
    table.add_column(_talk("source", session), overflow="fold")
    table.add_column(_talk("people", session), justify="right")
    for what, group in groupby(lines, lambda line: line.what):
        table.add_row(Text(_talk(what, session), style="bold"))
        for line in group:
            why = f": {_why(line.why, session)}" if line.why else ""
            supply = Text(_talk(line.supply, session) + why, style=_SUPPLY_STYLES[line.supply])
            table.add_row(f"  {line.id}", supply, line.source or "—", count_text(line.people, session.locale))
    return table


def _why(why: str, session: Session) -> str:
    return _TALK[session.locale].get(f"why_{why}", why)


def _verdict(checks: Sequence[Check], session: Session) -> str:
    for state, key in (("fail", "failed"), ("warn", "warned")):
        if count := sum(check.state == state for check in checks):
            return _talk(key, session, count=count)
    return _talk("good", session)


def describe(check: Check, session: Session) -> tuple[str, str]:
    """Return what was found and the next step, '' for none."""
    # A right that is not named cannot be granted; of anything else, a few names tell what it is about.
    most = None if check.name == "rights" else _MOST_NAMES
    values = {name: _shown(value, session, most) for name, value in check.values.items()}
    if check.error is not None:
        values["error"] = describe_crm_error(check.error, session)
    if isinstance(seconds := check.values.get("seconds"), int):
        values["duration"] = duration_text(seconds, session.locale)
    values = {"crm": _CRM_NAMES[session.crm], "setting": _VERSION_SETTINGS[session.crm], **values}
    sentences = _SENTENCES[session.locale]
    what, then = sentences.get(f"{check.code}_{session.crm}", sentences[check.code])
    return what.format(**values), then.format(**values)


def _shown(value: Value, session: Session, most: int | None) -> str:
    if isinstance(value, tuple):
        more = f" … (+{len(value) - most})" if most and len(value) > most else ""
        return ", ".join(value[:most]) + more
    if isinstance(value, int):
        return count_text(value, session.locale)
    return in_locale(value, session.locale) if isinstance(value, str) else str(value)


def _plain(value: Value) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _talk(key: str, session: Session, **values: object) -> str:
    return _TALK[session.locale][key].format(**values)
