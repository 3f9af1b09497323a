"""Write the one task of a handoff: why this lead, why now, how to open. The same decision gives the same bytes.

Only the model's allow-listed attributes appear in it. The text is plain; a CRM that shows HTML escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.domain.decision import Decision
from connector.domain.handoff import Handoff
from connector.domain.model import JOURNEY_STEPS, Locale
from connector.domain.reasons import (
    contribution_reason,
    day,
    headline,
    last_of,
    profile_line,
    strongest_signals,
    times_of,
)
from connector.domain.values import to_instant_text
from connector.domain.wording import (
    NO_TOPIC,
    OPENERS,
    STAGE_NAMES,
    STEP_NAMES,
    TASK_NAMES,
    WORDS,
    attribute_name,
    moment_text,
    number_text,
    one_line,
)

SUBJECT_LENGTH = 200
VALUE_LENGTH = 120
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class TaskText:
    subject: str
    body: str


def write_task(decision: Decision, handoff: Handoff, owner: str | None, locale: Locale) -> TaskText:
    """Return subject and body of an episode's task; `owner` is the one chosen at write time. Pure."""
    return TaskText(_subject(decision, handoff, locale), "\n".join(_body(decision, handoff, owner, locale)))


def _subject(decision: Decision, handoff: Handoff, locale: Locale) -> str:
    kind = TASK_NAMES[locale].get(handoff.rules.task, f"{handoff.rules.task} {STAGE_NAMES[locale][handoff.stage]}")
    who = [_allowed(decision, "name", locale) or WORDS[locale]["no_name"], _allowed(decision, "company", locale)]
    due = f"{WORDS[locale]['due']} {_moment(decision, handoff.due_at, locale)}"
    lead = " · ".join(part for part in (kind, *who) if part)
    reason = one_line(_strongest_reason(decision, locale), SUBJECT_LENGTH - len(due) - 6 - min(len(lead), 100))
    return f"{one_line(lead, SUBJECT_LENGTH - len(due) - len(reason) - 6)} · {reason} · {due}"


def _strongest_reason(decision: Decision, locale: Locale) -> str:
    if decision.raised.rule and decision.choice.rule in ("hand_raise", "unfit_review"):
        return decision.raised.rule.why.in_locale(locale)
    if lines := strongest_signals(decision):
        return contribution_reason(decision, lines[0], locale)
    return headline(decision, locale).rstrip(".")


def _body(decision: Decision, handoff: Handoff, owner: str | None, locale: Locale) -> list[str]:
    words = WORDS[locale]
    owner = words["record_owner"] if handoff.route.rule == "keep-owner" else owner or words["unassigned"]
    sla = f"{number_text(handoff.rules.sla_hours, locale)} {words['hours']}"
    due = _moment(decision, handoff.due_at, locale)
    model = decision.model
    return [
        f"{words['why_now']}: {_why_now(decision, locale)}",
        f"{words['evidence']}: {_evidence(decision, locale)}",
        f"{words['opener']}: {_opener(decision, locale)}",
        "",
        f"{words['profile']}: {profile_line(decision, locale)}",
        *_data_line(decision, locale),
        f"{words['journey']}: {_step(decision, locale)}",
        f"{words['owner']}: {one_line(owner)} · {words['sla']}: {sla} ({words['due']} {due})",
        f"{words['model']}: {model.name} {model.version} ({model.hash[:12]}) · {to_instant_text(decision.decided_at)}",
    ]


def _why_now(decision: Decision, locale: Locale) -> str:
    """Name the events that crossed the line, with dates and points after decay."""
    parts = [headline(decision, locale)]
    for line in strongest_signals(decision)[:MOST_LINES]:
        if line.points <= 0:
            continue
        why, times = contribution_reason(decision, line, locale), times_of(decision, line)
        count = f" ×{times}" if times > 1 else ""
        points = f"{number_text(line.points, locale)} {WORDS[locale]['points']}"
        parts.append(f"{why}{count}, {day(decision, last_of(decision, line), locale)}: {points}.")
    return " ".join(parts)


def _evidence(decision: Decision, locale: Locale) -> str:
    words, fit = WORDS[locale], decision.fit
    known = f"{words['known']}: {number_text(100 * fit.completeness, locale)} %"
    score = number_text(decision.engagement.score, locale)
    from_counter = any(line.from_counter for line in decision.engagement.contributions)
    note = f" ({words['counter']})" if from_counter else ""
    pct = number_text(fit.pct, locale)
    return f"{words['engagement']} {score}{note}, {words['fit']} {pct} % ({known}), {words['grade']} {decision.grade}."


def _opener(decision: Decision, locale: Locale) -> str:
    """Suggest a first sentence from the strongest topic and the journey step."""
    steps, step = JOURNEY_STEPS[decision.model.journey], decision.journey_step
    raised = decision.raised.rule
    topic = (raised.topic if raised else None) or decision.topic
    named = decision.model.topics.get(topic) if topic else None
    about = named.in_locale(locale) if named else topic or NO_TOPIC[locale]
    position = len(steps) - 1 if raised else steps.index(step) if step else 0
    return OPENERS[locale][position].format(topic=one_line(about, VALUE_LENGTH))


def _data_line(decision: Decision, locale: Locale) -> list[str]:
    fields = decision.model.handoff.task_fields
    values = [(attribute_name(field, locale), _allowed(decision, field, locale)) for field in fields]
    known = [f"{name} {value}" for name, value in values if value]
    return [f"{WORDS[locale]['data']}: " + " · ".join(known)] if known else []


def _allowed(decision: Decision, attribute: str, locale: Locale) -> str | None:
    """Return an allow-listed attribute as one line of text, None when not allowed, unknown or blank."""
    if attribute not in decision.model.handoff.task_fields:
        return None
    value = decision.person.attributes.get(attribute)
    match value:
        case str():
            return one_line(value, VALUE_LENGTH) or None
        case bool():
            return WORDS[locale]["yes" if value else "no"]
        case int() | float():
            return number_text(value, locale)
        case datetime():
            return to_instant_text(value)
        case tuple():
            return one_line(", ".join(value), VALUE_LENGTH)
        case _:
            return None


def _step(decision: Decision, locale: Locale) -> str:
    step = decision.journey_step
    return STEP_NAMES[locale].get(step, step.replace("_", " ")) if step else "—"


def _moment(decision: Decision, instant: datetime, locale: Locale) -> str:
    return moment_text(instant, decision.model.handoff.calendar.timezone, locale)
