"""Draw one person: badges, meters, reasons, what is missing, tasks and timeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from sandbox.page_text import escape, isolate, sanitise
from sandbox.page_view import Happening, PersonView, Task
from sandbox.page_words import STAGES, Words

_SHOWN_EVENTS = 40
_SHOWN_REASONS = 12
_NAME_LENGTH = 80
_LINE_LENGTH = 300
_KNOWN_STAGES = frozenset(STAGES)

# Timeline dots say at a glance who acted: the person, the mail system, or a rep.
_MAIL_KINDS = frozenset({"email_delivered", "email_open", "email_click", "email_bounce"})
_SALES_KINDS = frozenset({"call", "meeting", "note", "deal_created", "deal_won", "deal_lost", "stage_changed"})
_STRONG_KINDS = frozenset({"form_submitted", "content_download", "webinar_attended", "demo_trial", "email_reply"})


def anchor_of(person: PersonView, position: int) -> str:
    """Name the place of a person in the page, safe in a link and in CSS."""
    return f"p-{re.sub(r'[^A-Za-z0-9_-]', '', person.id) or f'at-{position}'}"


def stage_class(stage: str) -> str:
    """Give the CSS class that colours a stage; one of the CRM's own has none."""
    return f"s-{stage or 'none'}" if stage in _KNOWN_STAGES else "s-other"


def draw_badge(stage: str, words: Words) -> str:
    """Draw the coloured name of a stage."""
    return f'<span class="badge {stage_class(stage)}">{escape(words.stage(stage), 40)}</span>'


def draw_meter(value: float | None) -> str:
    """Draw a number from 0 to 100 with a small bar; a dash when it is not known."""
    if value is None:
        return '<span class="none">—</span>'
    width = min(max(value, 0.0), 100.0) * 0.6
    return (
        '<span class="meter"><svg class="bar" viewBox="0 0 60 6" aria-hidden="true">'
        '<rect width="60" height="6" rx="3"/>'
        f'<rect class="fill" width="{width:.1f}" height="6" rx="3"/></svg><span>{value:.0f}</span></span>'
    )


def draw_name(person: PersonView, words: Words) -> str:
    """Draw how somebody is called: their name, else their mailbox."""
    name = person.name.strip() or person.email
    return isolate(name, _NAME_LENGTH) if name else escape(words.say("nameless"))


def draw_time(at: datetime | None, now: datetime | None, words: Words, *, clock: bool = True) -> str:
    """Draw an instant, with its year when that is another than now's."""
    if at is None:
        return "—"
    day = f"{at.day} {words.month(at.month)}" if words.locale == "es" else f"{words.month(at.month)} {at.day}"
    if now is None or at.year != now.year:
        day += f" {at.year}"
    text = f"{day}, {at:%H:%M}" if clock else day
    return f'<time datetime="{at.isoformat()}">{text}</time>'


def draw_person(person: PersonView, position: int, now: datetime | None, words: Words) -> str:
    """Draw the drawer of one person."""
    anchor = anchor_of(person, position)
    return (
        f'<article class="drawer" id="{anchor}" tabindex="-1" aria-labelledby="{anchor}-name">'
        f'<header><a class="close" href="#people" aria-label="{escape(words.say("close"))}">×</a>'
        f'<h2 id="{anchor}-name">{draw_name(person, words)}</h2>{_draw_facts(person)}'
        f'<p class="badges">{draw_badge(person.stage, words)}{_draw_grade(person, words)}'
        f"{_draw_lifecycle(person, words)}</p></header>{_draw_scores(person, words)}"
        f"{_draw_list(words.say('reasons'), person.reasons)}"
        f"{_draw_list(words.say('missing'), person.missing)}"
        f"{_draw_list(words.say('nurture'), [person.nurture] if person.nurture else [])}"
        f"{draw_tasks(person.tasks, now, words)}"
        f"{_draw_timeline(person.timeline, now, words)}</article>"
    )


def _draw_facts(person: PersonView) -> str:
    """Draw job, employer and mailbox."""
    facts = [isolate(fact, _LINE_LENGTH) for fact in (person.job_title, person.company, person.email) if fact]
    return f'<p class="facts">{" · ".join(facts)}</p>' if facts else ""


def _draw_grade(person: PersonView, words: Words) -> str:
    """Draw the grade, if there is one."""
    return (
        f'<span class="badge plain">{escape(words.say("grade"))} {escape(person.grade, 8)}</span>'
        if person.grade
        else ""
    )


def _draw_lifecycle(person: PersonView, words: Words) -> str:
    """Draw the CRM's own lifecycle stage as the CRM writes it."""
    if not person.lifecycle:
        return ""
    return f'<span class="badge plain">{escape(words.say("lifecycle"))}: {escape(person.lifecycle, 40)}</span>'


