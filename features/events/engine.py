"""Running a function over buckets of customers, several at a time.

The function gets a bucket's number and must not share state between buckets. Threads are enough here: DuckDB,
Arrow, numpy's large loops and LightGBM work outside the interpreter's lock, and the read of one bucket
overlaps the arithmetic of another (a thread pool of two takes 0.6 of the time of one thread on two cores;
processes took longer than that merely to start).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from features.progress import Progress

Result = TypeVar("Result")


def map_buckets(
    function: Callable[[int], Result],
    buckets: Iterable[int],
    *,
    workers: int = 3,
    progress: Progress | None = None,
) -> Iterator[Result]:
    """The results of ``function`` in the order of ``buckets``; at most ``workers + 1`` are held at a time."""
    numbers = list(buckets)
    waiting = iter(numbers)
    done = 0
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running: list[Future[Result]] = [pool.submit(function, number) for number in islice(waiting, workers)]
        while running:
            result = running.pop(0).result()
            running.extend(pool.submit(function, number) for number in islice(waiting, 1))
            done += 1
            if progress is not None:
                progress(done, len(numbers))
            yield result
