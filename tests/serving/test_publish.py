"""Publishing: from stored events to a served snapshot, and what it says of each customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.database.people.person_hash import person_hash
from serving.publish import publish
from serving.recommending.recommender import recommend
from serving.recommending.wish import Wish
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemCycle
from tests.rules_bundle import rules_bundle
from tests.serving.database.fresh_events import checked
from tests.serving.stored_offers import offered
from tests.small_shop import EventRow, append, events, items, people, shop
from training.recommend.recommender import FittedRecommender, Recommender

NOW = datetime(2025, 3, 2, tzinfo=UTC)
LAST = datetime(2025, 3, 1, 10, tzinfo=UTC)


def purchases(customer: str, *days_ago: float) -> list[EventRow]:
    """Purchases of tea so many days before the last event."""
    return [
        (customer, "purchase", "tea", LAST - timedelta(days=days), {"unit_price": 5, "order_id": f"{customer} {days}"})
        for days in days_ago
    ]


ROWS: list[EventRow] = [
    *purchases("new / one", 10),
    *purchases("活跃", 200, 80),
    *purchases("high", 300, 120),
    *purchases("low", 500, 250),
    *purchases("lost", 900, 700),
    *purchases("no letters", 900, 700),
    ("high", "cart", "cup", LAST - timedelta(days=2)),
    ("high", "cart", "gone", LAST - timedelta(days=3)),
    ("looks only", "view", "cup", LAST),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A shop with six buyers and a visitor."""
    folder = shop(tmp_path_factory.mktemp("shop"))
    append(folder, events(*ROWS))
    warehouse = Warehouse.open(folder)
    described = items(("tea", "drinks", 5), ("cup", "kitchen", 9), ("gone", "kitchen", 1, {"in_stock": False}))
    warehouse.put_items(described)
    warehouse.put_customers(people("no letters", contactable=False))
    warehouse.put_customers(people("low", "never came", personalized=False))
    return folder


@pytest.fixture(scope="module")
def snapshot(folder: ShopFolder) -> Snapshot:
    publish(Behaviour.of(folder), rules_bundle(Behaviour.of(folder), LAST, (30, 14, 60)), folder, now=NOW)
    return Snapshot.open_current(folder)


def test_the_moment_is_just_after_the_newest_event(folder: ShopFolder, snapshot: Snapshot) -> None:
    """Everything that is stored counts, and nothing is older than it needs to be."""
    assert snapshot.header.as_of == LAST + timedelta(microseconds=1)
    assert snapshot.header.published_at == NOW
    assert snapshot.header.event_version == Warehouse.open(folder).reader().version


def test_late_knowledge_moves_the_moment(tmp_path: Path) -> None:
    """An event that became known later counts from then on, so the moment is after that."""
    folder = shop(tmp_path)
    known = LAST + timedelta(hours=5)
    append(folder, events(("anna", "view", "tea", LAST, {"known_at": known})))
    assert Warehouse.open(folder).reader().moment_after(NOW) == known + timedelta(microseconds=1)


def test_everyone_is_in_the_right_layer(snapshot: Snapshot) -> None:
    """The shop's day rules decide."""
    found = {
        name: snapshot.customer(snapshot.customers.row(name))["layer"]
        for name in ("new / one", "活跃", "high", "low", "lost", "looks only")
    }
    assert found == {
        "new / one": "new",
        "活跃": "active",
        "high": "high_win_back",
        "low": "low_win_back",
        "lost": "lost",
        "looks only": "visitor",
    }


def test_one_person_gets_the_published_groups(folder: ShopFolder, snapshot: Snapshot) -> None:
    """By what the snapshot keeps of the shop, somebody's history alone gives the groups that were published."""
    behaviour, as_of = Behaviour.of(folder), snapshot.header.as_of
    catalogue = behaviour.catalogue(as_of)
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, as_of, catalogue)
        for place, name in enumerate(history.customer_ids.to_pylist()):
            published = snapshot.customer(snapshot.customers.row(name))
            alone = snapshot.group_rules.of(history.part(place, place + 1)).columns
            assert {column: values[0].as_py() for column, values in alone.items()} == {
                column: published[column] for column in alone
            }


