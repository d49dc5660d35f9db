"""Progress bars for long work, one line each; without a terminal only the finished lines are printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from features.progress import Doing, Said
from features.progress import Progress as Steps


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(finished_text="[green]ok[/]"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
    )


@contextmanager
def bar(console: Console, title: str) -> Iterator[Steps]:
    """A bar named ``title``; the value is called with done and total."""
    with _progress(console) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
        total = progress.tasks[0].total or 1
        progress.update(task, completed=total, total=total)


@contextmanager
def bars(console: Console) -> Iterator[Doing]:
    """A bar for each thing that is done; the value is called with what it is, done and total (0: nobody knows).

    What has the same words before a colon shares one bar: ``churn: training``, then ``churn: predicting``.
    """
    with _progress(console) as progress:
        tasks: dict[str, TaskID] = {}

        def doing(title: str, done: int, total: int) -> None:
            thing = title.partition(": ")[0]
            if thing not in tasks:
                _finish(progress)
                tasks[thing] = progress.add_task(title, total=None)
            progress.update(tasks[thing], description=title, completed=done, total=total or None)

        yield doing
        _finish(progress)


def _finish(progress: Progress) -> None:
    for task in progress.tasks:
        progress.update(task.id, completed=task.total or 1, total=task.total or 1)


@contextmanager
def spinner(console: Console, title: str) -> Iterator[Said]:
    """A moving line named ``title``; the value changes what stands beside it."""
    with _progress(console) as progress:
        task = progress.add_task(title, total=None)
        yield lambda text: progress.update(task, description=f"{title}: {text}")
        progress.update(task, description=title, completed=1, total=1)
