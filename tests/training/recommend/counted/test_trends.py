"""Trends: demand by group as shares of the best, what rises and what is new, price bands within a category."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.catalogue import UNKNOWN
from tests.small_shop import EventRow, events, items, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.counted.trends import BANDS, Trends, best_of_groups

CUTOFF = moment("2025-03-31T00:00Z")
DESCRIBED = items(
    ("cup", "kitchen", "10.00", {"brand": "acme"}),
    ("jug", "kitchen", "11.00", {"brand": "acme"}),
    ("pan", "kitchen", "40.00"),
    ("sieve", "kitchen", "4.00"),
    ("wok", "kitchen", None, {"added_at": moment("2025-03-30T23:50Z")}),
    ("tea", None, "3.00"),
)


def ago(days: float) -> datetime:
    """The time so many days before the cutoff."""
    return CUTOFF - timedelta(days=days)


def trends(path: Path, *rows: EventRow, **settings: Any) -> tuple[Trends, list[str]]:
    """The trends of a tiny shop, and the ids of its items by code."""
    behaviour = Behaviour.of(stored(path, events(*rows), buckets=2, described=DESCRIBED))
    sources = Sources.fit(behaviour, CUTOFF, SourceSettings(**settings), tables=(Trends,))
    return sources.table(Trends), sources.catalogue.ids.to_pylist()


def looks(item: str, people: int, days: float) -> list[EventRow]:
    """So many people who look at an item at one time."""
    return [(f"{item}{number}", "view", item, ago(days)) for number in range(people)]


def test_shares_of_the_best(tmp_path: Path) -> None:
    """Within a category, demand is told as a share of the best item's; items without a category have none."""
    found, ids = trends(tmp_path, *looks("cup", 4, 1), *looks("pan", 2, 1), *looks("tea", 9, 1))
    share = dict(zip(ids, found.category_share.tolist(), strict=True))
    place = dict(zip(ids, found.category_place.tolist(), strict=True))
    assert share["cup"] == 1.0
    assert share["pan"] == pytest.approx(0.5)
    assert share["wok"] == 0.0
    assert np.isnan(share["tea"])
    assert (place["cup"], place["pan"], place["wok"]) == (0.0, 0.5, 1.0)
    row = found.by_category[0]
    assert {ids[item]: pytest.approx(score) for item, score in zip(row.indices, row.data, strict=True)} == {
        "cup": 1.0,
        "pan": 0.5,
    }
    assert [ids[item] for item in found.popular] == ["tea", "cup", "pan"]


def test_newer_events_and_purchases_count_more(tmp_path: Path) -> None:
    """A look of today is worth more than one of last week, and a purchase more than a look."""
    found, ids = trends(
        tmp_path,
        *looks("cup", 1, 0.1),
        *looks("jug", 1, 7.1),
        ("anna", "purchase", "pan", ago(0.1)),
        ("bo", "return", "sieve", ago(0.1)),
    )
    demand = dict(zip(ids, found.demand.tolist(), strict=True))
    assert demand["cup"] == pytest.approx(2 * demand["jug"], rel=1e-5)
    assert demand["pan"] == pytest.approx(3 * demand["cup"], rel=1e-5)
    assert demand["sieve"] == 0.0, "what comes back is not wanted"


def test_price_bands(tmp_path: Path) -> None:
    """Items are put into bands by their price over the category's median; without price or category into none."""
    found, ids = trends(tmp_path, *looks("cup", 1, 1))
    band = {name: int(code) for name, code in zip(ids, found.band, strict=True)}
    assert band["cup"] == band["jug"] == 2, "about the median"
    assert (band["sieve"], band["pan"]) == (0, BANDS - 1)
    assert band["wok"] == band["tea"] == UNKNOWN
    assert found.by_band.shape == (BANDS, len(ids))


def test_rising(tmp_path: Path) -> None:
    """What was looked at in the last days only rises, what no longer is falls; the list holds what rises."""
    found, ids = trends(
        tmp_path,
        *looks("cup", 8, 1),
        *looks("jug", 8, 9),
        *looks("pan", 4, 1),
        *looks("pan", 8, 8),
        *looks("tea", 1, 1),
    )
    rise = dict(zip(ids, found.rise.tolist(), strict=True))
    assert rise["cup"] > rise["tea"] > rise["wok"], "one look makes no rise"
    assert rise["jug"] < 0 < rise["cup"]
    assert ids[found.rising[0]] == "cup"
    assert "jug" not in [ids[item] for item in found.rising]


def test_new_items(tmp_path: Path) -> None:
    """What was first seen lately is new, so is what was just offered and nobody has seen; what is long there is not.

    Of the pan nobody knows since when it has been there: looking back, it may not have been there at all.
    """
    found, ids = trends(tmp_path, *looks("cup", 1, 60), *looks("jug", 1, 3), *looks("sieve", 3, 3))
    row = found.new_by_category[0]
    order = [ids[item] for item in row.indices[np.argsort(-row.data)]]
    assert order == ["wok", "sieve", "jug"]


def test_side_by_side(tmp_path: Path) -> None:
    """What is told of each item is there once more, item after item."""
    found, _ = trends(tmp_path, ("anna", "purchase", "cup", ago(1)), ("bo", "view", "wok", ago(9)))
    assert found.of_items.dtype == np.float32
    expected = (np.log(1 + found.demand / found.mean_demand), found.rise, found.category_share, found.category_place)
    np.testing.assert_allclose(found.of_items.T, expected, rtol=1e-6)


def test_best_of_groups() -> None:
    """Every group keeps its best over the best of all; without a group or a score an item is nowhere."""
    group, score = np.array([0, 0, 0, 1, UNKNOWN]), np.array([4.0, 2.0, 1.0, 0.0, 9.0])
    found = best_of_groups(group, 3, score, 2).toarray()
    np.testing.assert_allclose(found, np.array([[1.0, 0.5, 0, 0, 0], [0.0] * 5, [0.0] * 5]))


def test_nothing_happened(tmp_path: Path) -> None:
    """Where nothing happened nothing is in demand and nothing rises; what was just offered is new."""
    found, ids = trends(tmp_path, ("anna", "return", "cup", ago(1)))
    assert found.popular.tolist() == found.rising.tolist() == []
    assert not found.demand.any()
    assert not found.of_items[:, 0].any()
    assert found.by_category.nnz == found.by_band.nnz == found.by_brand.nnz == 0
    assert [ids[item] for item in np.sort(found.new_by_category.indices)] == ["wok"]
