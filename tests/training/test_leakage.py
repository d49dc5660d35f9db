"""Nothing of what happened, or became known, after a cutoff is in any number at the cutoff; a leak is told by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.contacts import treated_within
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, contacts, events, items, moment, people, random_events, stored
from tests.training.leakage import HORIZON_DAYS, Known, More, known, leaking
from training.tables import customer_table

CUTOFF = moment("2024-11-01T00:00Z")
HOUR = timedelta(hours=1)
SHELF = items(*((f"i{number}", "tea" if number < 4 else "pots", 10 + number) for number in range(8)))
VISIT = (None, "view", "i1", CUTOFF - 30 * HOUR, {"visitor_id": "v1", "event_id": "visit"})
BEFORE = random_events(1, 700, days=300)

Future = Callable[[ShopFolder], None]
"""Adds to a shop what a cutoff must not see."""


def shop(path: Path, *futures: Future) -> Behaviour:
    """A shop with a past of 300 days, visitors and contacts among it, and the given futures."""
    folder = stored(path, pa.concat_tables([BEFORE, events(VISIT)]), described=SHELF, buckets=2)
    made = contacts(("c0", CUTOFF - 24 * HOUR), ("c1", CUTOFF - 2000 * HOUR))
    Warehouse.open(folder).append_contacts(made)
    for future in futures:
        future(folder)
    return Behaviour.of(folder)


def renamed(table: pa.Table, prefix: str, known_at: datetime | None = None) -> pa.Table:
    """The events under ids of their own, and known at that moment."""
    ids = pa.array([f"{prefix}{number}" for number in range(len(table))])
    table = table.set_column(table.schema.get_field_index("event_id"), "event_id", ids)
    if known_at is None:
        return table
    told = pa.repeat(pa.scalar(known_at, table.schema.field("known_at").type), len(table))
    return table.set_column(table.schema.get_field_index("known_at"), "known_at", told)


# ---- what a cutoff must not see


def late_events(folder: ShopFolder) -> None:
    """Happened before the cutoff and became known at it or later, of strangers and of new items too."""
    append(folder, renamed(random_events(2, 200, days=300), "late", CUTOFF))
    told = {"known_at": CUTOFF + 50 * HOUR, "unit_price": 900}
    append(
        folder, events(("stranger", "purchase", "new", CUTOFF - HOUR, told), ("c0", "cart", "new", CUTOFF - HOUR, told))
    )


def later_events(folder: ShopFolder) -> None:
    """Happened at the cutoff or after it."""
    append(
        folder, renamed(random_events(3, 300, first=CUTOFF.isoformat(), days=60, customers=20, item_count=12), "then")
    )
    append(folder, events(("c0", "purchase", "i0", CUTOFF, {"unit_price": 900})))


def late_returns(folder: ShopFolder) -> None:
    """Orders of the past go back: after the cutoff, or before it without the shop knowing."""
    bought = BEFORE.filter(pc.equal(BEFORE["kind"], "purchase"))
    returned = bought.set_column(bought.schema.get_field_index("kind"), "kind", pa.repeat("return", len(bought)))
    append(folder, renamed(returned, "back", CUTOFF + 3 * HOUR))
    later = pa.repeat(pa.scalar(CUTOFF + 5 * HOUR, returned.schema.field("occurred_at").type), len(returned))
    append(folder, renamed(returned.set_column(5, "occurred_at", later), "after"))


def late_merges(folder: ShopFolder) -> None:
    """A visitor turns out to be a customer: the visit is sent again with the customer's id, known from then on."""
    told = {**VISIT[4], "known_at": CUTOFF + HOUR}
    append(folder, events(("c0", *VISIT[1:4], told), ("new customer", *VISIT[1:4], told)))
    append(folder, events(("c0", "view", "i1", CUTOFF + HOUR, {"visitor_id": "v1"})))


