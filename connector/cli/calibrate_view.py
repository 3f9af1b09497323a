"""Show what `calibrate` found on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from connector.cli.session import Session
from connector.cli.words import count_text, fixed_text
from connector.domain.wording import number_text

if TYPE_CHECKING:
    from connector.study.calibrate import Calibration, Evidence
    from connector.study.calibrate_shift import Shift


def evidence_lines(session: Session, evidence: Evidence) -> Iterator[str]:
    """Yield what there was to learn from, and what was refused."""
    locale = session.locale
    yield session.say(
        "learn_evidence", rows=count_text(evidence.rows, locale), people=count_text(evidence.people, locale),
        winners=count_text(evidence.winners, locale), days=count_text(round(evidence.horizon_days), locale),
    )  # fmt: skip
    if evidence.assumed:
        yield session.say("learn_assumed", names=", ".join(evidence.assumed))
    if evidence.at_handoff:
        yield session.say("learn_at_handoff")
    if evidence.counters:
        yield session.say("learn_counters", names=", ".join(evidence.counters))
    if evidence.leaks:
        yield session.say("learn_leaks")
    for leak in evidence.leaks:
        strength = "" if leak.strength is None else fixed_text(leak.strength, locale, 2)
        if leak.strength is not None and leak.why != "too_good":
            strength = f"{fixed_text(100 * leak.strength, locale, 0)} %"
        yield "  " + session.say(f"leak_{leak.why}", name=leak.attribute, strength=strength)
    if evidence.leaks:
        yield session.say("learn_vouch")


def found_lines(session: Session, found: Calibration) -> Iterator[str]:
    """Yield what there was to learn from, and whether it still holds."""
    yield from evidence_lines(session, found.evidence)
    if found.shift is not None:
        yield from shift_lines(session, found.shift)


def shift_lines(session: Session, shift: Shift) -> Iterator[str]:
    """Yield what has changed between the older decisions and the newest, where anything has."""
    if shift.wins_changed:
        before, now = (fixed_text(100 * rate.value, session.locale, 1) for rate in (shift.won_before, shift.won_now))
        yield session.say("shift_wins", before=before, now=now)
    if shift.score_changed:
        yield session.say("shift_score", psi=fixed_text(shift.score_psi, session.locale, 2))
    if shift.attributes:
        named = (f"{name} ({fixed_text(psi, session.locale, 2)})" for name, psi in shift.attributes)
        yield session.say("shift_attributes", names=", ".join(named))


def refusal_text(session: Session, found: Calibration) -> str:
    """Say why nothing is proposed."""
    refusal = found.refusal
    assert refusal is not None  # noqa: S101 - asked only where there is one
    more = max(0, refusal.need - refusal.have)
    values = {"have": refusal.have, "need": refusal.need, "more": more, **_compared(session, found)}
    return session.say(f"refused_{refusal.why}", **values)


def proposal_lines(session: Session, found: Calibration) -> Iterator[str]:
    """Yield how much better the proposal is, and what it means for sales."""
    yield session.say("proposal_better", **_compared(session, found))
    if found.per_week is not None:
        before, after = (fixed_text(number, session.locale, 1) for number in found.per_week)
        yield session.say("proposal_volume", before=before, after=after)


def _compared(session: Session, found: Calibration) -> dict[str, str]:
    comparison, locale = found.comparison, session.locale
    if comparison is None:
        return {}
    gain = comparison.gain
    return {
        "before": fixed_text(comparison.before_auc, locale, 3),
        "after": fixed_text(comparison.after_auc, locale, 3),
        "gain": fixed_text(gain.value, locale, 4),
        "low": fixed_text(gain.low, locale, 4),
        "high": fixed_text(gain.high, locale, 4),
        "winners": count_text(comparison.winners, locale),
    }


def render_changes(session: Session, found: Calibration) -> Table:
    """Return the numbers that change, and the criteria that are new."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(session.say("proposal_what"))
    for key in ("proposal_before", "proposal_after"):
        table.add_column(session.say(key), justify="right")
    for change in found.changes:
        name = change.path if change.rule is None else f"{change.rule}: {change.path.rpartition('.')[2]}"
        values = ("null" if value is None else number_text(value, session.locale)
                  for value in (change.before, change.after))  # fmt: skip
        table.add_row(name, *values)
    for criterion in found.criteria:
        label = f"{criterion.attribute} = {criterion.label}"
        table.add_row(session.say("proposal_new", label=label), "", str(criterion.weight))
    return table


def diff_of(name: str, before: str, after: str) -> str:
    """Return the difference of two texts, as Git shows it."""
    lines = unified_diff(before.splitlines(), after.splitlines(), name, name, n=1, lineterm="")
    return "\n".join(lines)
