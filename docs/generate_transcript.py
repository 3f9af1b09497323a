"""Put what `puente demo` prints into the two README pages, shortened. `--check` runs it and only compares.

The demo's clock stands still at one instant: the invented people's dates hang on it, and so the output can be repeated
to the letter, on any day.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from generated_page import ROOT, write_or_check

AT: Final = "2026-11-23T08:30:00+00:00"
COLUMNS: Final = 92
MOST_LINES: Final = {3: 6, 4: 3, 5: 2, 6: 0}
"""Section (counted from 0) → how much of it is shown; the others are shown whole."""
PAGES: Final = {"README.md": "en", "README.es.md": "es"}
GAP: Final = "[…]"

DEMO: Final = f"""
import sys
from datetime import datetime
from connector.bootstrap import Root
from connector.cli.app import run
sys.exit(run(["demo"], Root(clock=lambda: datetime.fromisoformat("{AT}"))))
"""


def run_demo(locale: str) -> str:
    """Return the whole output of the demo in a language."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
    environment = {**settings, "PUENTE_LOCALE": locale, "COLUMNS": str(COLUMNS), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", DEMO], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def shorten(output: str) -> Iterator[str]:
    """Yield the lines to show: every section's beginning, and one person of each stage."""
    section, stages = -1, set[str]()
    for paragraph in "\n".join(line.rstrip() for line in output.splitlines()).strip().split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0].startswith(" "):
            stage = lines[0].split()[0]
            shown = 0 if stage in stages else len(lines)
            stages.add(stage)
        else:
            section += 1
            shown = MOST_LINES.get(section, len(lines))
        yield from lines[:shown]
        yield GAP if shown < len(lines) else ""


def build_transcript(locale: str) -> str:
    text = "\n".join(shorten(run_demo(locale)))
    text = re.sub(rf"(?:{re.escape(GAP)}\n?)+", f"{GAP}\n\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip().removesuffix(GAP).rstrip()


def with_transcript(page: str, locale: str) -> str:
    """Return a page with what stands between its two marks replaced."""
    marks = re.compile(r"(<!-- demo -->\n).*?(<!-- /demo -->)", re.DOTALL)
    block = f"```text\n{build_transcript(locale)}\n```\n"
    text, count = marks.subn(lambda match: match[1] + block + match[2], (ROOT / page).read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit(f"{page}: needs `<!-- demo -->` and `<!-- /demo -->` once, around the transcript")
    return text


if __name__ == "__main__":
    sys.exit(write_or_check({ROOT / page: with_transcript(page, locale) for page, locale in PAGES.items()}))
