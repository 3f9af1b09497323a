"""Keep time for tests: sleeping moves it on, nothing waits."""

from __future__ import annotations


class FakeTime:
    """Count seconds; `naps` are the waits asked for."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds
