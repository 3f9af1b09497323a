"""Run MiniStack with a clock that tests can move: its wall clock is the real one plus the seconds in a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

AHEAD = Path(os.environ["SECONDS_AHEAD_FILE"])
REAL_TIME = time.time


def moved_time() -> float:
    return REAL_TIME() + float(AHEAD.read_text() or 0)


if __name__ == "__main__":
    time.time = moved_time
    from ministack.app import main

    main()
