"""Stock and prices as they are now, laid over a snapshot only when something changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from serving.database.described_items import ItemNow
from serving.live.live_shelves import LiveShelves
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.published_shop import later, small_shop, write_snapshot


class Changes:
    """What was said of items, as the database gives it."""

    def __init__(self) -> None:
        self.rows: list[ItemNow] = []
        self.asked: list[int] = []
        self.answers = True

    def say(self, item_id: str, in_stock: bool | None = None, price: float | None = None) -> int:
        """Say something of an item; return the number of the change."""
        self.rows.append(ItemNow(item_id, price, in_stock, len(self.rows) + 1))
        return len(self.rows)

    def after(self, number: int) -> Sequence[ItemNow]:
        """The changes after a number."""
        if not self.answers:
            raise HuitouError("the database did not answer.", code="database")
        self.asked.append(number)
        return [row for row in self.rows if row.change > number]


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path))


def in_stock(snapshot: Snapshot, item_id: str) -> bool:
    return bool(snapshot.shelf.allowed(np.array([snapshot.shelf.ids.row(item_id)]), ItemFilter())[0])


def test_nothing_changed(snapshot: Snapshot) -> None:
    """Without a change the snapshot itself answers, and nobody is asked."""
    changes = Changes()
    assert LiveShelves(changes.after).at(snapshot, 0) is snapshot
    assert changes.asked == []


def test_changes_are_laid_once(snapshot: Snapshot) -> None:
    """A change is read once, later ones on top of it; the snapshot and what was given before stay as they were."""
    changes = Changes()
    shelves = LiveShelves(changes.after)
    first = shelves.at(snapshot, changes.say("apple", in_stock=False))
    assert (in_stock(first, "apple"), in_stock(snapshot, "apple")) == (False, True)
    assert shelves.at(snapshot, 1) is first
    second = shelves.at(snapshot, changes.say("gone", in_stock=True, price=2.5))
    assert (in_stock(second, "apple"), in_stock(second, "gone"), in_stock(first, "gone")) == (False, True, False)
    assert second.shelf.prices(np.array([second.shelf.ids.row("gone")])).tolist() == [2.5]
    assert (changes.asked, shelves.newest(snapshot) is second) == ([0, 1], True)


def test_what_is_opened_is_shared(snapshot: Snapshot) -> None:
    """The recommender is opened once for all shelves, and everything else is the same."""
    changes = Changes()
    laid = LiveShelves(changes.after).at(snapshot, changes.say("apple", in_stock=False))
    assert laid.recommender is snapshot.recommender
    assert laid.customers is snapshot.customers
    assert (laid.shelf.gone, laid.shelf.returned) == (frozenset([snapshot.shelf.ids.row("apple")]), frozenset())


def test_unknown_items_are_passed_over(snapshot: Snapshot) -> None:
    """An item that the snapshot does not know waits for the next one."""
    changes = Changes()
    laid = LiveShelves(changes.after).at(snapshot, changes.say("brand new", in_stock=True))
    assert laid.shelf.ids.row("brand new") == -1
    assert not laid.shelf.gone | laid.shelf.returned


def test_every_snapshot_has_its_own_shelf(snapshot: Snapshot, tmp_path: Path) -> None:
    """After a swap the changes are laid over the new snapshot as well; old ones are forgotten in the end."""
    changes = Changes()
    shelves = LiveShelves(changes.after)
    number = changes.say("apple", in_stock=False)
    shelves.at(snapshot, number)
    shop = small_shop(tmp_path / "other")
    for hour in (1, 2, 3, 4):
        write_snapshot(shop, header=later(hour))
        newer = Snapshot.open_current(shop)
        assert not in_stock(shelves.at(newer, number), "apple")
    assert shelves.newest(snapshot) is snapshot


def test_without_the_database_the_last_known_stands(snapshot: Snapshot) -> None:
    """What is known stays when the changes cannot be read, and they are read when they can."""
    changes = Changes()
    shelves = LiveShelves(changes.after)
    first = shelves.at(snapshot, changes.say("apple", in_stock=False))
    number = changes.say("apple", in_stock=True)
    changes.answers = False
    assert shelves.at(snapshot, number) is first
    changes.answers = True
    assert in_stock(shelves.at(snapshot, number), "apple")
