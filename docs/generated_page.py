"""Write a generated page, or say whether the one in the tree is still what the code says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

REFERENCE: Final = Path(__file__).parent / "reference"


def write_or_check(name: str, build: Callable[[], str]) -> int:
    """Write `docs/reference/NAME`; with `--check` write nothing and return 1 when it differs."""
    page, text = REFERENCE / name, build()
    if "--check" not in sys.argv[1:]:
        page.write_text(text, encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return 0
    print(f"docs/reference/{name} is not what the code says — run `make docs` and commit the page", file=sys.stderr)
    return 1
