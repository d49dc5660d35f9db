"""Fit features: demand in the group, price, likeness and habits, worked out by hand for a tiny shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from tests.small_shop import events, items, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.counted.trends import Trends
from training.recommend.people import People
from training.recommend.ranking.fit_features import fit_features

CUTOFF = moment("2025-03-31T00:00Z")
DESCRIBED = items(
    ("cup", "kitchen", "10.00"), ("jug", "kitchen", "10.00"), ("pan", "kitchen", "90.00"), ("tea", None, "3.00")
)


def ago(days: float) -> datetime:
    """The time so many days before the cutoff."""
    return CUTOFF - timedelta(days=days)


class Fit:
    """The features of pairs of a tiny shop, by names."""

    def __init__(self, path: Path) -> None:
        rows = [
            ("anna", "cart", "jug", ago(5)),
            ("anna", "cart", "cup", ago(2)),
            ("anna", "view", "tea", ago(1)),
            ("bo", "cart", "cup", ago(4)),
            ("bo", "purchase", "cup", ago(3)),
            ("cy", "view", "cup", ago(3)),
        ]
        behaviour = Behaviour.of(stored(path, events(*rows), buckets=1, described=DESCRIBED))
        self.sources = Sources.fit(behaviour, CUTOFF, SourceSettings(), tables=(Trends, LowRank))
        self.history = behaviour.history(0, CUTOFF, self.sources.catalogue)
        self.people = self.sources.people(self.history)

    def of(self, customer: str, item: str) -> dict[str, float]:
        """Every feature of one pair."""
        who = np.array([self.history.customer_ids.to_pylist().index(customer)])
        what = np.array([self.sources.catalogue.ids.to_pylist().index(item)])
        return {name: float(column[0]) for name, column in fit_features(self.sources, self.people, who, what).items()}


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    """A shop of three customers and four items."""
    return Fit(tmp_path_factory.mktemp("fit"))


def test_order_of_the_cart(fit: Fit) -> None:
    """Of the two carts of Anna the cup is the newest; the tea is in none."""
    assert (fit.of("anna", "cup")["fit_cart_place"], fit.of("anna", "cup")["fit_cart_newer_share"]) == (0, 0)
    assert (fit.of("anna", "jug")["fit_cart_place"], fit.of("anna", "jug")["fit_cart_newer_share"]) == (1, 0.5)
    assert np.isnan(fit.of("anna", "tea")["fit_cart_place"])
    assert fit.of("anna", "jug")["fit_touch_newer_share"] == pytest.approx(2 / 3)
    assert np.isnan(fit.of("anna", "pan")["fit_touch_newer_share"])


def test_habits(fit: Fit) -> None:
    """Bo bought the one thing in his cart, Anna none of hers; two carts are added in caution."""
    assert fit.of("bo", "tea")["fit_cart_bought_share"] == pytest.approx(1 / 3)
    assert fit.of("bo", "tea")["fit_bought_from_cart_share"] == 1.0
    assert fit.of("anna", "tea")["fit_cart_bought_share"] == 0.0
    assert np.isnan(fit.of("anna", "tea")["fit_bought_from_cart_share"])
    assert fit.of("anna", "cup")["fit_days_since_any"] == pytest.approx(1.0)


def test_demand_and_price(fit: Fit) -> None:
    """The cup is the most wanted of its category; Cy looked only at its price, and nowhere near that of the pan."""
    assert fit.of("cy", "cup")["fit_category_share"] == 1.0
    assert 0 < fit.of("cy", "jug")["fit_category_share"] < 1
    assert fit.of("cy", "cup")["fit_category_place"] == 0.0
    assert np.isnan(fit.of("cy", "tea")["fit_category_share"])
    assert fit.of("cy", "jug")["fit_band_share"] == 1.0
    assert fit.of("cy", "pan")["fit_band_share"] == 0.0
    assert np.isnan(fit.of("cy", "tea")["fit_band_share"])
    assert (
        fit.of("cy", "cup")["fit_demand"] > fit.of("cy", "jug")["fit_demand"] > fit.of("cy", "pan")["fit_demand"] == 0
    )


def test_likeness(fit: Fit) -> None:
    """Bo, who only had the cup, is nearer to Anna's jug than to the pan that nobody touched."""
    assert fit.of("bo", "jug")["fit_affinity"] > fit.of("bo", "pan")["fit_affinity"] == 0.0


def test_tables_that_were_not_counted(fit: Fit) -> None:
    """Without the tables the person's own habits are told."""
    bare = replace(fit.sources, tables={})
    columns = fit_features(bare, fit.people, np.array([0]), np.array([0]))
    assert not {"fit_demand", "fit_affinity"} & set(columns)
    assert "fit_cart_place" in columns


def test_alone_equals_the_crowd(planted: PlantedShop, sources: Sources) -> None:
    """A pair's features do not depend on who else and what else is asked for."""
    history = planted.behaviour.history(0, planted.cutoff, sources.catalogue)
    rng = np.random.default_rng(1)
    customer, item = rng.integers(0, len(history), 300), rng.integers(0, len(sources.catalogue), 300)
    crowd = fit_features(sources, sources.people(history), customer, item)
    one = int(customer[7])
    alone = fit_features(sources, sources.people(history.part(one, one + 1)), np.array([0]), item[7:8])
    for name, column in crowd.items():
        assert column.shape == (300,), name
        np.testing.assert_allclose(alone[name][0], column[7], rtol=1e-5, err_msg=name)


def test_nobody_and_nothing(fit: Fit) -> None:
    """No pairs make empty columns; people without a history have no habits and no order."""
    none = np.zeros(0, dtype=np.int64)
    assert {column.shape for column in fit_features(fit.sources, fit.people, none, none).values()} == {(0,)}
    nobody = People(fit.history.part(0, 0), 14.0, 50)
    assert {column.shape for column in fit_features(fit.sources, nobody, none, none).values()} == {(0,)}
