"""Intervals: around the mean, narrower with more customers, the same again, paired where two are compared."""

from __future__ import annotations

import numpy as np
import pytest

from training.recommend.measuring.intervals import Told, differences, intervals


def width(told: Told) -> float:
    return (told["high"] or 0) - (told["low"] or 0)


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


def test_intervals_are_as_wide_as_theory_says() -> None:
    """For many customers the interval is 1.96 standard errors to each side, within a sixth."""
    values = np.random.default_rng(3).normal(size=4000)
    told = intervals({"x": values}, seed=7)["x"]
    assert width(told) == pytest.approx(2 * 1.96 / np.sqrt(4000), rel=1 / 6)


def test_intervals_leave_the_undefined_out() -> None:
    """Customers without a value are left out of the mean; where nobody has one there is none."""
    told = intervals({"half": np.array([1.0, np.nan, 0.0]), "none": np.full(3, np.nan), "all": np.ones(3)}, 7)
    assert told["half"]["value"] == 0.5
    assert told["none"] == {"value": None, "low": None, "high": None}
    assert told["all"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_nobody() -> None:
    """Without customers nothing has a value."""
    assert intervals({"x": np.zeros(0)}, 7) == {"x": {"value": None, "low": None, "high": None}}


def test_differences_are_paired() -> None:
    """Where one is better by the same for every customer, the difference is sure, however much customers differ."""
    values = np.random.default_rng(4).random(100)
    told = differences({"x": values + 0.25}, {"x": values}, seed=7)["x"]
    assert told["value"] == pytest.approx(0.25)
    assert told["low"] == pytest.approx(0.25)
    assert told["high"] == pytest.approx(0.25)
