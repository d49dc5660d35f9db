"""What goes with the items of a page: each placement has its kinds, and what is gone has something in its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.shop_folder import ShopFolder
from serving.recommending.offers import KIND_WEIGHTS, REPLACEMENT, of_context
from serving.recommending.recommender import BASKET_KINDS, PAGE_KINDS, related_kinds
from serving.snapshot import Snapshot
from tests.serving.published_shop import ITEMS, write_snapshot
from training.recommend.counted.related_kinds import RELATED_KINDS


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A shop in which every item has one relative of each further kind, another one for each kind."""
    shop = ShopFolder.create(Path(tmp_path_factory.mktemp("shop")))
    count = len(ITEMS)
    kinds = ("viewed_then_bought", "bought_within", "similar", REPLACEMENT)
    relatives = {
        kind: ((np.arange(count)[:, None] + 3 + step) % count, np.full((count, 1), 0.5))
        for step, kind in enumerate(kinds)
    }
    write_snapshot(shop, more_related=relatives)
    return Snapshot.open_current(shop)


@pytest.mark.parametrize("kinds", [PAGE_KINDS, BASKET_KINDS])
def test_kinds_of_a_placement_are_kinds(kinds: tuple[str, ...]) -> None:
    """Each kind of a placement is one that is counted, and each has a weight."""
    assert set(kinds) <= set(RELATED_KINDS)
    assert len(set(kinds)) == len(kinds) == len(KIND_WEIGHTS)


def test_each_placement_has_its_kinds(snapshot: Snapshot) -> None:
    """Pages show what is like the item; a basket what goes with it, and nothing that would take its place."""
    assert related_kinds(snapshot, "item") == PAGE_KINDS
    assert related_kinds(snapshot, "cart") == related_kinds(snapshot, "checkout") == BASKET_KINDS
    assert not {REPLACEMENT, "similar"} & set(BASKET_KINDS)


def test_what_is_gone_has_something_in_its_place(snapshot: Snapshot) -> None:
    """For an item out of stock its replacement comes first; for one that can be bought none is offered."""
    gone, kettle = snapshot.shelf.ids.row("gone"), snapshot.shelf.ids.row("kettle")
    (replacement,), _ = snapshot.related(REPLACEMENT, gone)
    first = next(of_context(snapshot, [gone], PAGE_KINDS))
    assert (first.item, first.source, first.because) == (replacement, REPLACEMENT, gone)
    assert REPLACEMENT not in {candidate.source for candidate in of_context(snapshot, [kettle], PAGE_KINDS)}


def test_a_kind_that_is_not_stored_is_passed_over(tmp_path: Path) -> None:
    """In a snapshot without some kinds the others keep their order."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop)
    few = Snapshot.open_current(shop)
    assert related_kinds(few, "item") == ("viewed_together", "bought_together")
    assert related_kinds(few, "cart") == ("bought_together", "viewed_together")
    assert next(of_context(few, [few.shelf.ids.row("gone")], related_kinds(few, "item"))).source == "viewed_together"
