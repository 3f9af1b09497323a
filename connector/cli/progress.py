"""Show how far a long run is: on a terminal, on stderr, and only after two seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

PATIENCE_SECONDS: Final = 2.0


class PaceColumn(ProgressColumn):
    """Show people a second and the time left, over the whole run: people come in waves, not one by one."""

    def render(self, task: Task) -> Text:
        if not task.completed or not task.elapsed:
            return Text("")
        rate = task.completed / task.elapsed
        left = "" if task.total is None else f" · {timedelta(seconds=round((task.total - task.completed) / rate))}"
        return Text(f"{rate:.0f}/s{left}", style="progress.remaining")


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
        PaceColumn(),
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
