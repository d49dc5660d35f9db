"""Bundles for people to read: sentences in both languages, stock, and the table of a file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from serving.snapshot import Snapshot
from serving.told_bundles import LISTED, ToldBundle, bundle_table, told_bundles
from tests.serving.published_shop import catalogue, small_shop
from tests.serving.small_bundles import small_bundles


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small shop's snapshot."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def test_sentences(snapshot: Snapshot) -> None:
    """Orders and lift are told in English and Chinese."""
    bundle = next(told_bundles(snapshot))
    assert (
        bundle.sentence("en")
        == "often bought together: 12 orders, 8.2 times as often as by chance, earns 23.50 an order"
    )
    assert bundle.sentence("zh") == "常被一起购买：12笔订单，是随机情况的8.2倍，每单毛利23.50"


def test_large_numbers_and_trends() -> None:
    """Thousands are set apart, a large lift has no decimals, and a sure trend is told."""
    found = small_bundles(catalogue())
    ones = np.ones(len(found), dtype=np.float32)
    rising = replace(
        found, orders=found.orders * 100, lift=1234.5 * ones, newest_low=0.6 * ones, newest_high=0.9 * ones
    )
    bundle = ToldBundle.of(rising, 0)
    assert bundle.trend == "rising"
    assert bundle.sentence("en") == (
        "often bought together: 1,200 orders, 1,234 times as often as by chance, more often lately, "
        "earns 23.50 an order"
    )
    falling = ToldBundle.of(replace(rising, newest_low=0.1 * ones, newest_high=0.4 * ones), 0)
    assert falling.sentence("zh") == "常被一起购买：1,200笔订单，是随机情况的1,234倍，近期减少，每单毛利23.50"


def test_only_what_can_be_bought(snapshot: Snapshot) -> None:
    """A bundle with an item out of stock is told only when it is asked for."""

    def names(code: int | None = None, *, in_stock: bool) -> list[list[str]]:
        found = told_bundles(snapshot, code, in_stock=in_stock)
        return [[snapshot.shelf.ids.id(item) for item in bundle.items] for bundle in found]

    assert names(in_stock=True) == [["kettle", "tea 🍵"]]
    assert names(in_stock=False) == [["kettle", "tea 🍵"], ["apple", "gone"]]
    apple, tea = (snapshot.shelf.ids.row(name) for name in ("apple", "tea 🍵"))
    assert (names(apple, in_stock=True), names(apple, in_stock=False)) == ([], [["apple", "gone"]])
    assert names(tea, in_stock=True) == [["kettle", "tea 🍵"]]


def test_the_table(snapshot: Snapshot) -> None:
    """A file has a line for each bundle; what is not known is empty, and a pair has no third item."""
    table = bundle_table(snapshot, "en")
    assert (table.schema, len(table), len(bundle_table(snapshot, "en", 1))) == (LISTED, 2, 1)
    first, second = table.to_pylist()
    assert (first["item_1"], first["title_2"], first["item_3"]) == ("kettle", "The tea 🍵", None)
    assert (first["orders"], first["customers"], first["price"], first["profit"]) == (12, 12, 56, 23.5)
    assert (second["profit"], second["price"]) == (None, 5)
    assert first["confidence_1"] == pytest.approx(12 / 18, abs=1e-4)
    assert first["support"] == pytest.approx(12 / 222, abs=1e-6)
