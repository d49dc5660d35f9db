"""Stability of numbers between two groups of people."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from features.customers import CustomerFeatures
from training.drift import drift, reading, stability

RNG = np.random.default_rng(8)
MANY = RNG.normal(size=20_000)


def people(**columns: np.ndarray) -> CustomerFeatures:
    """A feature table of some columns."""
    count = len(next(iter(columns.values())))
    ids = pa.array([f"c{place}" for place in range(count)])
    return CustomerFeatures(ids, tuple(columns), np.column_stack(list(columns.values())))


def test_the_index_is_that_of_the_formula() -> None:
    """Two bins, 50 and 50 before, 75 and 25 after, with half a person more in each: worked out by hand."""
    before, after = np.repeat([0.0, 1.0], [50, 50]), np.repeat([0.0, 1.0], [75, 25])
    q, p = np.array([50.5, 50.5]) / 101, np.array([75.5, 25.5]) / 101
    assert stability(before, after)["psi"] == pytest.approx(float(((p - q) * np.log(p / q)).sum()))


def test_the_same_people_are_stable() -> None:
    """A second sample of the same population stays below what chance may give, nineteen times of twenty."""
    below = [
        found["psi"] <= found["chance"]
        for found in (stability(RNG.normal(size=500), RNG.normal(size=400)) for _ in range(300))
    ]
    assert 0.9 <= np.mean(below) <= 1
    assert stability(MANY, MANY)["psi"] == 0


@pytest.mark.parametrize(("moved_by", "wanted"), [(0.1, "stable"), (0.4, "moved"), (1.0, "shifted")])
def test_a_population_that_moves_is_told(moved_by: float, wanted: str) -> None:
    """The further the later people are away, the graver the reading."""
    assert stability(MANY, MANY + moved_by)["reading"] == wanted


def test_few_people_are_not_said_to_have_shifted() -> None:
    """Ten people against ten differ by chance alone: a large index is still stable."""
    found = stability(np.arange(10.0), np.arange(10.0) + 0.5)
    assert found["reading"] == "stable"
    assert found["chance"] > 0.25


def test_missing_is_a_bin_of_its_own() -> None:
    """That a number is missing more often is drift, though the known ones are the same."""
    fewer = np.where(np.arange(len(MANY)) % 2, MANY, np.nan)
    assert stability(MANY, fewer)["reading"] == "shifted"
    assert stability(fewer, fewer)["psi"] == 0
    assert stability(np.full(50, np.nan), np.full(50, np.nan)) == {"psi": 0.0, "chance": 0.0, "reading": "stable"}


def test_a_number_that_is_mostly_zero_can_drift() -> None:
    """Zero has a bin of its own, so that a rise of the rest is seen."""
    before, after = np.where(MANY > 1.5, MANY, 0.0), np.where(MANY > 0, 2.0, 0.0)
    assert stability(before, after)["reading"] == "shifted"


def test_features_are_told_the_worst_first() -> None:
    """Each feature of both tables has its row; the scores of one model are told beside them."""
    earlier = people(same=MANY, gone=MANY, tail=MANY)
    later = people(tail=MANY + 1, same=MANY[::-1], new=MANY)
    found = drift(earlier, later, (MANY, MANY + 0.4))
    assert [(row["feature"], row["reading"]) for row in found["features"]] == [("tail", "shifted"), ("same", "stable")]
    assert found["customers"] == [20_000, 20_000]
    assert found["score"]["reading"] == "moved"
    assert drift(earlier, later)["score"] is None
    json.dumps(found, allow_nan=False)


def test_readings_are_the_usual_ones() -> None:
    """Below .1 stable, above .25 shifted, between them moved; what chance may give is stable."""
    assert [reading(psi) for psi in (0.09, 0.1, 0.25, 0.26)] == ["stable", "moved", "moved", "shifted"]
    assert reading(0.3, chance=0.4) == "stable"
