"""Baselines: each one answers for everybody, alone as in the crowd, and the rules do what they are named after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.history import History
from tests.small_shop import events, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.measuring.baselines import RULES, Baseline, baselines

CUTOFF = moment("2025-03-11T00:00Z")
NAMES = {"popular", "trending", "buy_again", "open_cart_first", "item_knn", "als", "bm25_knn"}


class Shop:
    """A small shop of one bucket with its baselines."""

    def __init__(self, path: Path, *rows: Any, k: int = 4) -> None:
        behaviour = Behaviour.of(stored(path, events(*rows), buckets=1))
        sources = Sources.fit(behaviour, CUTOFF, SourceSettings())
        self.history = behaviour.history(0, CUTOFF, sources.catalogue)
        self.named = baselines(behaviour, sources, k, seed=7)
        self.ids = [*sources.catalogue.ids.to_pylist(), None]

    def best(self, name: str, customer: str) -> list[str | None]:
        """What one baseline answers one customer."""
        row = self.history.customer_ids.to_pylist().index(customer)
        return [self.ids[code] for code in self.named[name](self.history)[row]]


@pytest.fixture(scope="module")
def named(planted: PlantedShop, sources: Sources) -> Mapping[str, Baseline]:
    """Every baseline of the simulated shop."""
    return baselines(planted.behaviour, sources, 25, seed=7)


@pytest.fixture(scope="module")
def history(planted: PlantedShop, sources: Sources) -> History:
    """The customers of one of its buckets."""
    return planted.behaviour.history(1, planted.cutoff, sources.catalogue)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_answers(named: Mapping[str, Baseline], history: History, sources: Sources, name: str) -> None:
    """Each baseline answers k items of the catalogue for every customer, none of them twice."""
    items = named[name](history)
    assert items.shape == (len(history), 25)
    assert (items >= 0).all()
    assert (items < len(sources.catalogue)).all()
    assert (np.diff(np.sort(items, axis=1), axis=1) > 0).all()


def test_all_are_there(named: Mapping[str, Baseline]) -> None:
    """The baselines are the ones that every report prints."""
    assert set(named) == NAMES
    assert set(RULES) < NAMES


def test_popular_is_over_all_time(tmp_path: Path) -> None:
    """Popular goes by all purchases, trending by recent ones; untouched places are padded."""
    old = [(f"c{person}", "purchase", "old", "2024-03-01T00:00Z") for person in range(5)]
    new = [(f"c{person}", "purchase", "new", "2025-03-09T00:00Z") for person in range(3)]
    shop = Shop(tmp_path, *old, *new, ("c0", "view", "seen", "2025-03-09T00:00Z"))
    assert shop.best("popular", "c4") == ["old", "new", "seen", None]
    assert shop.best("trending", "c4") == ["new", "old", "seen", None]


def test_rules_by_hand(tmp_path: Path) -> None:
    """Buy again, open cart first and item-kNN begin with what they are named after, then comes what is popular."""
    others = [(f"c{person}", "view", item, "2025-03-02T00:00Z") for person in range(4) for item in ("tea", "pot")]
    shop = Shop(
        tmp_path,
        *others,
        *((f"b{person}", "purchase", "hit", "2025-03-09T00:00Z") for person in range(5)),
        ("anna", "purchase", "cup", "2025-02-01T00:00Z"),
        ("anna", "view", "tea", "2025-03-01T00:00Z"),
        ("anna", "cart", "pan", "2025-02-20T00:00Z"),
    )
    assert shop.best("buy_again", "anna")[:2] == ["cup", "hit"]
    assert shop.best("open_cart_first", "anna")[:2] == ["pan", "tea"]
    assert shop.best("item_knn", "anna")[3] == "pot", "after what she has touched herself"
    assert shop.best("item_knn", "b0")[0] == "hit", "who has seen nothing else gets what is popular"


def test_alone_equals_in_the_crowd(planted: PlantedShop, named: Mapping[str, Baseline], history: History) -> None:
    """One customer alone gets the items that the same customer gets among all."""
    name = history.customer_ids[3].as_py()
    table = planted.behaviour.reader.customer(1, name, before=planted.cutoff)
    alone = History.before(table, planted.cutoff, history.catalogue)
    for label, baseline in named.items():
        np.testing.assert_array_equal(baseline(alone)[0], baseline(history)[3], err_msg=label)


def test_nobody(planted: PlantedShop, named: Mapping[str, Baseline], history: History) -> None:
    """Without customers every baseline answers no rows."""
    empty = History.before(planted.behaviour.reader.bucket(0).slice(0, 0), planted.cutoff, history.catalogue)
    for label, baseline in named.items():
        assert baseline(empty).shape == (0, 25), label


def test_one_item(tmp_path: Path) -> None:
    """In a shop of one item there are no factors to learn, and the others answer that item."""
    shop = Shop(tmp_path, ("anna", "view", "cup", "2025-03-01T00:00Z"))
    assert set(shop.named) == NAMES - {"item_knn", "als", "bm25_knn"}
    for name in shop.named:
        assert shop.best(name, "anna") == ["cup", None, None, None], name


def test_one_customer(tmp_path: Path) -> None:
    """A single customer of two items is answered by all baselines, padded beyond the catalogue."""
    rows = [("anna", "view", item, "2025-03-01T00:00Z") for item in ("cup", "tea")]
    shop = Shop(tmp_path, *rows)
    for name in NAMES:
        best = shop.best(name, "anna")
        assert set(best[:2]) == {"cup", "tea"}, name
        assert best[2:] == [None, None]
