"""Write generated pages, or say whether those in the tree are still what the code says."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
REFERENCE: Final = ROOT / "docs" / "reference"


def write_or_check(pages: Mapping[Path, str]) -> int:
    """Write the pages; with `--check` write nothing and return 1 when one differs."""
    stale = [page for page, text in pages.items() if not page.exists() or page.read_text(encoding="utf-8") != text]
    if "--check" not in sys.argv[1:]:
        for page in stale:
            page.write_text(pages[page], encoding="utf-8")
        return 0
    for page in stale:
        name = page.relative_to(ROOT).as_posix()
        print(f"{name} is not what the code says — run `make docs` and commit the page", file=sys.stderr)
    return 1 if stale else 0
