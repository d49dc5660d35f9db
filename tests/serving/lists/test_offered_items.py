"""What lists offer: what a page would show the same person, never what was bought and is not due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from serving.lists.offered_items import offered_items
from serving.publish import publish
from serving.recommending.recommender import recommend
from serving.recommending.wish import Wish
from serving.snapshot import Snapshot
from tests.rules_bundle import rules_bundle
from tests.small_shop import EventRow, append, events, items, people, random_events, shop

LAST = datetime(2025, 3, 1, 10, tzinfo=UTC)
NOW = LAST + timedelta(hours=1)
PLACES = 3


def event(customer: str, kind: str, item: str, days: float) -> EventRow:
    """Something done so many days before the last event; what is bought is an order of its own."""
    return (customer, kind, item, LAST - timedelta(days=days), {"order_id": f"{customer} {item} {days}"})


ROWS = [
    # Tea is bought again every month or so, and nothing else twice.
    *(event(f"drinker {number}", "purchase", "tea", days) for number in range(20) for days in (120, 90, 61, 30)),
    *(event(f"guest {number}", "purchase", "vase", 100) for number in range(150)),
    *(event(f"looker {number}", "view", item, 5) for number in range(9) for item in ("lamp", "coffee", "coffee large")),
    event("bought the vase", "purchase", "vase", 200),
    event("bought tea today", "purchase", "tea", 0.5),
    event("wants another", "purchase", "vase", 200),
    event("wants another", "cart", "vase", 3),
    event("said no", "purchase", "vase", 2),
    event("said no", "view", "lamp", 1),
    event("looker 0", "view", "lamp", 0),
]
DESCRIBED = (
    ("tea", "drinks", 5, {"title": "Tea"}),
    ("vase", "home", 50, {"title": "Vase"}),
    ("lamp", "home", 60, {"title": "Lamp"}),
    ("coffee", "drinks", 6, {"title": "Coffee 500 g"}),
    ("coffee large", "drinks", 11, {"title": "Coffee 1 kg"}),
    ("sold out", "drinks", 1, {"title": "Cocoa", "in_stock": False}),
)


def published(folder: Path, *tables: pa.Table) -> Snapshot:
    """A shop with these events."""
    made = shop(folder)
    append(made, *tables)
    warehouse = Warehouse.open(made)
    warehouse.put_items(items(*DESCRIBED))
    warehouse.put_customers(people("said no", personalized=False))
    behaviour = Behaviour.of(made)
    publish(behaviour, rules_bundle(behaviour, LAST), made, now=NOW)
    return Snapshot.open_current(made)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The shop of the events above."""
    return published(tmp_path_factory.mktemp("shop"), events(*ROWS))


def offered(snapshot: Snapshot, name: str, places: int = PLACES) -> list[str]:
    """What a list offers to somebody."""
    row = np.array([snapshot.customers.row(name)])
    personal = np.array([name not in snapshot.opted_out])
    codes = offered_items(snapshot, row, personal, places)[0].tolist()
    return [snapshot.shelf.ids.id(code) for code in codes if code >= 0]


def test_what_was_bought_is_offered_when_it_is_due(snapshot: Snapshot) -> None:
    """A vase, which nobody buys twice, is not offered again, and tea not on the day of its purchase but after weeks."""
    assert "vase" not in offered(snapshot, "bought the vase", 6)
    assert "tea" in offered(snapshot, "bought the vase", 6)
    assert "tea" not in offered(snapshot, "bought tea today", 6)
    assert "tea" in offered(snapshot, "drinker 15")


def test_what_lies_in_the_cart_is_offered(snapshot: Snapshot) -> None:
    """Who bought a vase and has put one into the cart since wants another."""
    assert offered(snapshot, "wants another")[0] == "vase"


def test_one_of_each_product(snapshot: Snapshot) -> None:
    """Of two packs of coffee one is offered, and nothing that is sold out."""
    for name in ("looker 3", "bought the vase", "said no"):
        everything = offered(snapshot, name, 6)
        assert len({"coffee", "coffee large"} & {*everything}) == 1
        assert "sold out" not in everything


def test_who_opted_out_is_told_nothing(snapshot: Snapshot) -> None:
    """What they bought is neither offered for that reason nor left out for it: they get what is popular."""
    strangers = recommend(snapshot, Wish(NOW, n=PLACES)).items
    assert offered(snapshot, "said no") == [snapshot.shelf.ids.id(item.item) for item in strangers]


def test_lists_agree_with_pages(tmp_path: Path) -> None:
    """Each customer of the shop is offered what a page would show at the moment of the snapshot, in its order."""
    at_random = random_events(3, 900, customers=60, first="2024-01-20T00:00Z")
    snapshot = published(tmp_path, events(*ROWS), at_random)
    rows = np.arange(len(snapshot.customers))
    names = [snapshot.customers.id(row) for row in rows.tolist()]
    personalized = np.array([name not in snapshot.opted_out for name in names])
    found = offered_items(snapshot, rows, personalized, PLACES)
    assert len(names) > 200
    for name, codes in zip(names, found.tolist(), strict=True):
        shown = recommend(snapshot, Wish(snapshot.header.as_of, name, n=PLACES)).items
        assert [code for code in codes if code >= 0] == [item.item for item in shown], name
