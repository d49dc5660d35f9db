"""Customers with like baskets: they vote for what they buy, whatever the shop's size and its buckets."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from features.history import History
from tests.small_shop import EventRow, events, history, moment
from training.recommend.counted import basket_neighbours
from training.recommend.counted.basket_neighbours import ORDER_DECAY, BasketNeighbours
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.people import People
from training.recommend.top import best_products

CUTOFF = moment("2025-03-11T00:00Z")
SETTINGS = SourceSettings()


def order(customer: str, days: float, *items: str) -> list[EventRow]:
    """An order so many days before the cutoff."""
    return [(customer, "purchase", item, CUTOFF - timedelta(days=days)) for item in items]


def fitted(past: History, parts: int = 1) -> BasketNeighbours:
    """The table of ``past``, counted in so many parts."""
    edges = np.linspace(0, len(past), parts + 1).astype(int)
    counted = [
        BasketNeighbours.part(People(past.part(start, stop), 14.0, 50), SETTINGS) for start, stop in pairwise(edges)
    ]
    return BasketNeighbours.of(counted, Shop(CUTOFF, SETTINGS, past.catalogue, None, None))  # type: ignore[arg-type]


def votes(table: BasketNeighbours, past: History, customer: str, neighbours: int = 10) -> dict[str, float]:
    """The votes for one customer, the best first."""
    place = past.customer_ids.to_pylist().index(customer)
    likest = table.likest(People(past.part(place, place + 1), 14.0, 50), neighbours)
    found = best_products(likest, table.items_of, 10)
    names = past.catalogue.ids.to_pylist()
    return {names[item]: float(score) for item, score in zip(found.indices, found.data, strict=True)}


def test_by_hand() -> None:
    """Two customers who share one item vote alike; who shares nothing has no vote."""
    rows = [*order("anna", 3, "tea"), *order("bo", 5, "tea", "cup"), *order("cy", 7, "tea", "pan")]
    past = history(events(*rows, *order("di", 4, "hat", "bag")), CUTOFF)
    found = votes(fitted(past), past, "anna")
    assert next(iter(found)) == "tea"
    assert found == pytest.approx({"tea": 1 / sqrt(2), "cup": 0.5 / sqrt(2), "pan": 0.5 / sqrt(2)})


def test_older_orders_count_less() -> None:
    """What a neighbour bought one order ago counts less than what they bought last, by the decay."""
    rows = [*order("anna", 3, "tea"), *order("bo", 9, "old"), *order("bo", 5, "tea", "new")]
    past = history(events(*rows), CUTOFF)
    found = votes(fitted(past), past, "anna")
    assert found["old"] == pytest.approx(ORDER_DECAY * found["new"])


def test_rare_items_tell_more() -> None:
    """Two customers share one item each: the one that shares what few buy is the liker one."""
    crowd = [row for number in range(20) for row in order(f"c{number}", 20, "bread", "milk")]
    rows = [*order("anna", 3, "bread", "caviar"), *order("bo", 5, "bread", "cup"), *order("cy", 5, "caviar", "pan")]
    past = history(events(*crowd, *rows), CUTOFF)
    found = votes(fitted(past), past, "anna", neighbours=2)
    assert "pan" in found
    assert "cup" not in found


def test_only_the_newest_customers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is room for some customers only, those with the newest orders stay; so with an item's buyers."""
    rows = [*order("anna", 30, "tea"), *order("bo", 5, "tea", "cup"), *order("cy", 7, "tea", "pan")]
    past = history(events(*rows), CUTOFF)
    with monkeypatch.context() as patched:
        patched.setattr(basket_neighbours, "MOST_CUSTOMERS", 1)
        assert set(votes(fitted(past), past, "anna")) == {"tea", "cup"}
    monkeypatch.setattr(basket_neighbours, "BUYERS_PER_ITEM", 1)
    assert fitted(past).buyers_of.getnnz(axis=1).max() == 1


def test_parts_add_up() -> None:
    """The votes do not depend on how the customers are divided."""
    rows = [
        row for number in range(12) for row in order(f"c{number:02}", 3 + number, f"i{number % 5}", f"i{number % 3}")
    ]
    past = history(events(*rows), CUTOFF)
    one, other = fitted(past), fitted(past, parts=4)
    for customer in past.customer_ids.to_pylist():
        assert votes(one, past, customer) == pytest.approx(votes(other, past, customer))


def test_the_same_from_a_file(tmp_path: Path) -> None:
    """Saved and mapped into memory, the table gives the same votes."""
    rows = [*order("anna", 3, "tea"), *order("bo", 5, "tea", "cup"), *order("cy", 7, "tea", "pan")]
    past = history(events(*rows), CUTOFF)
    table = fitted(past)
    save_table(table, tmp_path)
    assert votes(open_table(BasketNeighbours, tmp_path), past, "anna") == votes(table, past, "anna")


def test_nobody_bought() -> None:
    """In a shop without purchases there are no neighbours and no votes."""
    past = history(events(("anna", "view", "tea", CUTOFF - timedelta(days=1))), CUTOFF)
    table = fitted(past)
    assert table.items_of.shape == (0, 1)
    assert votes(table, past, "anna") == {}
