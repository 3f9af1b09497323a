"""Turn date literals such as LAST_N_DAYS:30 into days: from the first, up to but without the last.

Days are UTC days; weeks begin on Sunday, quarters and years with the calendar's.

Source: Salesforce SOQL guide, "Date Formats and Date Literals", read 2026-11 (documented).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sandbox.salesforce.soql.nodes import Constant, SoqlError

Days = tuple[date, date]
_FORM = re.compile(r"(THIS|LAST|NEXT)_(?:FISCAL_)?(WEEK|MONTH|QUARTER|YEAR)")
_MANY = re.compile(r"(LAST|NEXT)_N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S")
_AGO = re.compile(r"N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO")
_NAMED = {"TODAY": (0, 1), "YESTERDAY": (-1, 0), "TOMORROW": (1, 2), "LAST_90_DAYS": (-90, 1), "NEXT_90_DAYS": (1, 91)}


def days_of(constant: Constant, now_ms: int) -> Days:
    """Give the days a date literal stands for at an instant."""
    today = datetime.fromtimestamp(now_ms // 1000, UTC).date()
    name = str(constant.value)
    if name in _NAMED:
        first, last = _NAMED[name]
        return today + timedelta(days=first), today + timedelta(days=last)
    if found := _FORM.fullmatch(name):
        which, unit = found.groups()
        offset = {"THIS": 0, "LAST": -1, "NEXT": 1}[which]
        return _start(unit, today, offset), _start(unit, today, offset + 1)
    if found := _MANY.fullmatch(name):
        return _many(found.group(1), found.group(2), constant.amount, today)
    if found := _AGO.fullmatch(name):
        unit = found.group(1)
        return _start(unit, today, -constant.amount), _start(unit, today, 1 - constant.amount)
    raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{constant.value}'", constant.position)


def _many(which: str, unit: str, amount: int, today: date) -> Days:
    """Give LAST_N and NEXT_N; the days of LAST_N_DAYS include today, whole weeks and months do not."""
    if which == "LAST":
        return _start(unit, today, -amount), _start(unit, today, 1 if unit == "DAY" else 0)
    return _start(unit, today, 1), _start(unit, today, amount + 1)


def _start(unit: str, today: date, offset: int) -> date:
    return _STARTS[unit](today, offset)


def _months(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


_STARTS: dict[str, Callable[[date, int], date]] = {
    "DAY": lambda today, offset: today + timedelta(days=offset),
    "WEEK": lambda today, offset: today - timedelta(days=today.isoweekday() % 7) + timedelta(weeks=offset),
    "MONTH": lambda today, offset: _months(today.replace(day=1), offset),
    "QUARTER": lambda today, offset: _months(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), offset * 3),
    "YEAR": lambda today, offset: date(today.year + offset, 1, 1),
}
