"""Write SOQL: every literal quoted by its type, every name checked, so that no value can become part of the query.

Source: Salesforce SOQL and SOSL reference, "Quoted String Escape Sequences" and "Date Formats", read 2026-11
(documented): backslash escapes, date-times in UTC without quotes, 4,000 characters in a literal, 100,000 in a query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

from adapters.salesforce.ids import ID

Literal: TypeAlias = str | bool | int | float | datetime | date | None
LONGEST_LITERAL: Final = 4_000
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_ESCAPES: Final = str.maketrans(
    {
        "\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
        **{chr(code): f"\\u{code:04x}" for code in range(0x20) if chr(code) not in "\n\r\t\b\f"},
    }
)  # fmt: skip


def literal(value: Literal) -> str:
    """Write one value as a literal of its type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return f"'{value.translate(_ESCAPES)}'"


def _instant(instant: datetime) -> str:
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("an instant needs a zone")
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def one_of(values: Iterable[Literal]) -> str:
    """Write the right side of an IN."""
    return f"({','.join(literal(value) for value in values)})"


def ids_in(field: str, ids: Sequence[str]) -> str:
    """Write a condition on ids, which are checked once more: nothing else ever stands there."""
    for record_id in ids:
        if not ID.fullmatch(record_id):
            raise ValueError("not a Salesforce id")
    return f"{name(field)} IN {one_of(ids)}"


def name(text: str) -> str:
    """Pass the name of an object or a field, and nothing else."""
    if not _NAME.fullmatch(text):
        raise ValueError("not the name of a field")
    return text


def select(
    fields: Iterable[str],
    sobject: str,
    *where: str,
    children: Iterable[str] = (),
    order_by: str | None = None,
    newest_first: bool = False,
    limit: int | None = None,
) -> str:
    """Write a query; `where` conditions are joined by AND, `children` are finished subqueries."""
    columns = [*(name(field) for field in dict.fromkeys(fields)), *(f"({child})" for child in children)]
    query = f"SELECT {', '.join(columns)} FROM {name(sobject)}"  # noqa: S608 - SOQL, of checked parts
    if conditions := [condition for condition in where if condition]:
        query += f" WHERE {' AND '.join(conditions)}"
    if order_by:
        query += f" ORDER BY {name(order_by)}{' DESC' if newest_first else ''}"
    return query if limit is None else f"{query} LIMIT {limit}"


def count(sobject: str, *where: str) -> str:
    """Write a query that only counts."""
    query = f"SELECT COUNT() FROM {name(sobject)}"  # noqa: S608 - SOQL, of checked parts
    return f"{query} WHERE {' AND '.join(where)}" if where else query


def any_of(*conditions: str) -> str:
    """Join conditions by OR."""
    return f"({' OR '.join(conditions)})"
