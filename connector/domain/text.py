"""Compare texts the way people mean them: trimmed, without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return `text` trimmed, casefolded, decomposed (NFKD) and without combining marks."""
    return _strip_marks(text.strip())


def _strip_marks(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


@lru_cache(maxsize=4_096)
def compile_globs(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Build one matcher of folded texts: whether any of the globs covers the whole text.

    In a glob `*` is any run, `?` one character, all else is itself. The atomic groups keep it linear in the text for
    every star, so that no CRM value can stall a worker.
    """
    matcher = re.compile("|".join(f"(?:{_to_expression(pattern.strip())})" for pattern in patterns), re.DOTALL)
    return lambda text: matcher.fullmatch(text) is not None


def _to_expression(pattern: str) -> str:
    pieces = [
        "".join("." if char == "?" else re.escape(_strip_marks(char)) for char in piece) for piece in pattern.split("*")
    ]
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>.*?{piece})" for piece in pieces[1:-1] if piece)
    return f"{pieces[0]}{middle}.*{pieces[-1]}"