def test_a_row_tells_of_its_customer(snapshot: Snapshot) -> None:
    """Orders, spend and silence are the customer's own; churn and order chance add up; reasons are bilingual."""
    said = snapshot.customer(snapshot.customers.row("high"))
    assert (said["order_count_all"], said["net_spend_all"]) == (2, 10.0)
    assert (said["days_since_last_order"], said["purchase_gap_mean_days"]) == (120.0, 180.0)
    assert said["order_probability_30d"] + said["churn_probability_30d"] == pytest.approx(1, abs=1e-5)
    assert 0 < said["order_probability_30d"] < 1
    assert (said["kind"], said["tier"], said["method"]) == ("repeat", "rules", "rule")
    told = snapshot.customer(snapshot.customers.row("lost"))["reasons"][0]
    assert told == {
        "concept": "silence",
        "en": "silent for 700 days, usually orders every 200 days",
        "zh": "已沉默700天，通常每200天下单一次",
        "raises": False,
    }


def test_every_horizon_is_published(snapshot: Snapshot) -> None:
    """The header names all horizons, rising, and the main one, which comes first among the columns."""
    assert (snapshot.header.horizon_days, snapshot.header.horizons_days) == (30, (14, 30, 60))
    names = [name for name in snapshot.customer(0) if name.startswith("order_probability")]
    assert names == ["order_probability_30d", "order_probability_14d", "order_probability_60d"]


def test_visitors_have_no_churn(snapshot: Snapshot) -> None:
    """Who never bought cannot leave; missing numbers are null, not zero."""
    said = snapshot.customer(snapshot.customers.row("looks only"))
    assert said["churn_probability_30d"] is None
    assert said["days_since_last_order"] is None
    assert said["order_count_all"] == 0


def test_consent_is_taken_over(snapshot: Snapshot) -> None:
    """Who must not be written to, and who opted out, is known in the snapshot, with events or without."""
    assert snapshot.customer(snapshot.customers.row("no letters"))["contactable"] is False
    assert snapshot.customer(snapshot.customers.row("low"))["personalized"] is False
    assert {name for name in ("low", "never came", "high") if name in snapshot.opted_out} == {"low", "never came"}


def test_who_is_set_aside_is_told(tmp_path: Path) -> None:
    """A bot and an internal account are scored and served like others, with the reason beside them."""
    folder = shop(tmp_path)
    views = [("machine", "view", "cup", LAST - timedelta(seconds=10 * number)) for number in range(600)]
    append(folder, events(*ROWS, *views))
    Warehouse.open(folder).put_customers(people("high", internal=True))
    publish(Behaviour.of(folder), rules_bundle(Behaviour.of(folder), LAST), folder, now=NOW)
    snapshot = Snapshot.open_current(folder)
    told = {name: snapshot.customer(snapshot.customers.row(name)) for name in ("machine", "high", "low", "looks only")}
    assert {name: row["set_aside"] for name, row in told.items()} == {
        "machine": "bot",
        "high": "internal",
        "low": None,
        "looks only": None,
    }
    assert told["machine"]["layer"] == "visitor"
    assert len(recommend(snapshot, Wish(NOW, "machine")).items) > 0


def test_items_have_their_repurchase_cycle(snapshot: Snapshot) -> None:
    """Tea was bought again after 450, 200, 180, 120 and 200 days; nobody has bought anything of the kitchen twice."""
    shelf = snapshot.shelf
    tea, cup = (shelf.cycle(shelf.ids.row(name)) for name in ("tea", "cup"))
    assert tea.gap_count == 5
    assert 120 < (tea.days or 0) < 250
    assert cup == ItemCycle(None, 0)


