"""Show how far a long run is: on a terminal, on stderr, and only after two seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

PATIENCE_SECONDS: Final = 2.0


class RateColumn(ProgressColumn):
    """Show how many people a second are done."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.0f}/s", style="progress.data.speed")


@contextmanager
def show_progress(
    console: Console, label: str, total: int | None, *, wanted: bool = True
) -> Iterator[Callable[[], None]]:
    """Give a function to call once per person done; draws nothing when nobody watches."""
    if not (wanted and console.is_terminal):
        yield lambda: None
        return
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task(label, total=total)
    shown = threading.Event()

    def start() -> None:
        shown.set()
        bar.start()

    timer = threading.Timer(PATIENCE_SECONDS, start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: bar.advance(task)
    finally:
        timer.cancel()
        timer.join()
        if shown.is_set():
            bar.stop()
