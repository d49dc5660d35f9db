"""How often a key may ask."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.access.rate_limit import BURST_S, SLOTS, RateLimit, limit_of, slot_of

KEY = "00a1bcdef012"
START_S = 1_000.0


def test_a_burst_and_then_the_full_rate() -> None:
    """Ten seconds' worth may come at once; after that one request an interval goes on, and the wait is told."""
    limits, limit = RateLimit(), limit_of(KEY, 60)
    assert [limits.wait_s(limit, START_S) for _ in range(11)] == [0.0] * 10 + [1.0]
    assert limits.wait_s(limit, START_S + 0.75) == pytest.approx(0.25)
    assert limits.wait_s(limit, START_S + 1) == 0
    assert limits.wait_s(limit, START_S + 1) == pytest.approx(1)


def test_the_slowest_limit() -> None:
    """One request a minute is one at a time."""
    limits, limit = RateLimit(), limit_of(KEY, 1)
    assert [limits.wait_s(limit, START_S + at) for at in (0, 15, 60, 119)] == [0, 45, 0, pytest.approx(1)]


def test_a_rest_gives_no_more_than_the_burst() -> None:
    """Who was silent for an hour may not catch up."""
    limits, limit = RateLimit(), limit_of(KEY, 600)
    limits.wait_s(limit, START_S)
    served = sum(limits.wait_s(limit, START_S + 3_600) == 0 for _ in range(1_000))
    assert served == 100


@given(st.integers(1, 100_000), st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_no_window_holds_more_than_its_share(per_minute: int, gaps_s: list[float]) -> None:
    """Whatever the moments, any stretch of time holds at most its share and one burst; a told wait is enough."""
    limits, limit = RateLimit(), limit_of(KEY, per_minute)
    now_s, served_s = START_S, []
    for gap_s in gaps_s:
        now_s += gap_s
        wait_s = limits.wait_s(limit, now_s)
        if wait_s == 0:
            served_s.append(now_s)
        else:
            assert limits.wait_s(limit, now_s + wait_s + 1e-6) == 0
            served_s.append(now_s + wait_s + 1e-6)
            now_s = served_s[-1]
    for begin, first in enumerate(served_s):
        for end in range(begin, len(served_s)):
            most = (served_s[end] - first + limit.burst_s) / limit.interval_s + 1e-6
            assert end - begin + 1 <= most + 1


def test_keys_do_not_count_for_one_another() -> None:
    """Each key has a place of its own; the places lie within the memory."""
    limits = RateLimit()
    one, other = limit_of("0001aa", 1), limit_of("ffffaa", 1)
    assert slot_of("ffffaa") == SLOTS - 1
    assert [limits.wait_s(one, START_S), limits.wait_s(other, START_S)] == [0, 0]
    assert limits.wait_s(one, START_S) > 0


def test_processes_count_together() -> None:
    """What a forked process lets through is counted in all others: together they let through one limit's worth."""
    limits, limit = RateLimit(), limit_of(KEY, 6_000)
    children = []
    for _ in range(2):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            served = sum(limits.wait_s(limit, START_S) == 0 for _ in range(1_500))
            os.write(writing, served.to_bytes(4, "big"))
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            children.append(int.from_bytes(pipe.read(), "big"))
    here = sum(limits.wait_s(limit, START_S + 1) == 0 for _ in range(400))
    assert children == [6_000 * BURST_S / 60, 0]
    assert here == 100
