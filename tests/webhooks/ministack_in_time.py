"""Run MiniStack with a clock that tests can move: its wall clock is the real one plus the seconds in a file.

It listens on a socket it is given: a port that is only named could be somebody else's by the time it is taken.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

AHEAD = Path(os.environ["SECONDS_AHEAD_FILE"])
LISTENING = int(os.environ["LISTENING_SOCKET"])
REAL_TIME = time.time


def moved_time() -> float:
    return REAL_TIME() + float(AHEAD.read_text() or 0)


if __name__ == "__main__":
    time.time = moved_time
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{LISTENING}"]
    config.keep_alive_timeout = 75
    config.loglevel = "ERROR"
    asyncio.run(serve(app, config))
