"""Keeping up with events and contacts since the snapshot, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.events.event import KIND_CODES, VISITOR_PREFIX
from features.shop_folder import ShopFolder
from serving.audiences.filters import parse_filter
from serving.audiences.fresh_acts import FreshActs
from serving.audiences.matching import matching
from serving.database.connection import Database, open_database
from serving.database.inbox import Inbox
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.people.described import Described
from serving.database.people.merged import Merged
from serving.snapshot import Snapshot
from tests.serving.database.fresh_events import RECEIVED, checked
from tests.serving.published_shop import AS_OF, NOW, small_shop, write_snapshot
from tests.small_shop import people


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """The small published shop."""
    return small_shop(tmp_path)


@pytest.fixture
def database(shop: ShopFolder, database_url: str | None) -> Iterator[Database]:
    """Its database."""
    engine = open_database(shop, database_url)
    yield engine
    engine.dispose()


def test_each_event_is_read_once(shop: ShopFolder, database: Database) -> None:
    """What comes between two questions is added to what is known; strangers and new items are passed over."""
    snapshot, acts, inbox = Snapshot.open_current(shop), FreshActs(database), Inbox(database)
    assert len(acts.of(snapshot).events) == 0
    inbox.put(checked({"event_id": "1", "item_id": "kettle"}, {"event_id": "2", "item_id": "unheard of"}), RECEIVED)
    inbox.put(checked({"event_id": "3", "customer_id": "nobody", "item_id": "kettle"}), RECEIVED)
    first = acts.of(snapshot).events
    assert first.row.tolist() == [snapshot.customers.row("anna")]
    inbox.put(checked({"event_id": "4", "kind": "purchase", "customer_id": "quiet", "item_id": "zip"}), RECEIVED)
    both = acts.of(snapshot).events
    assert both.row.tolist() == [snapshot.customers.row("anna"), snapshot.customers.row("quiet")]
    assert both.kind.tolist() == [KIND_CODES["view"], KIND_CODES["purchase"]]
    assert both.item.tolist() == [snapshot.shelf.ids.row("kettle"), snapshot.shelf.ids.row("zip")]
    assert [datetime.fromtimestamp(us / 1e6, UTC).hour for us in both.occurred_us.tolist()] == [10, 10]
    assert set(both.day.tolist()) == {(RECEIVED.date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days}


def test_what_the_snapshot_holds_is_not_fresh(shop: ShopFolder, database: Database) -> None:
    """Events of a version of the warehouse that the snapshot was made from are in it already."""
    inbox = Inbox(database)
    inbox.put(checked(*({"event_id": str(number), "item_id": "kettle"} for number in range(3))), RECEIVED)
    first, second, _ = inbox.take(10).sequences
    snapshot = Snapshot.open_current(shop)
    inbox.mark_absorbed([first], snapshot.header.event_version)
    inbox.mark_absorbed([second], snapshot.header.event_version + 1)
    assert len(FreshActs(database).of(snapshot).events) == 2


def test_what_visitors_did_is_their_customers(shop: ShopFolder, database: Database) -> None:
    """A visitor who turned out to be a customer acts as the customer."""
    snapshot = Snapshot.open_current(shop)
    Merged(database).join("v 1", "anna", NOW)
    row = {"event_id": "1", "customer_id": None, "visitor_id": "v 1", "item_id": "kettle"}
    Inbox(database).put(checked(row), RECEIVED)
    assert snapshot.customers.row(VISITOR_PREFIX + "v 1") >= 0
    assert FreshActs(database).of(snapshot).events.row.tolist() == [snapshot.customers.row("anna")]


def test_who_a_visitor_is_may_turn_out_later(shop: ShopFolder, database: Database) -> None:
    """What was read before the merge is the customer's from then on, and is nobody's again when it is undone."""
    snapshot, acts, merged = Snapshot.open_current(shop), FreshActs(database), Merged(database)
    row = {"event_id": "1", "customer_id": None, "visitor_id": "new here", "item_id": "kettle"}
    Inbox(database).put(checked(row), RECEIVED)
    assert len(acts.of(snapshot).events) == 0
    merged.join("new here", "anna", NOW)
    assert acts.of(snapshot).events.row.tolist() == [snapshot.customers.row("anna")]
    merged.leave("new here", "anna")
    assert len(acts.of(snapshot).events) == 0


def test_whose_message_it_was_may_turn_out_later(shop: ShopFolder, database: Database) -> None:
    """A message to a visitor is the customer's from the merge on, and the visitor's again when it is undone."""
    snapshot, acts, merged = Snapshot.open_current(shop), FreshActs(database), Merged(database)
    spring = Contact("1", "visitor:v 1", AS_OF + timedelta(hours=2), "spring", "app")
    ContactLog(database).append([spring, replace(spring, customer_id="quiet")], NOW)
    visitor, quiet, anna = (snapshot.customers.row(name) for name in ("visitor:v 1", "quiet", "anna"))
    assert acts.of(snapshot).contacts.row.tolist() == [visitor, quiet]
    merged.join("v 1", "anna", NOW)
    for _ in range(2):
        assert acts.of(snapshot).contacts.row.tolist() == [anna, quiet]
    merged.leave("v 1", "anna")
    assert acts.of(snapshot).contacts.row.tolist() == [visitor, quiet]


def test_contacts_since_the_snapshot(shop: ShopFolder, database: Database) -> None:
    """Whom campaigns wrote to since, each contact once; who was left alone is not among them."""
    snapshot, acts, log = Snapshot.open_current(shop), FreshActs(database), ContactLog(database)
    spring = Contact("1", "anna", AS_OF + timedelta(hours=2), "spring", "sms")
    log.append([spring, replace(spring, contact_id="2", customer_id="quiet", arm="control")], NOW)
    assert acts.of(snapshot).contacts.row.tolist() == [snapshot.customers.row("anna")]
    log.append([replace(spring, contact_id="3", customer_id="quiet", campaign_id=None, channel=None)], NOW)
    log.append([replace(spring, contact_id="4", customer_id="nobody", campaign_id="winter")], NOW)
    found = acts.of(snapshot).contacts
    assert found.row.tolist() == [snapshot.customers.row("anna"), snapshot.customers.row("quiet")]
    assert found.channel.tolist() == [1, -1]
    assert [None if code < 0 else found.campaigns[code] for code in found.campaign.tolist()] == ["spring", None]


def test_another_snapshot_begins_anew(shop: ShopFolder, database: Database) -> None:
    """Rows are those of the snapshot that is asked for, and what it holds is fresh no more."""
    acts, inbox, before = FreshActs(database), Inbox(database), Snapshot.open_current(shop)
    inbox.put(checked({"event_id": "1", "item_id": "kettle"}), RECEIVED)
    assert len(acts.of(before).events) == 1
    inbox.mark_absorbed(inbox.take(10).sequences, before.header.event_version + 1)
    header = replace(before.header, event_version=before.header.event_version + 1)
    write_snapshot(shop, header=header)
    assert len(acts.of(Snapshot.open_current(shop)).events) == 0
    assert len(acts.of(before).events) == 1


def test_who_opted_out_since_is_in_no_interest(shop: ShopFolder, database: Database) -> None:
    """Who wants no personal offers any more is not chosen by interest, nor are the visitors they were."""
    snapshot, acts = Snapshot.open_current(shop), FreshActs(database)
    wanted = parse_filter({"interested_in": "kettle"})
    before = matching(snapshot, wanted, acts.of(snapshot), NOW)
    Described(database).put(people("anna", personalized=False), NOW)
    Merged(database).join("v 1", "anna", NOW)
    after = matching(snapshot, wanted, acts.of(snapshot), NOW)
    gone = {snapshot.customers.id(row) for row in (before & ~after).nonzero()[0].tolist()}
    assert gone == {"anna", "visitor:v 1"}
