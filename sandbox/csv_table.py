"""Read a delimited text file as a table: encodings, byte-order marks, delimiters, and rows that do not fit."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.column_map import Row, SpreadsheetError

_DELIMITERS = ",;\t|"
_SHOWN_PROBLEMS = 25


@dataclass(frozen=True, slots=True)
class Record:
    """One row by column name, cells trimmed and empty ones ""; `line` is where it begins in the file."""

    line: int
    row: Row


def read_table(path: Path, encoding: str, empty: frozenset[str]) -> tuple[tuple[str, ...], list[Record]]:
    """Read the header and the rows; `empty` are casefolded texts that stand for an empty cell.

    Raises SpreadsheetError. A UTF-16 byte-order mark prevails over `encoding`, for that is what Excel calls "Unicode
    text". Blank rows and columns without a name are left out.
    """
    text = _decode(path, encoding)
    delimiter = _sniff_delimiter(text)
    lines = _read_lines(path, text, delimiter)
    _, header = next(lines, (1, []))
    names = tuple(name.strip() for name in header)
    problems = _check_header(path, names)
    records: list[Record] = []
    for line, cells in lines:
        if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
            problems.append(
                f"{path}:{line}: has {len(cells)} cells, the header has {len(names)} columns — quote cells that hold "
                f"the delimiter {delimiter!r} or a line break"
            )
            continue
        values = (_clean(cell, empty) for cell in cells)
        records.append(Record(line, {name: value for name, value in zip(names, values, strict=False) if name}))
    if problems:
        raise SpreadsheetError(shorten(problems))
    return tuple(name for name in names if name), records


def shorten(problems: list[str]) -> tuple[str, ...]:
    """Keep as many problems as somebody reads, and say how many more there are."""
    shown = tuple(problems[:_SHOWN_PROBLEMS])
    return shown if len(problems) <= len(shown) else (*shown, f"… and {len(problems) - len(shown)} more")


def _decode(path: Path, encoding: str) -> str:
    """Read the file as text."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SpreadsheetError((f"{path}: cannot be read ({error.strerror}) — give the path of a CSV file",)) from error
    if raw.startswith(b"PK\x03\x04"):
        raise SpreadsheetError((f"{path}: is a workbook, not text — save the sheet as CSV (UTF-8)",))
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif raw.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        advice = 'save it as "CSV UTF-8", or name its encoding in the column map, for example "encoding: cp1252"'
        raise SpreadsheetError((f"{path}:{line}: is not {encoding.removesuffix('-sig')} text — {advice}",)) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise SpreadsheetError((f"{path}:{line}: holds a NUL character, so it is no text — export it again as CSV",))
    return text


def _sniff_delimiter(text: str) -> str:
    """Find the delimiter that cuts the header into most columns; a comma when none cuts it."""
    header = text[: text.find("\n")] if "\n" in text else text
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter), [])))


def _read_lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank, with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SpreadsheetError(
                (f"{path}:{line}: is not CSV ({error}) — correct the quotes of this row",)
            ) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _check_header(path: Path, names: tuple[str, ...]) -> list[str]:
    """Find what makes a header unusable."""
    if not any(names):
        return [f"{path}:1: has no header — the first row must name the columns"]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    return [f'{path}:1: two columns are named "{name}" — rename one' for name in twice]


def _clean(cell: str, empty: frozenset[str]) -> str:
    """Trim a cell and empty it when its text means nothing."""
    text = cell.strip()
    return "" if text.casefold() in empty else text
