"""Pages made when publishing: everybody's first items, by the rules that hold for everybody."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.arranging.rules import Usual
from serving.recommending.usual_pages import write_usual_pages
from serving.snapshot import Snapshot
from serving.snapshot_parts.page_files import FIRST_POPULAR, PLACES
from tests.serving.published_shop import HEADER, small_shop, write_snapshot


def opened(folder: Path) -> Snapshot:
    return Snapshot.open_current(small_shop(folder))


def test_everybody_has_a_page(tmp_path: Path) -> None:
    """It begins with the customer's own items that can be bought, and popular ones fill it up."""
    snapshot = opened(tmp_path)
    assert len(snapshot.pages) == len(snapshot.customers) == 6
    page = snapshot.pages.of(snapshot.customers.row("anna"))
    assert [*page[:2]] == [0, 2], "the second of the three stored items cannot be bought"
    assert all(place >= FIRST_POPULAR for place in page[2:])


def test_strangers_have_a_page(tmp_path: Path) -> None:
    """The last page holds popular items that can be bought."""
    snapshot = opened(tmp_path)
    items = [int(snapshot.popular[place - FIRST_POPULAR]) for place in snapshot.pages.of(snapshot.pages.strangers)]
    assert [snapshot.shelf.ids.id(item) for item in items[:2]] == ["tea 🍵", "apple"]
    assert "gone" not in [snapshot.shelf.ids.id(item) for item in items]


def test_pages_follow_the_settings(tmp_path: Path) -> None:
    """With other settings the same people have other pages."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, ids=[f"item {number}" for number in range(120)])
    snapshot = Snapshot.open_current(shop)
    before = [snapshot.pages.of(row) for row in range(7)]
    write_usual_pages(snapshot.folder, HEADER, Usual(diversity=1.0))
    after = [Snapshot(snapshot.folder).pages.of(row) for row in range(7)]
    assert before != after
    assert {len(page) for page in after} <= {0, PLACES}