def later_contacts(folder: ShopFolder) -> None:
    """Campaigns after the cutoff, and one before it of which the shop learned later."""
    made = contacts(("c0", CUTOFF), ("c1", CUTOFF + HOUR), ("c2", CUTOFF - HOUR, {"known_at": CUTOFF}))
    Warehouse.open(folder).append_contacts(made)


def later_people(folder: ShopFolder) -> None:
    """What customers say of themselves later: that they joined, must not be written to, opted out."""
    said = {"joined_at": CUTOFF + HOUR, "contactable": False, "personalized": False}
    Warehouse.open(folder).put_customers(people("c0", "c1", "nobody", **said))


def later_items(folder: ShopFolder) -> None:
    """Items first offered at the cutoff or after it."""
    new = items(*((f"new{number}", "tea", 1, {"added_at": CUTOFF + number * HOUR}) for number in range(3)))
    Warehouse.open(folder).put_items(new)


FUTURES = (late_events, later_events, late_returns, late_merges, later_contacts, later_people, later_items)

LATER = CUTOFF + timedelta(days=90)
"""A cutoff at which all of it is known."""


def names_known() -> list[str]:
    """The name of every number under guard."""
    with TemporaryDirectory() as folder:
        return list(known(shop(Path(folder) / "shop"), CUTOFF))


NAMES = names_known()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """What is known at the cutoff in a shop without a future."""
    return known(shop(tmp_path_factory.mktemp("before") / "shop"), CUTOFF)


