"""What is asked of the database by who cannot wait for long."""

from __future__ import annotations

import threading

import pytest

from features.errors import HuitouError
from serving.database.in_time import InTime
from tests.serving.running.waiting import ended


def test_an_answer_in_time_is_told() -> None:
    """Each call asks anew."""
    numbers = iter(range(10))
    ask = InTime(lambda: next(numbers), 10)
    assert [ask(), ask()] == [0, 1]


def test_what_went_wrong_is_raised() -> None:
    """And the next call asks again."""
    given: list[int | Exception] = [HuitouError("it is full."), 7]

    def answer() -> int:
        found = given.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    ask = InTime(answer, 10)
    with pytest.raises(HuitouError, match="^it is full"):
        ask()
    assert ask() == 7


def test_one_waits_once() -> None:
    """While the question is open nobody waits again; its answer is told when it is there, and all is as before."""
    let, asked = threading.Event(), []

    def answer() -> int:
        asked.append(1)
        assert let.wait(10)
        return len(asked)

    ask = InTime(answer, 0.1)
    ended(lambda: _refused(ask, times=1_000))
    assert len(asked) == 1
    let.set()
    assert _answered(ask) == 1
    assert ask() == 2


def _refused(ask: InTime[int], times: int) -> None:
    for _ in range(times):
        with pytest.raises(HuitouError, match="^the database did not answer in time"):
            ask()


def _answered(ask: InTime[int]) -> int:
    for _ in range(10_000):
        try:
            return ask()
        except HuitouError:
            threading.Event().wait(0.001)
    raise AssertionError("it was never answered")
