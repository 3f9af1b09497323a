"""Draw the sandbox's page: what a sales rep would see in the CRM, as one HTML document that needs nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sandbox.page_funnel import draw_funnel
from sandbox.page_person import (
    anchor_of,
    draw_badge,
    draw_due,
    draw_meter,
    draw_name,
    draw_person,
    stage_class,
)
from sandbox.page_text import escape, isolate
from sandbox.page_view import PersonView, Task, View, read_view
from sandbox.page_words import STAGES, Words

_SHOWN_PEOPLE = 400
_SHOWN_TASKS = 5
_LATEST = datetime.max.replace(tzinfo=UTC)


def render(view: Mapping[str, object]) -> str:
    """Draw the page of a CRM.

    `view` holds raw, unescaped CRM values; all but `people` may be absent, and None or "" is absent, too:

        crm, portal    the CRM's name and the account's id
        now            the sandbox's clock (datetime or ISO text)
        zone           the account's time zone, such as Europe/Madrid; UTC when absent
        locale         "es" (default) or "en"
        total, counts  how many people there are, and by stage, when `people` is only some of them
        open_tasks     how many tasks wait, likewise
        people         [{id, name, email, company, job_title, owner,
                         stage      our canonical stage, "" before the first qualification
                         lifecycle  the CRM's own stage, as the CRM writes it
                         fit, engagement (numbers or texts), grade, nurture,
                         reasons, missing (lists or lines of a text),
                         timeline   [{kind, occurred_at, what, count, machine}] in any order
                         tasks      [{id, subject, body_html or body_text, due_at, owner, status, priority}]}]

    Instants are datetimes, ISO texts or milliseconds since 1970. The first 400 people are drawn, open tasks first, each
    with the newest 40 events, and the page says so. Task bodies keep only harmless HTML. Scripts other than the page's
    own cannot run: its content security policy names the one script by its hash.
    """
    seen = read_view(view)
    words = Words(seen.locale)
    people = sorted(seen.people, key=_urgency)[:_SHOWN_PEOPLE]
    title = f"{words.say('title')} · {seen.crm}"
    return (
        f'<!doctype html><html lang="{words.locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}"><title>{escape(title, 120)}</title>'
        f"<style>{_asset('page.css')}</style></head><body>{_draw_header(seen, words)}"
        f"<main>{_draw_overview(seen, people, words)}{_draw_people(seen, people, words)}</main>"
        f"{''.join(draw_person(person, position, seen.now, words) for position, person in enumerate(people))}"
        f"<script>{_asset('page.js')}</script></body></html>"
    )


def _urgency(person: PersonView) -> tuple[datetime, int, float, str]:
    """Order people as a rep works: earliest open task, then stage, then engagement."""
    dues = [task.due_at or _LATEST for task in person.open_tasks]
    rank = STAGES.index(person.stage) if person.stage in STAGES else len(STAGES)
    return (min(dues, default=_LATEST), rank, -(person.engagement or 0.0), person.id)


def _draw_header(view: View, words: Words) -> str:
    """Draw the top of the page."""
    portal = f" · {escape(words.say('portal'))} {isolate(view.portal, 40)}" if view.portal else ""
    zone = escape(words.say("zone", zone=view.zone.key))
    now = f' · <time datetime="{view.now.isoformat()}">{view.now:%Y-%m-%d %H:%M}</time> · {zone}' if view.now else ""
    return (
        f'<header class="top"><p class="brand"><span>{escape(words.say("sandbox"))}</span> '
        f"{isolate(view.crm, 40)}{portal}{now}</p>"
        f'<h1>{escape(words.say("title"))}</h1><p class="lede">{escape(words.say("lede"))}</p></header>'
    )


def _draw_overview(view: View, people: Sequence[PersonView], words: Words) -> str:
    """Draw the funnel beside the tasks that wait."""
    return (
        f'<div class="overview"><section class="card" aria-labelledby="funnel"><h2 id="funnel">'
        f'{escape(words.say("funnel"))}<span class="tally">{words.number(view.total)}</span></h2>'
        f"{draw_funnel(view.counts, words)}</section>{_draw_desk(view, people, words)}</div>"
    )


def _draw_desk(view: View, people: Sequence[PersonView], words: Words) -> str:
    """Draw the open tasks of everybody, the most urgent first."""
    waiting = [
        (task.due_at or _LATEST, position, task) for position, person in enumerate(people) for task in person.open_tasks
    ]
    waiting.sort(key=lambda entry: entry[:2])
    items = "".join(
        _draw_waiting(view, people[position], position, task, words) for _, position, task in waiting[:_SHOWN_TASKS]
    )
    rest = 0 if view.open_tasks is None else view.open_tasks - len(waiting[:_SHOWN_TASKS])
    more = f'<p class="none">{escape(words.say("older_tasks", count=words.number(rest)))}</p>' if rest > 0 else ""
    tally = "" if view.open_tasks is None else words.number(view.open_tasks)
    desk = f"<ul>{items}</ul>{more}" if items else f'<p class="none">{escape(words.say("no_tasks"))}</p>'
    return (
        f'<section class="card desk" aria-labelledby="desk"><h2 id="desk">{escape(words.say("open_tasks"))}'
        f'<span class="tally">{tally}</span></h2>{desk}</section>'
    )


def _draw_waiting(view: View, person: PersonView, position: int, task: Task, words: Words) -> str:
    """Draw one open task as a line that leads to its person."""
    owner = isolate(task.owner, 60) if task.owner else escape(words.say("unassigned"))
    link = f'<a href="#{anchor_of(person, position)}">{isolate(task.subject, 160)}</a>'
    return (
        f'<li class="{stage_class(person.stage)}">{link}'
        f'<span class="meta">{draw_due(task, view.now, words)} · {owner}</span></li>'
    )


def _draw_people(view: View, people: Sequence[PersonView], words: Words) -> str:
    """Draw the table of people with its filter."""
    title = f'<h2 id="people">{escape(words.say("people"))}</h2>'
    if not people:
        return f'<section class="card">{title}<p class="none">{escape(words.say("nobody"))}</p></section>'
    search = escape(words.say("search"))
    heading = (
        f'<div class="heading">{title}'
        f'<input type="search" id="search" hidden aria-label="{search}" placeholder="{search}"></div>'
    )
    scored = any(person.grade or person.engagement is not None for person in people)
    hint = "" if scored else f'<p class="hint">{escape(words.say("unqualified"))}</p>'
    cut = words.say("shown", shown=words.number(len(people)), total=words.number(view.total))
    shown = f'<p class="hint">{escape(cut)}</p>' if len(people) < view.total else ""
    columns = ("person", "company", "stage", "grade", "fit", "engagement", "owner", "waits")
    head = "".join(f'<th scope="col">{escape(words.say(column))}</th>' for column in columns)
    rows = "".join(_draw_row(view, person, position, words) for position, person in enumerate(people))
    return (
        f'<section class="card">{heading}{hint}{shown}{_draw_filter(view, people, words)}<div class="scroll"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        f'<p class="none" id="nothing" hidden>{escape(words.say("nothing"))}</p></section>'
    )


def _draw_filter(view: View, people: Sequence[PersonView], words: Words) -> str:
    """Draw one choice per stage that anybody is in; CSS alone makes it work."""
    present = {person.stage for person in people}
    everybody = escape(words.say("all"))
    choices = [f'<input type="radio" name="stage" id="f-all" checked><label for="f-all">{everybody}</label>']
    for stage in STAGES:
        if stage in present:
            name = f"f-{stage or 'none'}"
            choices.append(
                f'<input type="radio" name="stage" id="{name}"><label for="{name}" class="{stage_class(stage)}">'
                f"{escape(words.stage(stage))} <span>{words.number(view.counts.get(stage, 0))}</span></label>"
            )
    return f"<fieldset><legend>{escape(words.say('filter'))}</legend>{''.join(choices)}</fieldset>"


def _draw_row(view: View, person: PersonView, position: int, words: Words) -> str:
    """Draw one person as a row; the labels are what a narrow screen shows before each cell."""
    due = min(person.open_tasks, key=lambda task: task.due_at or _LATEST, default=None)
    job = f'<span class="sub">{isolate(person.job_title, 80)}</span>' if person.job_title else ""
    cells = (
        ("company", isolate(person.company, 60) if person.company else ""),
        ("stage", draw_badge(person.stage, words)),
        ("grade", escape(person.grade, 8)),
        ("fit", draw_meter(person.fit)),
        ("engagement", draw_meter(person.engagement)),
        ("owner", isolate(person.owner, 60) if person.owner else ""),
        ("waits", draw_due(due, view.now, words) if due else ""),
    )
    drawn = "".join(f'<td class="{name}" data-label="{escape(words.say(name))}">{cell}</td>' for name, cell in cells)
    link = f'<a href="#{anchor_of(person, position)}">{draw_name(person, words)}</a>'
    return f'<tr class="{stage_class(person.stage)}"><th scope="row">{link}{job}</th>{drawn}</tr>'


@cache
def _asset(name: str) -> str:
    """Read the page's own style or script, which lie beside this module."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


@cache
def _policy() -> str:
    """Name the one style and the one script that may take effect."""
    style, script = (hashlib.sha256(_asset(name).encode()).digest() for name in ("page.css", "page.js"))
    return (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{b64encode(style).decode()}'; "
        f"script-src 'sha256-{b64encode(script).decode()}'"
    )
