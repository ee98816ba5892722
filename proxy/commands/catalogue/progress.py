"""How far a walk is: a bar with rate and end on a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

LINE_SECONDS = 30.0


class Pace(ProgressColumn):
    """Files a second, and when it will be over: by the clock, since one comes back for it."""

    def render(self, task: Task) -> Text:
        if not task.speed:
            return Text("")
        rate = f"{task.speed:.1f}/s"
        if task.fields["walking"] or task.time_remaining is None:
            return Text(f"{rate}, still reading the catalogue")
        return Text(f"{rate}, {told_end(task.time_remaining)}")


class Shown:
    """Call it with what is done, what failed of it, and what there is as far as is known."""

    def __init__(self, title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.moves = self.console.is_terminal and not self.console.is_dumb_terminal
        self.clock = clock
        self.title = title
        self.line_at = clock() + LINE_SECONDS
        self.since: tuple[float, int] | None = None
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Pace(),
            TextColumn("[red]{task.fields[failed]}"),
            console=self.console,
            disable=not self.moves,
        )
        self.task = self.bar.add_task(title, total=None, walking=True, failed="")

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.bar.stop()

    def __call__(self, done: int, failed: int, known: int, walking: bool) -> None:
        if self.moves:
            told = f"{failed} failed" if failed else ""
            if self.since is None:  # what an earlier run has done says nothing about the rate
                self.since = self.clock(), done
                self.bar.reset(self.task, completed=done, total=known)
            self.bar.update(self.task, completed=done, total=known, walking=walking, failed=told)
            return
        now = self.clock()
        self.since = self.since or (now, done)
        if now >= self.line_at:
            self.line_at = now + LINE_SECONDS
            sys.stderr.write(f"{self.title}: {self.line(done, failed, known, walking, now)}\n")

    def line(self, done: int, failed: int, known: int, walking: bool, now: float) -> str:
        since, before = self.since or (now, done)
        rate = (done - before) / (now - since) if now > since else 0.0
        more = ["still reading the catalogue"] if walking else [told_end((known - done) / rate)] if rate else []
        return ", ".join([f"{done} of {known}", f"{failed} failed", f"{rate:.1f}/s", *more])


def told_end(seconds: float) -> str:
    end = datetime.now().astimezone() + timedelta(seconds=seconds)
    return f"ends {end:%H:%M:%S}" if seconds < 12 * 3600 else f"ends {end:%Y-%m-%d %H:%M}"
