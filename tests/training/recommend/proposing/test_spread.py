"""Spreads: several at once propose what each proposes by itself, in the order of their scores."""

from __future__ import annotations

import numpy as np
import pytest

from features.arrays import Floats, Ints
from tests.training.recommend.proposing.proposed import Proposed, at
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.spread import Spread, spread_out
from training.recommend.top import Rows

ITEMS = 4

TO_ALL = Rows.of(np.array([0] * ITEMS), np.arange(ITEMS), np.array([0.4, 0.3, 0.2, 0.1]), (1, ITEMS))
"""One row that leads to every item."""


def everyone(_: Sources, people: People) -> Rows:
    """The only row, for each."""
    count = len(people)
    return Rows.of(np.arange(count), np.zeros(count, dtype=np.int64), np.ones(count), (count, 1))


def backwards(_: Sources, people: People, customer: Ints, item: Ints) -> Floats:
    """Items by falling code, the first of them not at all."""
    return item.astype(np.float64)


ANY = Spread(everyone, lambda _: TO_ALL, new=False)
NEW = Spread(everyone, lambda _: TO_ALL)
TURNED = Spread(everyone, lambda _: TO_ALL, score=backwards)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Proposed:
    """Anna has looked at the first item, Bo at the second; all four are known."""
    rows = [("anna", "view", "cup", at(1)), ("bo", "view", "kettle", at(1))]
    rows += [("cy", "view", item, at(2)) for item in ("cup", "kettle", "pan", "tea")]
    return Proposed(tmp_path_factory.mktemp("shop"), *rows)


def items(shop: Proposed, spread: Spread, customer: str, each: int = 9) -> list[int]:
    """What one spread proposes to one customer, the best first."""
    found = spread(shop.sources, shop.people, each)
    mine = shop.history.customer_ids.to_pylist().index(customer)
    return found.item[found.customer == mine].tolist()


def test_the_best_come_first(shop: Proposed) -> None:
    """Items come by falling score, as many as are asked for."""
    assert items(shop, ANY, "anna") == [0, 1, 2, 3]
    assert items(shop, ANY, "anna", each=2) == [0, 1]


def test_only_new_ones(shop: Proposed) -> None:
    """What the person has touched is left out, and others take its place."""
    assert items(shop, NEW, "anna", each=2) == [1, 2]
    assert items(shop, NEW, "bo", each=2) == [0, 2]
    assert items(shop, NEW, "cy") == []


def test_ordered_anew(shop: Proposed) -> None:
    """With a score of its own a spread is ordered by it, and what has none is left out."""
    assert items(shop, TURNED, "bo") == [3, 2]
    assert items(shop, TURNED, "anna", each=1) == [3]


def test_together_as_each_alone(shop: Proposed) -> None:
    """Several at once give what each gives."""
    spreads = [ANY, NEW, TURNED, NEW]
    for spread, together in zip(spreads, spread_out(spreads, shop.sources, shop.people, 3), strict=True):
        alone = spread(shop.sources, shop.people, 3)
        for name in ("customer", "item", "score"):
            np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))


def test_nobody(shop: Proposed) -> None:
    """Nobody is proposed nothing; no spread proposes nothing."""
    nobody = shop.sources.people(shop.history.part(0, 0))
    assert [len(found) for found in spread_out([ANY, NEW], shop.sources, nobody, 3)] == [0, 0]
    assert spread_out([], shop.sources, shop.people, 3) == []
