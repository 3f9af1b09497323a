"""Measure texts as Salesforce may: in UTF-16 units, of which most characters take one and emoji two. Pure.

Salesforce does not say in what its lengths count (unsure); a text that is short enough in units is so in characters.
"""

from __future__ import annotations


def length(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "replace")) // 2


def cut(text: str, most: int) -> str:
    """Return as much of a text as fits, never half an emoji."""
    encoded = text.encode("utf-16-le", "replace")
    return text if len(encoded) <= 2 * most else encoded[: 2 * most].decode("utf-16-le", "ignore")
