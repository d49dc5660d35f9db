"""An audience in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.audiences.fresh_acts import FreshActs
from serving.audiences.previewing.preview import Preview, Previews
from serving.audiences.previewing.preview_request import PreviewRequest
from serving.audiences.saving import saved
from serving.care.care import Care
from serving.database.connection import Database, open_database
from serving.database.inbox import Inbox
from serving.database.marketing.audiences import Audiences
from serving.desk.workroom import workroom
from serving.lists.frozen.freeze import freeze
from serving.lists.request import ListRequest
from serving.live.current_snapshot import CurrentSnapshot
from serving.snapshot import Snapshot
from tests.serving.database.fresh_events import RECEIVED, checked
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """The small published shop."""
    return small_shop(tmp_path)


@pytest.fixture
def database(shop: ShopFolder) -> Iterator[Database]:
    """Its database."""
    engine = open_database(shop)
    yield engine
    engine.dispose()


@pytest.fixture
def previews(shop: ShopFolder, database: Database) -> Previews:
    """Its previews."""
    return Previews(shop, database, Care(shop, database), FreshActs(database))


def told(previews: Previews, shop: ShopFolder, **said: Any) -> Preview:
    """The preview of an audience."""
    return previews.preview(Snapshot.open_current(shop), PreviewRequest.read(said), NOW)


def test_who_may_be_written_to(previews: Previews, shop: ShopFolder) -> None:
    """Everybody is counted; who must not be written to is left out with the reason."""
    found = told(previews, shop, filter={"everyone": True}, control_share=0.5)
    assert (found.customers, found.count, found.share, found.reachable) == (6, 6, 1.0, 5)
    assert found.excluded == {"not_contactable": 1}
    assert found.reachable_rate == pytest.approx(5 / 6)
    assert found.layers == {"active": 1, "high_win_back": 1, "lost": 2, "new": 1, "visitor": 1}
    assert found.expected.orders_without_contact == pytest.approx(0.2 + 0.1 + 0.7 + 0.8 + 0.1)
    assert found.power is not None
    assert found.power.people == 5
    assert found.today == NOW.date()


def test_purchases_since_the_snapshot(previews: Previews, shop: ShopFolder, database: Database) -> None:
    """Who has just bought leaves the cart's audience, and nobody writes to them."""
    before = told(previews, shop, filter={"open": "cart", "item": "kettle"})
    Inbox(database).put(checked({"event_id": "1", "kind": "purchase", "item_id": "kettle"}), RECEIVED)
    after = told(previews, shop, filter={"open": "cart", "item": "kettle"})
    assert (before.count, after.count) == (1, 0)
    everybody = told(previews, shop, filter={"everyone": True})
    assert everybody.excluded == {"not_contactable": 1, "bought_since": 1}


def test_overlaps(previews: Previews, shop: ShopFolder, database: Database) -> None:
    """What is in common with a template, a saved audience, another filter and a frozen list, in that order."""
    Audiences(database).put(saved("silent", {"field": "layer", "is": "lost"}, "", "key 1", NOW))
    with workroom(shop, None, lambda: NOW) as room:
        frozen = freeze(room, ListRequest.read({"name": "all", "filter": {"everyone": True}}), "key 1")
    others = [
        {"template": "high-win-back"},
        {"audience": "silent"},
        {"filter": {"field": "layer", "is": "new"}},
        {"list_id": frozen.list_id},
    ]
    for _ in range(2):  # the second time from what is remembered
        found = told(previews, shop, filter={"field": "churn_probability", "at_least": 0.8}, overlap_with=others)
        assert [(each.name, each.people, each.both) for each in found.overlaps] == [
            ("high-win-back", 1, 1),
            ("silent", 2, 2),
            ("filter", 1, 0),
            (frozen.list_id, 5, 2),
        ]
        assert found.overlaps[1].overlap_rate == pytest.approx(2 / 3)


def test_an_empty_audience(previews: Previews, shop: ShopFolder) -> None:
    """Nobody is nobody: no shares of nothing, and no power."""
    found = told(previews, shop, filter={"not": {"everyone": True}}, overlap_with=[{"template": "lost"}])
    assert (found.count, found.reachable, found.share, found.reachable_rate, found.power) == (0, 0, 0.0, None, None)
    assert found.overlaps[0].overlap_rate is None


def test_trying_a_filter(previews: Previews, shop: ShopFolder, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Names are looked up in what is published; where nothing is, the filter may be saved all the same."""
    good, wrong = (saved("a", {"field": name, "is": "lost"}, "", "k", NOW).parsed for name in ("layer", "layre"))
    assert previews.try_filter(CurrentSnapshot(shop), good, NOW) == 2
    with pytest.raises(HuitouError, match="Did you mean layer"):
        previews.try_filter(CurrentSnapshot(shop), wrong, NOW)
    empty = ShopFolder.create(tmp_path_factory.mktemp("empty"))
    assert previews.try_filter(CurrentSnapshot(empty), wrong, NOW) is None


def test_what_is_not_there(previews: Previews, shop: ShopFolder) -> None:
    """An audience, template or list that there is not is said so."""
    for said, code in (
        ({"audience": "nope"}, "unknown_audience"),
        ({"template": "nope"}, "unknown_template"),
        ({"template": "lost", "overlap_with": [{"list_id": "nope"}]}, "unknown_list"),
    ):
        with pytest.raises(HuitouError) as caught:
            told(previews, shop, **said)
        assert caught.value.code == code