def _draw_scores(person: PersonView, words: Words) -> str:
    """Draw fit, engagement and owner side by side."""
    owner = isolate(person.owner, _NAME_LENGTH) if person.owner else escape(words.say("unassigned"))
    return (
        f'<dl class="scores"><div><dt>{escape(words.say("fit"))} %</dt><dd>{draw_meter(person.fit)}</dd></div>'
        f"<div><dt>{escape(words.say('engagement'))}</dt><dd>{draw_meter(person.engagement)}</dd></div>"
        f"<div><dt>{escape(words.say('owner'))}</dt><dd>{owner}</dd></div></dl>"
    )


def _draw_list(title: str, lines: Sequence[str]) -> str:
    """Draw a titled list of short texts, or nothing."""
    if not lines:
        return ""
    items = "".join(f"<li>{isolate(line, _LINE_LENGTH)}</li>" for line in lines[:_SHOWN_REASONS])
    return f"<section><h3>{escape(title)}</h3><ul>{items}</ul></section>"


def draw_tasks(tasks: Iterable[Task], now: datetime | None, words: Words) -> str:
    """Draw a person's tasks with their texts, or nothing."""
    cards = "".join(_draw_task(task, now, words) for task in tasks)
    return f"<section><h3>{escape(words.say('tasks'))}</h3>{cards}</section>" if cards else ""


def _draw_task(task: Task, now: datetime | None, words: Words) -> str:
    """Draw one task as the rep's desk shows it."""
    body = sanitise(task.body_html) if task.body_html else f'<p class="lines">{escape(task.body_text)}</p>'
    return (
        f'<div class="task"><p class="subject">{isolate(task.subject, _LINE_LENGTH)}</p>'
        f'<p class="meta">{draw_due(task, now, words)}{_draw_priority(task, words)} · '
        f"{isolate(task.owner, _NAME_LENGTH) if task.owner else escape(words.say('unassigned'))}</p>"
        f'<div class="body">{body}</div></div>'
    )


def draw_due(task: Task, now: datetime | None, words: Words) -> str:
    """Draw until when a task waits, and whether that is over."""
    if task.done:
        return f'<span class="done">✓ {escape(words.say("done"))}</span>'
    overdue = now is not None and task.due_at is not None and task.due_at < now
    state = "overdue" if overdue else "due"
    return f'<span class="{state}">{escape(words.say(state))} {draw_time(task.due_at, now, words)}</span>'


def _draw_priority(task: Task, words: Words) -> str:
    """Draw how urgent a task is."""
    if task.priority not in {"high", "medium", "low"}:
        return ""
    return f" · {escape(words.say('priority'))} {escape(words.say(task.priority))}"


def _draw_timeline(timeline: Sequence[Happening], now: datetime | None, words: Words) -> str:
    """Draw what happened, newest first, day by day."""
    title = f"<h3>{escape(words.say('timeline'))}</h3>"
    if not timeline:
        return f'<section>{title}<p class="none">{escape(words.say("no_events"))}</p></section>'
    days = groupby(timeline[:_SHOWN_EVENTS], key=lambda event: event.occurred_at and event.occurred_at.date())
    drawn = "".join(_draw_day(list(events), now, words) for _, events in days)
    rest = len(timeline) - _SHOWN_EVENTS
    older = f'<p class="none">{escape(words.say("older", count=rest))}</p>' if rest > 0 else ""
    return f'<section class="timeline">{title}{drawn}{older}</section>'


def _draw_day(events: Sequence[Happening], now: datetime | None, words: Words) -> str:
    """Draw one day of a timeline."""
    day = draw_time(events[0].occurred_at, now, words, clock=False)
    items = "".join(_draw_happening(event, now, words) for event in events)
    return f"<h4>{day}</h4><ol>{items}</ol>"


def _draw_happening(event: Happening, now: datetime | None, words: Words) -> str:
    """Draw one line of a timeline."""
    marks = [f"×{event.count}"] if event.count is not None and event.count != 1 else []
    marks += [words.say("machine")] if event.machine else []
    marks += [words.say("future")] if now and event.occurred_at and event.occurred_at > now else []
    what = f' <span class="what">{isolate(event.what, _LINE_LENGTH)}</span>' if event.what else ""
    clock = f'<span class="clock">{event.occurred_at:%H:%M}</span>' if event.occurred_at else ""
    return (
        f'<li class="{_dot(event)}">{clock}<span>{escape(words.kind(event.kind), 60)}{what}'
        f"{''.join(f' <em>{escape(mark)}</em>' for mark in marks)}</span></li>"
    )


def _dot(event: Happening) -> str:
    """Choose the dot of a line."""
    if event.machine or event.kind in _MAIL_KINDS:
        return "mail"
    if event.kind in _SALES_KINDS:
        return "sales"
    return "strong" if event.kind in _STRONG_KINDS else "web"
