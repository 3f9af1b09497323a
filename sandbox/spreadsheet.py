"""Load people from a spreadsheet export through a column map.

The export of any CRM or form tool becomes a base for the sandbox: attributes, counters, outcomes. What a column map
can say is described in `sandbox.column_map_file`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sandbox.column_map import ColumnMap, Count, EventRule, Row, SpreadsheetError
from sandbox.column_map_file import ATTRIBUTES, RECORD_FIELDS, load_column_map
from sandbox.column_nodes import nearest
from sandbox.csv_table import Record, read_table, shorten
from sandbox.seed import Base, SeedCompany, SeedDeal, SeedEvent, SeedPerson
from sandbox.seeds.names import to_ascii

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+")
_EPOCH_DIGITS = 11  # so many digits in a row are milliseconds since 1970, not a date


def load(csv: Path | str, columns: Path | str, now: datetime) -> Base:
    """Load the rows of a spreadsheet as people, in file order.

    Rows without a date of their own are spread evenly over the column map's span, the last one at `now`. The same
    files and `now` give the same base. Raises SpreadsheetError, a ValueError, whose `problems` say all that is wrong.
    """
    path = Path(csv)
    column_map = load_column_map(Path(columns))
    header, records = read_table(path, column_map.encoding, column_map.empty)
    _check_columns(column_map, header)
    loader = _Loader(path, column_map, now.astimezone(UTC).replace(microsecond=0))
    arrivals = _spread(records, column_map, loader.now)
    people = tuple(loader.build(record, at) for record, at in zip(records, arrivals, strict=True))
    if loader.problems:
        raise SpreadsheetError(shorten(loader.problems))
    return Base(people=people)


def _check_columns(column_map: ColumnMap, header: Sequence[str]) -> None:
    """Refuse columns the file lacks, and columns that are loaded although they are to be ignored."""
    uses = (*column_map.uses, *column_map.ignored)
    problems = [
        f'{use.place}: the file has no column "{use.column}" — {nearest(use.column, header)}'
        for use in uses
        if use.column not in header
    ]
    ignored = {use.column for use in column_map.ignored}
    problems += [
        f'{use.place}: "{use.column}" is to be ignored — remove it here or under ignore'
        for use in column_map.uses
        if use.column in ignored
    ]
    if problems:
        raise SpreadsheetError(shorten(problems))


def _spread(records: Sequence[Record], column_map: ColumnMap, now: datetime) -> list[datetime]:
    """Give every row an instant: the rows in their order, evenly over the span, the last one at now."""
    order = column_map.order
    ranked = sorted(
        range(len(records)), key=lambda index: _order_key(records[index].row[order]) if order else (0, 0.0, "")
    )
    step_seconds = column_map.span_days * 86_400 / max(len(records) - 1, 1)
    arrivals = [now] * len(records)
    for rank, index in enumerate(ranked):
        arrivals[index] = now - timedelta(seconds=int(step_seconds * (len(records) - 1 - rank)))
    return arrivals


def _order_key(text: str) -> tuple[int, float, str]:
    """Order numbers by size, before texts by letter."""
    return (0, float(text), "") if _NUMBER.fullmatch(text) else (1, 0.0, text)


class _Loader:
    """Build the people of one file and note the cells that cannot be read."""

    def __init__(self, path: Path, column_map: ColumnMap, now: datetime) -> None:
        self._path = path
        self._map = column_map
        self._lines_by_identity: dict[tuple[str, str], int] = {}
        self.now = now
        self.problems: list[str] = []

    def build(self, record: Record, arrived_at: datetime) -> SeedPerson:
        """Build the person of a row."""
        values = {name: text for name, cell in self._map.person.items() if (text := cell.read(record.row))}
        self._check_identity(record, values)
        created_at = self._read_instant(record, "created_at", values.get("created_at", "")) or arrived_at
        company = self._build_company(record, values)
        known = {*ATTRIBUTES, *RECORD_FIELDS} - (set() if company else {"industry", "employees"})
        return SeedPerson(
            key=f"row-{record.line:06d}",
            attributes={name: values[name] for name in ATTRIBUTES if name in values},
            created_at=created_at,
            company=company,
            events=tuple(
                event for rule in self._map.events if (event := self._build_event(record, rule, created_at)) is not None
            ),
            deals=self._build_deals(record.row, values, created_at),
            external_id=values.get("external_id"),
            opted_out=self._map.opted_out is not None and self._map.opted_out.holds(record.row),
            hard_bounced=self._map.hard_bounced is not None and self._map.hard_bounced.holds(record.row),
            extra={name: text for name, text in values.items() if name not in known},
        )

    def _check_identity(self, record: Record, values: Mapping[str, str]) -> None:
        """Refuse what no CRM takes: something that is no mailbox, and two people with one mailbox or one id."""
        email = values.get("email", "")
        if email and not _MAILBOX.fullmatch(email):
            self._complain(record, "email", f'"{email}" is no e-mail address — correct it or empty the cell')
        for name in ("email", "external_id"):
            value = values.get(name, "")
            first_line = (
                self._lines_by_identity.setdefault((name, value.casefold()), record.line) if value else record.line
            )
            if first_line != record.line:
                self._complain(record, name, f'"{value}" is also on line {first_line} — keep one of the two rows')

    def _build_company(self, record: Record, values: Mapping[str, str]) -> SeedCompany | None:
        """Build the employer; without a name there is none."""
        name = values.get("company")
        if name is None:
            return None
        slug = to_ascii(name).replace(".", "-") or f"row-{record.line}"
        head_count = self._read_number(record, "employees", values.get("employees", ""))
        return SeedCompany(
            key=f"c-{name.casefold()}",
            name=name,
            domain=f"{slug}.example",
            industry=values.get("industry", ""),
            employees=None if head_count is None else int(head_count),
            country=values.get("country", ""),
        )

    def _build_event(self, record: Record, rule: EventRule, created_at: datetime) -> SeedEvent | None:
        """Build the event a rule makes of a row, if it makes one."""
        if rule.when is not None and not rule.when.holds(record.row):
            return None
        count = self._read_count(record, rule.count) if rule.count is not None else None
        at = self._read_instant(record, rule.kind, rule.at.read(record.row)) if rule.at is not None else created_at
        if at is None or (rule.count is not None and not count):
            return None
        texts: dict[str, Any] = {name: cell.read(record.row) or None for name, cell in rule.texts.items()}
        return SeedEvent(rule.kind, at, count=count, **texts)

    def _build_deals(self, row: Row, values: Mapping[str, str], created_at: datetime) -> tuple[SeedDeal, ...]:
        """Build the deal that was won or lost; it closes some days after the record came in, at the latest now."""
        outcome = self._map.outcome
        stage: Literal["won", "lost"]
        if outcome.won is not None and outcome.won.holds(row):
            stage = "won"
        elif outcome.lost is not None and outcome.lost.holds(row):
            stage = "lost"
        else:
            return ()
        closed_at = max(created_at, min(created_at + timedelta(days=outcome.days), self.now))
        name = values.get("external_id") or values.get("email") or "1"
        return (SeedDeal(f"Deal {name}", None, stage, created_at, closed_at),)

    def _read_count(self, record: Record, count: Count) -> int | None:
        """Read how often something happened; an empty cell or a division by nothing says nothing."""
        number = self._read_number(record, count.column, record.row[count.column])
        if number is None:
            return None
        if count.per is None:
            if number != math.floor(number):
                self._complain(record, count.column, f'"{record.row[count.column]}" is not a whole number — correct it')
            return max(int(number) - count.minus, 0)
        divisor = self._read_number(record, count.per, record.row[count.per])
        return max(math.floor(number / divisor + 0.5) - count.minus, 0) if divisor else None

    def _read_number(self, record: Record, what: str, text: str) -> float | None:
        """Read a number that is not negative."""
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or float(text) < 0:
            self._complain(record, what, f'"{text}" is not a number of at least 0 — write it like 12 or 12.5')
            return None
        return float(text)

    def _read_instant(self, record: Record, what: str, text: str) -> datetime | None:
        """Read a date or an instant; without a zone it is UTC."""
        if not text:
            return None
        try:
            if text.isdecimal() and len(text) >= _EPOCH_DIGITS:
                return datetime.fromtimestamp(int(text) // 1000, tz=UTC)
            at = datetime.fromisoformat(text)
        except (ValueError, OverflowError, OSError):
            self._complain(record, what, f'"{text}" is not a date — write it like 2026-03-02 or 2026-03-02T10:00:00Z')
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def _complain(self, record: Record, what: str, problem: str) -> None:
        """Note a cell that cannot be used."""
        self.problems.append(f"{self._path}:{record.line}: {what}: {problem}")