def test_batch_and_live_recommendations_agree(folder: ShopFolder, snapshot: Snapshot) -> None:
    """When nothing new has happened a live answer is what the recommender says for that customer alone.

    But for what is out of stock, what was bought and is not due again, and variants: the order stays.
    """
    behaviour = Behaviour.of(folder)
    at = snapshot.header.as_of
    catalogue = behaviour.catalogue(at)
    fitted = FittedRecommender.fit(behaviour, at, catalogue, Recommender())
    answered = 0
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, at, catalogue)
        batch = fitted.recommend(history)
        for place, name in enumerate(history.customer_ids.to_pylist()):
            stored = snapshot.recommended(snapshot.customers.row(name)).item
            assert stored.tolist() == [item for item in batch.item[place].tolist() if item >= 0]
            if name in snapshot.opted_out:
                continue
            live = recommend(snapshot, Wish(at, name, strict=True, n=50))
            assert [candidate.item for candidate in live.items] == offered(snapshot, name, at)
            answered += len(live.items)
    assert answered >= 5


@pytest.mark.parametrize("person", ["never came", "high"])
def test_who_was_deleted_meanwhile_is_not_published(tmp_path: Path, person: str) -> None:
    """Nothing is put into place: a tombstone tells even of somebody who never did anything."""
    folder = shop(tmp_path)
    append(folder, events(*ROWS))
    Warehouse.open(folder).put_customers(people("never came", personalized=False))
    behaviour = Behaviour.of(folder)
    with pytest.raises(HuitouError) as caught:
        publish(behaviour, rules_bundle(behaviour, LAST), folder, now=NOW, erased=lambda: [person_hash(person)])
    assert caught.value.message == (
        "somebody was deleted while this was computed, and would be in the snapshot. Publish again."
    )
    assert [file.name for file in folder.snapshots.iterdir() if file.is_dir()] == []
    publish(behaviour, rules_bundle(behaviour, LAST), folder, now=NOW, erased=lambda: [person_hash("somebody else")])


def test_publishing_again_serves_what_is_new(tmp_path: Path) -> None:
    """Events from the API count at once, and after absorbing and publishing they are part of the snapshot."""
    folder = shop(tmp_path)
    append(folder, events(*ROWS))
    publish(Behaviour.of(folder), rules_bundle(Behaviour.of(folder), LAST), folder, now=NOW)
    engine = open_database(folder)
    inbox = Inbox(engine)
    fresh = {"event_id": "f", "customer_id": "high", "item_id": "cup", "kind": "purchase"}
    inbox.put(checked(fresh), LAST + timedelta(hours=2))
    first = Snapshot.open_current(folder)
    assert inbox.buyers_after(0, first.header.event_version)[1] == ["high"]
    absorb(folder, inbox)
    assert inbox.buyers_after(0, first.header.event_version)[1] == ["high"], (
        "still fresh for the snapshot that is served"
    )
    publish(Behaviour.of(folder), rules_bundle(Behaviour.of(folder), LAST), folder, now=NOW + timedelta(hours=1))
    second = Snapshot.open_current(folder)
    assert inbox.buyers_after(0, second.header.event_version)[1] == []
    assert second.customer(second.customers.row("high"))["order_count_all"] == 3
    engine.dispose()


def test_the_same_shop_gives_the_same_snapshot(tmp_path: Path) -> None:
    """Publishing the same events at the same moment gives the same files."""
    names = []
    for place in ("one", "two"):
        folder = shop(tmp_path / place)
        append(folder, events(*ROWS))
        names.append(publish(Behaviour.of(folder), rules_bundle(Behaviour.of(folder), LAST), folder, now=NOW))
    assert names[0] == names[1]


def test_an_empty_shop_is_published(tmp_path: Path) -> None:
    """A shop without events has a snapshot of nobody as of now."""
    folder = shop(tmp_path)
    full = shop(tmp_path / "full")
    append(full, events(*ROWS))
    publish(Behaviour.of(folder), rules_bundle(Behaviour.of(full), LAST), folder, now=NOW)
    snapshot = Snapshot.open_current(folder)
    assert (snapshot.contents.customers, snapshot.header.as_of) == (0, NOW)
