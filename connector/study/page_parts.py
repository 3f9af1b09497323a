"""Put pages of a study together: one HTML document that loads nothing from anywhere, with sections and tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Final

from connector.domain.model import Locale

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def read_style(package: str, name: str) -> str:
    """Return a packaged style sheet."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def build_document(title: str, body: str, locale: Locale, style: str) -> str:
    """Return a whole document; `body` is HTML already."""
    return (
        f'<!doctype html>\n<html lang="{locale}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}"
        "</main>\n</body>\n</html>\n"
    )


def section(heading: str, content: str) -> str:
    """Return a section under its heading; `content` is HTML already."""
    return f"<section><h2>{escape(heading)}</h2>{content}</section>\n"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, text_columns: int = 1) -> str:
    """Return a table; all columns but the first `text_columns` hold numbers. Cells are HTML already."""
    head = "".join(
        f"<th{_of_number(place, text_columns)}>{escape(heading)}</th>" for place, heading in enumerate(headings)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{_of_number(place, text_columns)}>{cell}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _of_number(place: int, text_columns: int) -> str:
    return "" if place < text_columns else ' class="number"'
