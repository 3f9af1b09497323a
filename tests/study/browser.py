"""Open pages in Chromium, without a screen, and note what they ask for and complain about.

Source: chromedevtools.github.io/devtools-protocol, version 1.3, read 2026-11-22.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
_LISTENING: Final = re.compile(r"DevTools listening on (ws://\S+)")
_SECONDS: Final = 60.0
_LARGEST_ANSWER: Final = 1 << 26


@dataclass
class Browser:
    """Speak with one tab. `requests` are addresses it asked for, `complaints` errors and warnings of its console."""

    socket: ClientConnection
    session: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    loaded: int = 0
    _last: int = 0

    def open(self, file: Path, *, width: int = 1100, media: str = "", scheme: str = "light") -> None:
        """Show a file, as on a screen of this width, until it is loaded."""
        self.requests.clear()
        self.complaints.clear()
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        before = self.loaded
        self.ask("Page.navigate", url=file.as_uri())
        while self.loaded == before:
            self._hear()

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def print(self) -> bytes:
        """Return the page as PDF, on the paper it asks for."""
        answer = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; what happens meanwhile is noted."""
        self._last += 1
        number = self._last
        message = {"id": number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message | ({"sessionId": self.session} if self.session else {})))
        while True:
            heard = self._hear()
            if heard.get("id") == number:
                assert "error" not in heard, heard
                return dict(heard["result"])

    def _hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self.socket.recv(timeout=_SECONDS))
        told = heard.get("params", {})
        match heard.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.complaints.append(told["entry"]["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told))
            case "Page.loadEventFired":
                self.loaded += 1
        return heard


@contextmanager
def open_browser(profile: Path) -> Iterator[Browser]:
    """Start Chromium with a profile of its own, on a port it chooses, and end it."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank",
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            found = (_LISTENING.search(line) for line in process.stderr)
            address = next(match[1] for match in found if match)
            with connect(address, max_size=_LARGEST_ANSWER, open_timeout=_SECONDS) as socket:
                yield _attach(socket)
        finally:
            process.kill()


def _attach(socket: ClientConnection) -> Browser:
    browser = Browser(socket, "")
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.session = str(session)
    for domain in ("Page", "Network", "Log", "Runtime"):
        browser.ask(f"{domain}.enable")
    return browser
