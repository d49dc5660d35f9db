"""Buying again: each item at its own cycle, and little of it in a shop where nothing is bought twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.small_shop import EventRow
from tests.training.recommend.proposing.proposed import Proposed, at
from training.recommend.proposing.again import usual_days

NAMES = ("buy_again",)


def regular(customer: str, item: str, every_days: int, times: int, last_days: float) -> list[EventRow]:
    """The same bought so many times, always after so many days."""
    return [(customer, "purchase", item, at(last_days + every_days * number)) for number in range(times)]


def test_at_its_cycle(tmp_path: Path) -> None:
    """What is due comes before what was bought just now, though bought as often; who bought nothing has none."""
    rows = []
    for number in range(30):
        rows += regular(f"c{number}", "soap", 30, 4, 1 + number % 30)
        rows += regular(f"c{number}", "salt", 30, 4, 1 + (number + 15) % 30)
    rows += [*regular("anna", "soap", 30, 4, 1), *regular("anna", "salt", 30, 4, 31), ("bo", "view", "soap", at(1))]
    shop = Proposed(tmp_path, *rows, names=NAMES)
    assert shop.ranked("buy_again", "anna") == ["salt", "soap"]
    assert shop.score("buy_again", "anna", "salt") > 3 * shop.score("buy_again", "anna", "soap")
    assert shop.ranked("buy_again", "bo") == []


def test_own_habit_before_the_usual(tmp_path: Path) -> None:
    """What a customer has in every order comes before what they bought once, however often others buy it."""
    rows = []
    for number in range(20):
        rows += regular(f"c{number}", "bread", 7, 10, 4)
    rows += [*regular("anna", "tea", 7, 8, 4), *regular("anna", "bread", 7, 1, 53)]
    shop = Proposed(tmp_path, *rows, names=NAMES)
    assert shop.ranked("buy_again", "anna") == ["tea", "bread"]


def test_little_where_nothing_is_bought_twice(tmp_path: Path) -> None:
    """In a shop whose customers always buy something else nothing is proposed again."""
    rows = [
        (f"c{number}", "purchase", f"i{(number + step) % 40}", at(10 * step + 1))
        for number in range(40)
        for step in range(6)
    ]
    shop = Proposed(tmp_path, *rows, names=NAMES)
    assert len(shop.found) == 0


def test_usual_days(tmp_path: Path) -> None:
    """What was in three orders has a usual gap, what was in two has none, and so has what somebody else buys."""
    rows = [*regular("anna", "tea", 30, 3, 4), *regular("anna", "cup", 30, 2, 4), *regular("bo", "pan", 7, 4, 1)]
    shop = Proposed(tmp_path, *rows, names=NAMES)
    customer, item = np.array([0, 0, 0, 1]), np.array([shop.ids.index(name) for name in ("tea", "cup", "pan", "pan")])
    np.testing.assert_allclose(usual_days(shop.history, customer, item), [30, np.nan, np.nan, 7])


def test_usual_days_of_who_bought_nothing(tmp_path: Path) -> None:
    """A visitor usually buys nothing."""
    shop = Proposed(tmp_path, ("anna", "view", "tea", at(2)), names=NAMES)
    assert np.isnan(usual_days(shop.history, np.array([0]), np.array([0]))).all()
