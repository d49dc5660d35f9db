"""Rows of curves, worked out by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from training.customers.measuring.curves import gain_rows, lift_rows, score_rows

CHANCE = np.linspace(0.95, 0.05, 20)
LEFT = np.isin(np.arange(20), [0, 1, 2, 10])


def test_lift_is_the_rate_of_a_tenth_over_that_of_all() -> None:
    """Of four who left among twenty, two are in the first tenth and one in the second: lifts of 5 and 2.5."""
    rows = lift_rows(CHANCE, LEFT)
    assert [row["decile"] for row in rows] == list(range(1, 11))
    assert [row["customers"] for row in rows] == [2] * 10
    assert [row["lift"] for row in rows[:3]] == pytest.approx([5.0, 2.5, 0.0])


def test_gain_is_the_share_caught() -> None:
    """The first quarter holds three of four, half of the customers as many, and all everyone."""
    rows = gain_rows({"model": CHANCE, "worst": -CHANCE}, LEFT, points=4)
    caught = {name: [row["caught"] for row in rows if row["method"] == name] for name in ("model", "worst")}
    assert caught["model"] == [0, 0.75, 0.75, 1, 1]
    assert caught["worst"] == [0, 0, 0.25, 0.25, 1]


def test_scores_are_counted_by_what_happened() -> None:
    """Each customer is in one bin, apart by outcome."""
    rows = score_rows(CHANCE, LEFT, bins=2)
    assert [(row["from"], row["to"], row["customers"], row["happened"]) for row in rows] == [
        (0.0, 0.5, 1, True),
        (0.5, 1.0, 3, True),
        (0.0, 0.5, 9, False),
        (0.5, 1.0, 7, False),
    ]


def test_nobody_has_curves_of_zeros() -> None:
    """Without customers every row is there, plain and without NaN."""
    nobody = (np.zeros(0), np.zeros(0, dtype=bool))
    rows = [*lift_rows(*nobody), *gain_rows({"model": nobody[0]}, nobody[1]), *score_rows(*nobody)]
    json.dumps(rows, allow_nan=False)
    assert sum(row["customers"] for row in lift_rows(*nobody)) == 0
