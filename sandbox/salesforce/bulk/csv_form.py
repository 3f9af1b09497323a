"""Write and read the CSV of bulk jobs, and keep its lines in the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from sandbox.salesforce.schema import Field
from sandbox.salesforce.store import Store, Value
from sandbox.salesforce.values import format_value
from sandbox.salesforce.wire import to_csv

_DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


def line_of(values: Sequence[str], delimiter: str) -> str:
    """Write one line, every value in quotes, without its ending."""
    return _DELIMITERS[delimiter].join('"' + value.replace('"', '""') + '"' for value in values)


def join(parts: Sequence[str], delimiter: str) -> str:
    """Put written lines side by side into one; empty ones are left out."""
    return _DELIMITERS[delimiter].join(part for part in parts if part)


def plain_line(values: Sequence[str], delimiter: str) -> str:
    """Write one line with quotes only where they are needed, as the echo of an upload has them."""
    text = io.StringIO()
    csv.writer(text, delimiter=_DELIMITERS[delimiter], lineterminator="").writerow(values)
    return text.getvalue()


def format_csv(field: Field, value: Value) -> str:
    """Write a stored value as Bulk 2.0 does: nothing for null, Z for UTC."""
    if value is None:
        return ""
    if field.type == "datetime":
        return to_csv(int(value))
    if field.type == "boolean":
        return "true" if value else "false"
    return str(format_value(field, value))


def read_lines(text: str, delimiter: str) -> Iterator[list[str]]:
    """Read an upload; a NUL ends nothing, and either line ending is understood."""
    csv.field_size_limit(2**31 - 1)
    return csv.reader(io.StringIO(text, newline=""), delimiter=_DELIMITERS[delimiter], strict=True)


def keep(store: Store, job_id: str, part: str, lines: Iterable[str]) -> int:
    """Store the lines of one part of a job; gives how many there are."""
    numbered = [(job_id, part, number, line) for number, line in enumerate(lines)]
    store.connection.executemany("INSERT INTO job_rows VALUES (?, ?, ?, ?)", numbered)
    return len(numbered)


def kept(store: Store, job_id: str, part: str, first: int = 0, most: int = -1) -> list[str]:
    """Read stored lines back."""
    rows = store.connection.execute(
        "SELECT line FROM job_rows WHERE job = ? AND part = ? AND seq >= ? ORDER BY seq LIMIT ?",
        (job_id, part, first, most),
    )
    return [row[0] for row in rows]


def count(store: Store, job_id: str, part: str) -> int:
    """Count stored lines."""
    row = store.connection.execute("SELECT count(*) FROM job_rows WHERE job = ? AND part = ?", (job_id, part))
    return int(row.fetchone()[0])


def document(header: str, lines: Sequence[str], ending: str) -> str:
    """Put a header and lines together."""
    return "".join(line + _ENDINGS[ending] for line in (header, *lines))
