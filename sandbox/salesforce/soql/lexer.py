"""Cut SOQL into words.

Source: Salesforce SOQL guide, "Quoted String Escape Sequences" and "Date Formats", read 2026-11 (documented).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sandbox.salesforce.soql.nodes import SoqlError

TokenKind = Literal["word", "string", "number", "date", "datetime", "sign", "end"]

_FORMS = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<datetime>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))"
    r"|(?P<date>\d{4}-\d{2}-\d{2})(?!T)"
    r"|(?P<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|!=|<>|[(),.=<>:])"
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "_": "_", "%": "%"}
_HEX = re.compile(r"[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Token:
    """One word; for a string `text` is its value and `pattern` the value with its wildcards told apart."""

    kind: TokenKind
    text: str
    position: int
    pattern: str = ""

    def says(self, *words: str) -> bool:
        """Tell whether it is one of these keywords."""
        return self.kind == "word" and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs


def read_tokens(text: str) -> Iterator[Token]:
    """Give the words of a statement, an end mark last."""
    position = 0
    while position < len(text):
        if text[position] == "'":
            token, position = _string(text, position)
            yield token
            continue
        found = _FORMS.match(text, position)
        if found is None:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text[position]}'", position)
        kind = found.lastgroup
        if kind is not None and kind != "blank":
            yield Token(kind, found.group(), position)  # type: ignore[arg-type]
        position = found.end()
    yield Token("end", "<EOF>", len(text))


def _string(text: str, start: int) -> tuple[Token, int]:
    """Read a quoted text that begins at `start`."""
    value: list[str] = []
    pattern: list[str] = []
    position = start + 1
    while position < len(text):
        letter = text[position]
        if letter == "'":
            return Token("string", "".join(value), start, "".join(pattern)), position + 1
        if letter == "\\":
            letter, position = _escape(text, position, start)
            value.append(letter)
            pattern.append("\\" + letter if letter in "%_\\" else letter)
            continue
        if letter in "\r\n":
            raise SoqlError("MALFORMED_QUERY", "Line breaks not allowed in string literals", start)
        value.append(letter)
        pattern.append(letter)
        position += 1
    raise SoqlError("MALFORMED_QUERY", "unexpected token: '''", start)


def _escape(text: str, position: int, start: int) -> tuple[str, int]:
    """Read an escape sequence; give its letter and where it ends."""
    mark = text[position + 1 : position + 2]
    if mark in ("u", "U") and (found := _HEX.match(text, position + 2)):
        return chr(int(found.group(), 16)), found.end()
    letter = _ESCAPES.get(mark if mark in _ESCAPES else mark.lower())
    if letter is None or not mark:
        message = f"Invalid string literal. Illegal character sequence '\\{mark}' in string literal."
        raise SoqlError("MALFORMED_QUERY", message, start)
    return letter, position + 2
