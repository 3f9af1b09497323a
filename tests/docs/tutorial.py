"""Follow a tutorial as its reader would: run its commands in order, apply its edits, and keep what was printed.

A comment before a fenced block says what the block cannot say itself:

    <!-- not run -->     setting up a machine
    <!-- exit N -->      the last command of the block ends with this code, not with 0
    <!-- edit FILE -->   a diff whose lines are replaced in FILE
    <!-- write FILE -->  the content of FILE
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest

from connector.bootstrap import Root
from connector.cli.app import run
from sandbox.hubspot.settings import LimitSettings, PortalSettings
from sandbox.people import generate
from sandbox.server import Running, SandboxSettings, serve_in_thread

AT: Final = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
"""The invented people's dates hang on the clock: at one instant they can be written down in a page."""
WRITTEN_URL: Final = "http://127.0.0.1:8787"
GAP: Final = "[…]"
_BLOCK: Final = re.compile(
    r"(?:^<!-- (?P<note>[^>]*?) -->\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Block:
    """Hold one fenced block of a page, with the comment before it and its line."""

    language: str
    code: str
    note: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(found["language"], found["code"], found["note"] or "", line)


@dataclass
class Apprentice:
    """Follow one page in a folder of its own, on a clock that moves on by a minute with every command."""

    folder: Path
    patch: pytest.MonkeyPatch
    locale: str
    now: datetime = AT
    url: str = WRITTEN_URL
    printed: str = ""
    _open: ExitStack = field(default_factory=ExitStack)

    def follow(self, page: Path) -> Iterator[tuple[Block, str]]:
        """Do what each block says; yields every block of output with what was really printed before it."""
        with self._open:
            self.patch.setenv("PUENTE_LOCALE", self.locale)
            self.patch.setenv("COLUMNS", "80")
            for block in blocks(page):
                if block.language == "text":
                    yield block, self.printed
                elif block.note != "not run":
                    self._do(block)

    def _do(self, block: Block) -> None:
        act, _, name = block.note.partition(" ")
        if block.language == "diff":
            assert act == "edit", f"line {block.line}: a diff must say which file it edits"
            self._edit(self.folder / name, block)
        elif act == "write":
            (self.folder / name).write_text(block.code, encoding="utf-8")
        elif block.language == "sh":
            self._run(block, int(name) if act == "exit" else 0)

    def _edit(self, file: Path, block: Block) -> None:
        text = file.read_text(encoding="utf-8")
        lines = block.code.splitlines()
        old, new = ("\n".join(line[1:] for line in lines if line[0] in signs) for signs in ("- ", "+ "))
        assert text.count(old) == 1, f"line {block.line}: {file.name} does not hold these lines once"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def _run(self, block: Block, code: int) -> None:
        said = io.StringIO()
        commands = [line for line in block.code.replace("\\\n", " ").splitlines() if line.strip()]
        with redirect_stdout(said), redirect_stderr(said):
            codes = [self._run_line(line) for line in commands]
        self.printed = said.getvalue().replace(self.url, WRITTEN_URL)
        assert codes == [0] * (len(codes) - 1) + [code], f"line {block.line}: {codes}\n{self.printed}"

    def _run_line(self, line: str) -> int:
        words = shlex.split(line.replace(WRITTEN_URL, self.url), comments=True)
        self.now += timedelta(minutes=1)
        match words:
            case ["puente", "sandbox", *_]:
                self.url = self._open.enter_context(self._sandbox()).url
            case ["puente", *arguments]:
                return run(arguments, Root(clock=lambda: self.now))
            case ["export", setting]:
                self.patch.setenv(*setting.partition("=")[::2])
            case ["curl", "-d", body, url]:
                httpx.post(url, content=body, trust_env=False, timeout=60).raise_for_status()
            case _:
                raise AssertionError(f"nobody knows how to run: {line}")
        return 0

    def _sandbox(self) -> AbstractContextManager[Running]:
        """Serve the sandbox the page begins with; without limits, because its clock stands still during a command."""
        portal = PortalSettings(locale="en" if self.locale == "en" else "es", limits=LimitSettings(enabled=False))
        base = generate(60, 1, self.now)
        return serve_in_thread(SandboxSettings(base=base, portal=portal, clock=lambda: self.now.timestamp()))


def missing_lines(expected: str, printed: str) -> list[str]:
    """Return the lines of an excerpt that were not printed in this order; blanks at the end of a line do not count."""
    left = iter(line.rstrip() for line in printed.splitlines())
    wanted = (line.rstrip() for line in expected.splitlines())
    return [line for line in wanted if line.strip() not in ("", GAP) and line not in left]
