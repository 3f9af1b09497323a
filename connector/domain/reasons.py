"""Say why a person has this stage, in lines a rep reads in ten seconds. Pure; the same decision, the same words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connector.domain.conditions import Truth
from connector.domain.decision import Decision
from connector.domain.engagement import Contribution
from connector.domain.model import Locale, Signal
from connector.domain.stages import end_of
from connector.domain.wording import HEADLINES, REJECT_REASONS, STAGE_NAMES, WORDS, day_text, number_text

MOST_SIGNALS = 3


def reasons(decision: Decision, locale: Locale) -> tuple[str, ...]:
    """Return the reasons: the rule that decided, the strongest evidence, the profile; two to four lines."""
    lines = [headline(decision, locale)]
    if strongest := strongest_signals(decision)[:MOST_SIGNALS]:
        lines.append(" · ".join(_evidence(decision, line, locale) for line in strongest) + ".")
    lines.append(profile_line(decision, locale))
    if hint := _what_would_help(decision, locale):
        lines.append(hint)
    return tuple(lines)


def headline(decision: Decision, locale: Locale) -> str:
    """Return the sentence of the stage rule that decided."""
    return HEADLINES[locale][decision.choice.rule].format_map(_headline_values(decision, locale))


def _headline_values(decision: Decision, locale: Locale) -> dict[str, str]:
    policy, before, raised = decision.model.stages, decision.before, decision.raised
    sales = before.sales
    whys = {exclusion.id: exclusion.why.in_locale(locale) for exclusion in decision.model.fit.exclusions}
    set_on, raised_on = day(decision, before.set_at, locale), day(decision, raised.at, locale)
    raised_why = lower_first(raised.rule.why.in_locale(locale)) if raised.rule else ""
    return {
        "stage": STAGE_NAMES[locale][decision.stage],
        "score": number_text(decision.engagement.score, locale),
        "fit": number_text(decision.fit.high if decision.fit.pct is None else decision.fit.pct, locale),
        "threshold": number_text(decision.model.fit.threshold, locale),
        "mql_enter": number_text(policy.mql_enter, locale),
        "mql_exit": number_text(policy.mql_exit, locale),
        "sql_enter": number_text(policy.sql_enter, locale),
        "raised": raised_why,
        "raised_on": raised_on,
        "set_on": set_on,
        "since": WORDS[locale]["since"].format(day=set_on) if before.set_at else "",
        "because": WORDS[locale]["because"].format(raised=raised_why, day=raised_on) if raised.rule else "",
        "override_until": day(decision, end_of(before.set_at, policy.override_days), locale),
        "dwell_until": day(decision, end_of(before.set_at, policy.dwell_days), locale),
        "rejected_on": day(decision, sales.at if sales else None, locale),
        "cool_until": day(decision, end_of(sales.at if sales else None, policy.cool_off_days), locale),
        "reject_reason": _reject_reason(sales.reason if sales else None, locale),
        "exclusions": ", ".join(lower_first(whys[id_]) for id_ in decision.exclusions),
    }


def _reject_reason(reason: str | None, locale: Locale) -> str:
    return REJECT_REASONS[locale].get(reason or "", reason or WORDS[locale]["no_reason"])


def lower_first(text: str) -> str:
    """Put a rule's reason inside a sentence; leave acronyms (`CEO …`) alone."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def day(decision: Decision, instant: datetime | None, locale: Locale) -> str:
    return day_text(instant, decision.model.handoff.calendar.timezone, locale, today=decision.decided_at)


def strongest_signals(decision: Decision) -> Sequence[Contribution]:
    """Return the signal lines by size of their points, ties in file order."""
    lines = [line for line in decision.engagement.contributions if line.kind == "signal"]
    return sorted(lines, key=lambda line: -abs(line.points))


def signal_of(decision: Decision, line: Contribution) -> Signal:
    return next(signal for signal in decision.model.engagement.signals if signal.id == line.rule)


def times_of(decision: Decision, line: Contribution) -> int:
    return sum(hit.times for hit in decision.engagement.counted[line.rule])


def last_of(decision: Decision, line: Contribution) -> datetime:
    return decision.engagement.counted[line.rule][0].match.event.occurred_at


def _evidence(decision: Decision, line: Contribution, locale: Locale) -> str:
    times, last = times_of(decision, line), day(decision, last_of(decision, line), locale)
    why = signal_of(decision, line).why.in_locale(locale)
    return f"{why} ({last})" if times == 1 else f"{why} ×{times} ({WORDS[locale]['last']}: {last})"


def profile_line(decision: Decision, locale: Locale) -> str:
    """Return the criteria by verdict: what fits, what does not, what is not known yet."""
    words = WORDS[locale]
    parts = []
    for truth in (Truth.MATCHED, Truth.NOT_MATCHED, Truth.UNKNOWN):
        whys = [criterion.why.in_locale(locale) for criterion, state in decision.fit.states if state is truth]
        if whys:
            parts.append(f"{words[truth.value]}: {', '.join(lower_first(why) for why in whys)}")
    return " · ".join(parts) + "."


def missing_line(decision: Decision, locale: Locale) -> str:
    """Return the unknown criteria, heaviest first: what marketing should ask for next."""
    gaps = sorted(decision.fit.missing, key=lambda gap: -gap.criterion.weight)
    return ", ".join(gap.criterion.why.in_locale(locale) for gap in gaps)


def _what_would_help(decision: Decision, locale: Locale) -> str | None:
    """Name the unknown criteria that would settle an undetermined fit or lift an unfit one."""
    whys = {gap.criterion.id: lower_first(gap.criterion.why.in_locale(locale)) for gap in decision.fit.missing}
    for label, ids in (("settled_by", decision.fit.settled_by), ("could_lift", decision.fit.could_lift)):
        if ids:
            return f"{WORDS[locale][label]}: {', '.join(whys[id_] for id_ in ids)}."
    return None


def contribution_reason(decision: Decision, line: Contribution, locale: Locale) -> str:
    """Say what one line of the score is."""
    words = WORDS[locale]
    if line.kind == "signal":
        return signal_of(decision, line).why.in_locale(locale)
    return words[line.rule if line.kind == "clip" else line.kind].format(rule=line.rule)
