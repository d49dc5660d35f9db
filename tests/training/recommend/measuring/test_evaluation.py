"""Evaluation: measures worked out by hand, known and new items apart, and intervals around the mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.pairs import Touches
from tests.small_shop import events, moment, stored
from training.recommend.measuring.evaluation import (
    Judged,
    intervals,
    judged,
    measures,
)
from training.recommend.ranking.answers import Answers

CUTOFF = moment("2025-03-11T00:00Z")
ROWS = (
    ("anna", "view", "a", "2025-03-01T00:00Z"),
    ("bo", "view", "b", "2025-03-01T00:00Z"),
    ("cy", "view", "c", "2025-03-01T00:00Z"),
    ("dee", "view", "d", "2025-03-01T00:00Z"),
    ("anna", "purchase", "a", "2025-03-11T01:00Z"),
    ("anna", "purchase", "b", "2025-03-11T01:00Z"),
    ("bo", "purchase", "c", "2025-03-11T01:00Z"),
    ("bo", "purchase", "unheard of", "2025-03-11T01:00Z"),
    ("cy", "purchase", "c", "2025-03-11T01:00Z"),
)
A, B, C, D, NONE = 0, 1, 2, 3, -1


def hits(*rows: str) -> Any:
    """Flags from text: ``x`` is a hit."""
    return np.array([[mark == "x" for mark in row] for row in rows])


def judge(path: Path, ranked: list[list[int]]) -> Judged:
    """What ``ranked`` items of anna, bo, cy and dee are worth."""
    behaviour = Behaviour.of(stored(path, events(*ROWS), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    return judged(np.array(ranked), history, Touches.of(history), Answers.of(behaviour, 0, history, 2))


def part(*rows: str, bought: list[int]) -> Judged:
    """Judged rows of which nothing was known."""
    flags = hits(*rows)
    none = np.zeros_like(flags)
    return Judged(flags, none, ~none, np.array(bought), np.zeros(len(rows), dtype=np.int64), np.arange(3))


def test_judged_by_hand(tmp_path: Path) -> None:
    """Only buyers are measured; an item nobody could know counts as bought; padding is neither shown nor hit."""
    found = judge(tmp_path, [[B, A, C], [B, C, NONE], [A, NONE, NONE], [D, A, B]])
    assert found.hits.tolist() == [[True, True, False], [False, True, False], [False, False, False]]
    assert found.known.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert found.shown.tolist() == [[True] * 3, [True, True, False], [True, False, False]]
    assert found.bought.tolist() == [2, 2, 1]
    assert found.bought_known.tolist() == [1, 0, 1]
    assert found.items.tolist() == [A, B, C, D], "what is shown to anyone covers the catalogue"


def test_known_and_new_apart(tmp_path: Path) -> None:
    """Known recall is over the known purchases, new recall over the new ones, the share over what was shown."""
    told = measures([judge(tmp_path, [[B, A, C], [B, C, NONE], [A, NONE, NONE], [D, A, B]])], 4, seed=7)
    # Known: anna bought a and was shown it, cy bought c and was not. New: anna's b is hit, of bo's two one.
    assert told["known_recall@10"]["value"] == pytest.approx((1 + 0) / 2)
    assert told["new_recall@10"]["value"] == pytest.approx((1 + 1 / 2) / 2)
    assert told["new_share@10"]["value"] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert told["recall@5"]["value"] == pytest.approx((2 / 2 + 1 / 2 + 0) / 3)
    assert told["mrr@10"]["value"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert told["hit_rate@10"]["value"] == pytest.approx(2 / 3)
    assert told["catalogue_coverage@10"]["value"] == 1.0


def test_coverage_counts_items_once() -> None:
    """The share of the catalogue in anyone's first ten, over all buckets together."""
    told = measures([part("x..", bought=[1]), part("..x", bought=[1])], 12, seed=7)
    assert told["catalogue_coverage@10"] == {"value": 0.25}
    assert told["recall@5"]["value"] == 1.0


def test_intervals_contain_the_mean() -> None:
    """The interval holds the mean, narrows with more customers and repeats with the seed."""
    rng = np.random.default_rng(5)
    few, many = (intervals({"x": rng.random(size)}, seed=7)["x"] for size in (30, 3000))
    for told in (few, many):
        assert told["low"] is not None
        assert told["value"] is not None
        assert told["high"] is not None
        assert told["low"] < told["value"] < told["high"]
    assert width(many) < width(few) / 5
    values = rng.random(50)
    assert intervals({"x": values}, seed=1) == intervals({"x": values}, seed=1) != intervals({"x": values}, seed=2)


def width(told: dict[str, float | None]) -> float:
    return (told["high"] or 0) - (told["low"] or 0)


def test_intervals_leave_the_undefined_out() -> None:
    """Customers without a value are left out of the mean; where nobody has one there is none."""
    told = intervals({"half": np.array([1.0, np.nan, 0.0, np.nan]), "none": np.array([np.nan]), "all": np.ones(9)}, 7)
    assert told["half"]["value"] == 0.5
    assert told["none"] == {"value": None, "low": None, "high": None}
    assert told["all"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_nobody_bought(tmp_path: Path) -> None:
    """Without buyers every measure is undefined and nothing fails."""
    behaviour = Behaviour.of(stored(tmp_path, events(*ROWS[:4]), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    ranked = np.zeros((4, 3), dtype=np.int32)
    found = judged(ranked, history, Touches.of(history), Answers.of(behaviour, 0, history, 2))
    told = measures([found], 4, seed=7)
    assert told.pop("catalogue_coverage@10") == {"value": 0.25}
    assert all(values["value"] is None for values in told.values())


def test_plain_numbers() -> None:
    """Measures are plain floats, fit for JSON, or None where nobody has a value."""
    told = measures([part("x.x.", "....", bought=[2, 1])], 9, seed=7)
    for name, values in told.items():
        kind = type(None) if name == "known_recall@10" else float
        assert all(type(value) is kind for value in values.values()), name
