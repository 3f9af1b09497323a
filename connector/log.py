"""Write log lines as JSON on stderr: which step, how often, how long; never whose.

Ids, e-mail addresses, tokens and values stay out by what is logged; the formatter removes what slips in all the same.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TextIO, TypeAlias

import orjson

LEVEL_VARIABLE: Final = "PUENTE_LOG"
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
OURS: Final = ("connector", "adapters", "webhooks")

_REDACTED: Final = "[…]"
_SECRETS: Final = re.compile(
    r"""[\w.+-]+@[\w-]+(?:\.[\w-]+)+                       # e-mail addresses
      | \b(?:Bearer|Basic)\s+[\w.~+/=-]+                   # credentials of a header
      | \bpat-[\w-]{8,}                                    # HubSpot tokens
      | \b00D\w{12,15}!\S+                                 # Salesforce sessions
      | (?:token|secret|password)["']?\s*[=:]\s*["']?[^\s"',&}]+""",
    re.VERBOSE | re.IGNORECASE,
)
_Trouble: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def redact(text: str) -> str:
    """Replace what looks like an e-mail address or a credential."""
    return _SECRETS.sub(_REDACTED, text)


class JsonLines(logging.Formatter):
    """Format a record as one JSON line. An exception is told by its class and places, not by its text."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None and record.exc_info[1] is not None:
            line["error"] = record.exc_info[0].__name__
            line["places"] = _places(record.exc_info[1])
        return orjson.dumps(line).decode()


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def level_of(environment: str | None, default: str) -> str:
    """Return the level a variable asks for; what is no level asks for nothing."""
    wanted = (environment or "").strip().upper()
    return wanted if wanted in LEVELS else default


def is_debugging() -> bool:
    return level_of(os.environ.get(LEVEL_VARIABLE), "WARNING") == "DEBUG"


def configure_logging(default: str = "WARNING", stream: TextIO | None = None) -> None:
    """Send the log lines of our packages, from the level of `PUENTE_LOG` on, to stderr. Safe to call again."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    level = level_of(os.environ.get(LEVEL_VARIABLE), default)
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
