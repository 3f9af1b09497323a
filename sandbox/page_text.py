"""Make CRM text safe and legible in a page: escaping, control characters, and the HTML of task bodies."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_ALLOWED = frozenset({"a", "b", "br", "em", "li", "ol", "p", "strong", "ul"})
_UNREAD = frozenset({"script", "style", "template", "title", "textarea", "iframe", "noscript", "svg", "math"})
_WEB = re.compile(r"https?://", re.IGNORECASE)
# Control characters become the replacement character, so that a rep sees that something is there.
_CONTROLS = dict.fromkeys((*(code for code in range(0x20) if chr(code) not in "\t\n\r"), *range(0x7F, 0xA0)), 0xFFFD)
# Direction overrides end where a text ends: <bdi> isolates a text but not what a stray override does inside it.
_OVERRIDES = dict.fromkeys(range(0x202A, 0x202F))
_LEGIBLE = _CONTROLS | _OVERRIDES


def legible(text: str, limit: int | None = None) -> str:
    """Replace control characters, drop what no page can hold, and cut what nobody reads to the end."""
    shown = text.translate(_LEGIBLE).encode("utf-8", "replace").decode("utf-8")
    return shown if limit is None or len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def escape(text: str, limit: int | None = None) -> str:
    """Make a text safe inside an element or a quoted attribute."""
    return html.escape(legible(text, limit), quote=True)


def isolate(text: str, limit: int | None = None) -> str:
    """Make a text safe and keep its writing direction from touching its neighbours."""
    return f"<bdi>{escape(text, limit)}</bdi>"


def sanitise(body: str) -> str:
    """Keep a few harmless elements of an HTML text, and web links; everything else becomes plain text.

    The result is balanced, whatever the input was.
    """
    cleaner = _Cleaner()
    cleaner.feed(body)
    cleaner.close()
    return cleaner.result()


class _Cleaner(HTMLParser):
    """Write the allowed elements anew; nothing of the input is passed through unescaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an allowed element."""
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "br" and not self._unread:
            self._pieces.append("<br>")
        elif tag in _ALLOWED and not self._unread:
            self._pieces.append(self._link(attrs) if tag == "a" else f"<{tag}>")
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element that closes itself; only a line break may."""
        if tag == "br" and not self._unread:
            self._pieces.append("<br>")

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those left open inside it."""
        if tag in _UNREAD:
            self._unread = max(self._unread - 1, 0)
        elif tag in self._open and not self._unread:
            while (inner := self._open.pop()) != tag:
                self._pieces.append(f"</{inner}>")
            self._pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text."""
        if not self._unread:
            self._pieces.append(escape(data))

    def result(self) -> str:
        """Give what was written, closed."""
        return "".join((*self._pieces, *(f"</{tag}>" for tag in reversed(self._open))))

    @staticmethod
    def _link(attrs: list[tuple[str, str | None]]) -> str:
        """Open a link, with its address when that is on the web."""
        address = next((value for name, value in attrs if name == "href" and value), "").strip()
        if not _WEB.match(address):
            return "<a>"
        return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow" target="_blank">'
