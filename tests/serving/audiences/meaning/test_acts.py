"""Who did something, with what happened since the snapshot laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from features.events.event import KIND_CODES
from features.moments import day_number
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh, FreshEvents
from serving.audiences.matching import matching
from serving.audiences.meaning.acts import open_now
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.contacts import Contacts
from tests.serving.audiences.audience_shop import AudienceShop
from tests.serving.published_shop import NOW, small_shop

DAY_US = 86_400_000_000
TODAY = day_number(NOW.date())


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Anna has a kettle, what is gone, and apples in her cart since yesterday; everybody else has other things."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def fresh(snapshot: Snapshot, *acts: tuple[str, str, str], day: int = TODAY) -> Fresh:
    """What people did today, in this order."""
    rows = [
        (snapshot.customers.row(who), KIND_CODES[kind], snapshot.shelf.ids.row(item), day * DAY_US + place, day)
        for place, (who, kind, item) in enumerate(acts)
    ]
    return Fresh(FreshEvents.of(rows), Contacts.none())


def people(snapshot: Snapshot, said: dict[str, Any], since: Fresh) -> set[str]:
    """Ids of everybody whom a filter means."""
    flags = matching(snapshot, parse_filter(said), since, NOW)
    return {snapshot.customers.id(row) for row in flags.nonzero()[0].tolist()}


def items(snapshot: Snapshot, since: Fresh, who: str) -> list[str]:
    """What lies in somebody's cart."""
    found: Sequence[int] = open_now(snapshot, since.events, "cart").of(snapshot.customers.row(who)).tolist()
    return [snapshot.shelf.ids.id(code) for code in found]


def test_fresh_acts_count(snapshot: Snapshot) -> None:
    """What somebody does now counts with what the snapshot knows, by kind, item and day."""
    now = fresh(snapshot, ("quiet", "view", "apple"), ("quiet", "cart", "apple"), ("anna", "cart", "kettle"))
    assert people(snapshot, {"did": "view"}, now) == {"quiet"}
    assert people(snapshot, {"did": "cart", "item": "apple", "within_days": 1}, now) == {"quiet"}
    assert "quiet" not in people(snapshot, {"did_not": "view"}, now)
    assert people(snapshot, {"did": "cart", "item": "kettle", "at_least": 2}, now) == {"anna"}
    assert people(snapshot, {"did": "cart", "item": "kettle", "on_days": 2}, now) == {"anna"}
    assert people(snapshot, {"did": "cart", "item": "kettle", "on_days": 3}, now) == set()


def test_days_are_counted_once(snapshot: Snapshot) -> None:
    """A day on which both the snapshot and the fresh events know something is one day."""
    yesterday = fresh(snapshot, ("anna", "cart", "kettle"), ("anna", "view", "kettle"), day=TODAY - 1)
    assert people(snapshot, {"did": ["cart", "view"], "item": "kettle", "on_days": 2}, yesterday) == set()


def test_what_was_bought_is_open_no_more(snapshot: Snapshot) -> None:
    """Buying or taking out closes, carting opens, and what came last counts."""
    nothing = Fresh.nothing()
    assert items(snapshot, nothing, "anna") == ["kettle", "gone", "apple"]
    bought = fresh(snapshot, ("anna", "purchase", "kettle"), ("anna", "uncart", "apple"), ("quiet", "cart", "kettle"))
    assert items(snapshot, bought, "anna") == ["gone"]
    assert items(snapshot, bought, "quiet") == ["kettle", "zip"]
    assert people(snapshot, {"open": "cart", "item": "kettle"}, bought) == {"quiet"}
    assert people(snapshot, {"open": "cart", "item": "kettle"}, nothing) == {"anna"}
    again = fresh(snapshot, ("anna", "purchase", "kettle"), ("anna", "cart", "kettle"))
    assert items(snapshot, again, "anna") == ["kettle", "gone", "apple"]
    assert people(snapshot, {"open": "cart", "within_days": 1}, again) == {"anna"}


def test_favourites_are_apart_from_carts(snapshot: Snapshot) -> None:
    """A cart is no favourite, and taking something out of the cart leaves the favourite."""
    now = fresh(snapshot, ("anna", "favorite", "zip"), ("anna", "uncart", "zip"))
    assert people(snapshot, {"open": "favorite"}, now) == {"anna"}
    assert people(snapshot, {"open": "favorite", "category": "fruit"}, now) == set()


def test_other_days(made: AudienceShop) -> None:
    """Nobody did anything on days of which nothing is known, before or after."""
    for days in ({"before": "2023-01-01"}, {"since": "today+10"}, {"between": ["1990-01-01", "1990-12-31"]}):
        flags = matching(made.snapshot, parse_filter({"did": "view", **days}), Fresh.nothing(), NOW)
        assert not flags.any()