@pytest.fixture(scope="module")
def with_future(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """What is known at the same cutoff in the same shop, with all futures in it."""
    return known(shop(tmp_path_factory.mktemp("after") / "shop", *FUTURES), CUTOFF)


@pytest.mark.parametrize("name", NAMES)
def test_no_number_sees_the_future(name: str, before: Known, with_future: Known) -> None:
    """With everything at once that a cutoff must not see, the number of this name is the same to the last bit."""
    assert leaking({name: before[name]}, {name: with_future[name]}) == []


def test_no_number_is_new_or_gone(before: Known, with_future: Known) -> None:
    """The future adds no column and takes none away, so the names above are all there are."""
    assert list(before) == list(with_future) == NAMES
    assert len(NAMES) > 350


@pytest.mark.parametrize("future", FUTURES, ids=lambda future: future.__name__)
def test_no_kind_of_future_is_seen(future: Future, tmp_path: Path, before: Known) -> None:
    """Each kind alone changes nothing either: no two leaks cover each other up."""
    assert leaking(before, known(shop(tmp_path / "shop", future), CUTOFF)) == []


@pytest.mark.parametrize(
    "future", [future for future in FUTURES if future is not later_people], ids=lambda future: future.__name__
)
def test_every_future_comes_to_be_known(future: Future, tmp_path: Path) -> None:
    """Later the same rows do count, so the guard looks at something; what people say of themselves is no number."""
    without, with_it = (known(shop(tmp_path / name, *added), LATER) for name, added in (("b", ()), ("a", (future,))))
    assert leaking(without, with_it) != []


# ---- the guard names the culprit


def counts_later_events(behaviour: Behaviour, cutoff: datetime) -> Known:
    """A feature that looks past the cutoff."""
    found = [len(behaviour.reader.bucket(bucket, since=cutoff)) for bucket in behaviour.buckets]
    return {"later_event_count": np.array(found)}


def counts_unknown_events(behaviour: Behaviour, cutoff: datetime) -> Known:
    """A feature that does not ask when the shop learned of an event."""
    found = [len(behaviour.reader.bucket(bucket, before=cutoff, known=False)) for bucket in behaviour.buckets]
    return {"event_count": np.array(found)}


def looks_at_the_label(behaviour: Behaviour, cutoff: datetime) -> Known:
    """A feature that is the label."""
    return {"order_count_next": customer_table(behaviour, cutoff, HORIZON_DAYS).order_count}


def looks_at_treatment(behaviour: Behaviour, cutoff: datetime) -> Known:
    """A feature that knows whom the next campaign will choose."""
    everybody = behaviour.contacts["customer_id"].combine_chunks().unique()
    chosen = treated_within(behaviour.contacts, everybody, cutoff, LATER)
    return {"contacted_next": np.array([chosen.sum()])}


@pytest.mark.parametrize(
    ("culprit", "future", "name"),
    [
        (counts_later_events, later_events, "later_event_count"),
        (counts_unknown_events, late_events, "event_count"),
        (counts_unknown_events, late_merges, "event_count"),
        (looks_at_the_label, later_events, "order_count_next"),
        (looks_at_treatment, later_contacts, "contacted_next"),
    ],
)
def test_a_planted_leak_is_named(culprit: More, future: Future, name: str, tmp_path: Path) -> None:
    """A feature that sees the future is told by its name, and no other is."""
    without, with_it = (
        known(shop(tmp_path / folder, *added), CUTOFF, [culprit]) for folder, added in (("b", ()), ("a", (future,)))
    )
    assert leaking(without, with_it) == [name]


def test_a_column_that_comes_or_goes_is_named() -> None:
    """Not only other values: a column that is there only without or only with the future is a leak as well."""
    one, other = np.array([1.0, np.nan]), np.array([1.0, 2.0])
    assert leaking({"kept": one, "gone": one, "changed": one}, {"kept": one, "changed": other, "new": one}) == [
        "gone",
        "changed",
        "new",
    ]


# ---- what has no history, and what is taken at its word


def test_only_numbers_of_items_follow_a_change_of_items(tmp_path: Path, before: Known) -> None:
    """Items are known as they are now: later titles and stock move only what is alike, a price or category also these.

    Whoever buys without a price in the event is taken to have paid the price of today.
    """

    def renamed_items(folder: ShopFolder) -> None:
        Warehouse.open(folder).put_items(items(("i0", None, None, {"title": "New", "in_stock": False})))

    def moved_items(folder: ShopFolder) -> None:
        Warehouse.open(folder).put_items(items(("i0", "pots", 99), ("i5", "tea", 1)))

    told = leaking(before, known(shop(tmp_path / "renamed", renamed_items), CUTOFF))
    assert told == ["catalogue_titles", "catalogue_in_stock", "related_similar", "related_replacement"]
    told = leaking(before, known(shop(tmp_path / "moved", moved_items), CUTOFF))
    assert {name for name in told if not name.startswith(("table_", "candidate_"))} == FOLLOW_ITEMS


FOLLOW_ITEMS = {
    *("catalogue_category", "catalogue_price", "item_price", "item_price_level"),
    *("related_similar", "related_replacement"),
    *(f"net_spend_{window}" for window in ("30d", "60d", "90d", "180d", "365d", "all")),
    *("order_value_mean", "order_value_last", "order_value_max", "open_cart_value", "open_favorite_value"),
    *("viewed_price_mean", "bought_price_mean", "discounted_share", "discount_mean", "price_level"),
    "discount_order_share",
    *("top_category_share", "category_entropy"),
}
"""Customer and item features that use the price or the category of an item."""


def test_a_merge_without_its_moment_is_taken_at_its_word(tmp_path: Path, before: Known) -> None:
    """A visit sent again under a customer's id, without saying when that became known, counts as always known.

    The customer gains a visit at the cutoff; the visitor's own row, and every number of orders, stays.
    """

    def merge(folder: ShopFolder) -> None:
        append(folder, events(("c0", *VISIT[1:4], VISIT[4])))

    told = leaking(before, known(shop(tmp_path / "shop", merge), CUTOFF))
    assert {"view_count_7d", "days_since_any", "item_view_count_all"} <= set(told)
    assert not {"customer_ids", "order_count_all", "days_since_purchase", "net_spend_all"} & set(told)
