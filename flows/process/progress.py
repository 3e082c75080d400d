"""What a person sees while a night runs: a live list on a terminal, one line per stage elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress:
    """Names and times the stages of a night.

    On a terminal it draws on stderr, a bar where a stage counts its steps; anywhere else (a scheduler's
    log) it prints one plain line per finished stage on stdout.
    """

    def __init__(self, bars: "Bars | None" = None) -> None:
        self._bars = bars
        self._running: TaskID | None = None
        self._text = ""
        self.seconds: dict[str, float] = {}
        """Finished stages, in order, with their wall-clock time."""

    @classmethod
    @contextmanager
    def open(cls) -> Iterator["Progress"]:
        """A display fit for where we run; leaves the terminal clean."""
        if not sys.stderr.isatty():
            yield cls()
            return
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=Console(stderr=True)) as bars:
            yield cls(bars)

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """Show `text` while the block runs, and how long it took once it is through."""
        begin, self._text = perf_counter(), text
        self._running = None if self._bars is None else self._bars.add_task(text, total=None)
        yield
        self.seconds[text] = perf_counter() - begin
        if self._bars is not None and self._running is not None:
            self._bars.update(self._running, total=1, completed=1, description=text)
        else:
            print(f"{text:<44} {self.seconds[text]:7.1f} s", flush=True)

    def uncounted(self) -> None:
        """The counted steps are through and the stage goes on: no bar says that it is done."""
        for task in () if self._bars is None else self._bars.tasks:
            if task.id == self._running:
                task.description, task.total, task.completed = self._text, None, 0

    def step(self, done: int, total: int, what: str = "") -> None:
        """Callback for long work inside a stage: `done` of `total` steps of `what` are through."""
        if self._bars is not None and self._running is not None:
            text = f"{self._text}: {what}" if what else self._text
            self._bars.update(self._running, total=total, completed=done, description=text)
