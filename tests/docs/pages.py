"""Read the project's pages: their links, their code, and what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_FENCE: Final = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<code>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"")


def pages() -> list[Path]:
    """Return every Markdown page of the project's own."""
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "benchmarks" / "README.md"]
    assert len(found) > 15
    return found


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def code_blocks(page: Path, *languages: str) -> Iterator[str]:
    """Yield the fenced code of these languages, without its indent."""
    for match in _FENCE.finditer(page.read_text()):
        if match["language"] in languages:
            indent = len(match["indent"])
            yield "".join(line[indent:] if line.strip() else line for line in match["code"].splitlines(keepends=True))


def inline_code(page: Path) -> Iterator[str]:
    """Yield what stands between backticks outside of fenced code."""
    yield from re.findall(r"`([^`\n]+)`", _FENCE.sub("", page.read_text()))


def shell_commands(page: Path) -> Iterator[str]:
    """Yield every command a reader may copy: lines of shell blocks, and inline code that begins like one."""
    for block in code_blocks(page, "sh", "bash", "console"):
        for line in block.replace("\\\n", " ").splitlines():
            command = re.sub(r"\s+#.*$", "", line).strip().removeprefix("$ ")
            if command and not command.startswith("#"):
                yield command
    yield from (code for code in inline_code(page) if re.match(r"(make|puente) \S", code))


def links(page: Path) -> Iterator[str]:
    """Yield the targets of links and pictures."""
    for match in _LINK.finditer(_FENCE.sub("", page.read_text())):
        yield next(group for group in match.groups() if group)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the common hosts build them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-") for heading in headings}
