"""Judge what an account said about itself: rights, version, clock, limits, our fields, others' rules. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from connector.cli.doctor_check import LIMITS, Check, fail, ok, warn
from connector.health import Access, Allowance, OwnFieldState, VersionLife, WriteRule

ENDING_DAYS: Final = 180
FEW_LEFT: Final = 0.2
CLOCK_WARN_SECONDS: Final = 60
CLOCK_FAIL_SECONDS: Final = 180
"""So long our signed logins to Salesforce live; HubSpot's signatures are refused after 300 seconds."""
_SAME_ID: Final = 15
"""Salesforce's ids are the same by their first 15 characters; HubSpot's are shorter."""
_FIELD_CODES: Final = {
    "missing": "fields_missing",
    "hidden": "fields_hidden",
    "read_only": "fields_read_only",
    "type": "fields_type",
    "options": "fields_options",
}


def judge_access(access: Access) -> Iterator[Check]:
    yield ok("credentials", "credentials_ok", account=access.account)
    if access.lacking:
        yield fail("rights", "rights_lacking", rights=access.lacking)
    if access.optional:
        yield warn("rights", "rights_optional", rights=access.optional)
    if access.lacking or access.optional:
        return
    yield ok("rights", "rights_ok") if access.told else warn("rights", "rights_untold")


def judge_account(configured: str | None, account: str, setting: str) -> Iterator[Check]:
    """Judge whether the doors are open for this account: webhooks of another one are dropped there."""
    wanted = (configured or "").strip()
    if wanted and wanted[:_SAME_ID] != account[:_SAME_ID]:
        yield fail("webhook", "account_differs", setting=setting, wanted=wanted, account=account)


def judge_version(life: VersionLife, today: date) -> Check:
    shown = {"version": life.version, "newest": life.newest or "?"}
    if not life.served:
        return fail("version", "version_not_served", **shown)
    if life.ends_on is None:
        return ok("version", "version_served", **shown)
    if life.ends_on <= today:
        # A newer list of the CRM's own that still has it is the better witness: then it only may end any day.
        state = warn if life.newest else fail
        return state("version", "version_ended", ends=life.ends_on, **shown)
    if life.ends_on - today <= timedelta(days=ENDING_DAYS):
        return warn("version", "version_ending", ends=life.ends_on, **shown)
    return ok("version", "version_ok", ends=life.ends_on, **shown)


def judge_clock(lead: timedelta | None) -> Check:
    """Judge how far our clock is ahead of the CRM's; what was measured is at most a second more than the truth."""
    if lead is None:
        return warn("clock", "clock_untold")
    seconds = round(abs(lead.total_seconds()))
    if seconds >= CLOCK_FAIL_SECONDS:
        return fail("clock", "clock_far", seconds=seconds)
    if seconds >= CLOCK_WARN_SECONDS:
        return warn("clock", "clock_off", seconds=seconds)
    return ok("clock", "clock_ok", seconds=seconds)


def judge_allowances(allowances: Sequence[Allowance]) -> Iterator[Check]:
    for one in allowances:
        shown = {"left": one.left, "most": one.most, "reserve": one.reserve}
        if one.left <= one.reserve:
            # Without room for fields only installing fails, and then the missing fields say so themselves.
            worst = fail if one.of == "daily_calls" else warn
            yield worst(LIMITS, f"{one.of}_none", **shown)
        elif one.left <= one.reserve + one.most * FEW_LEFT:
            yield warn(LIMITS, f"{one.of}_few", **shown)
        else:
            yield ok(LIMITS, f"{one.of}_ok", **shown)
    if not allowances:
        yield ok(LIMITS, "limits_none")


def judge_fields(states: Sequence[OwnFieldState]) -> Iterator[Check]:
    """Yield one line per kind of problem: each has its own next step."""
    for problem, code in _FIELD_CODES.items():
        found = [state for state in states if state.problem == problem]
        if found:
            yield fail("fields", code, count=len(found), names=tuple(_field_name(state) for state in found))
    if all(state.problem is None for state in states):
        yield ok("fields", "fields_ok", count=len(states))


def _field_name(state: OwnFieldState) -> str:
    detail = f" ({state.detail})" if state.detail else ""
    return f"{state.object_type}.{state.name}{detail}"


def judge_rules(rules: Sequence[WriteRule]) -> Iterator[Check]:
    certain = tuple(f"{rule.object_type}: {rule.name}" for rule in rules if rule.certain)
    possible = tuple(f"{rule.object_type}: {rule.name}" for rule in rules if not rule.certain)
    if certain:
        yield fail("rules", "rules_certain", names=certain)
    if possible:
        yield warn("rules", "rules_possible", count=len(possible), names=possible)
    if not rules:
        yield ok("rules", "rules_none")
