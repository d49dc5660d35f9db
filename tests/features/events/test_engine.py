"""Running a function over buckets, several at a time."""

from __future__ import annotations

import threading

import pytest

from features.events.engine import map_buckets


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_buckets(workers: int) -> None:
    """Whatever finishes first, results come in the order in which the buckets were given."""
    assert list(map_buckets(lambda bucket: bucket * 10, [5, 3, 9, 3, 0], workers=workers)) == [
        50,
        30,
        90,
        30,
        0,
    ]


def test_later_buckets_may_finish_first() -> None:
    """A slow first bucket holds back the results of the second, not its work."""
    second_done = threading.Event()

    def function(bucket: int) -> int:
        if bucket == 0:
            assert second_done.wait(timeout=30)
        else:
            second_done.set()
        return bucket

    assert list(map_buckets(function, [0, 1], workers=2)) == [0, 1]


def test_few_results_are_held_at_a_time() -> None:
    """No bucket is begun until there is room: at most workers + 1 have begun and are not yet taken."""
    begun: list[int] = []
    for taken, _ in enumerate(map_buckets(begun.append, range(20), workers=2), start=1):
        assert len(begun) <= taken + 2
    assert sorted(begun) == list(range(20))


def test_progress_counts_the_buckets() -> None:
    """Progress hears of every bucket, in order, and of how many there are."""
    heard: list[tuple[int, int]] = []
    list(map_buckets(lambda bucket: bucket, range(3), progress=lambda done, all_: heard.append((done, all_))))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_no_buckets_give_nothing() -> None:
    """An empty list of buckets gives no result and no progress."""
    assert list(map_buckets(lambda bucket: bucket, [], progress=lambda done, all_: pytest.fail("called"))) == []


def test_a_mistake_in_a_bucket_is_raised() -> None:
    """An exception of the function reaches the caller, with the results before it."""

    def function(bucket: int) -> int:
        if bucket == 2:
            raise ZeroDivisionError("bucket 2")
        return bucket

    results = map_buckets(function, range(5), workers=2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError, match="bucket 2"):
        next(results)
