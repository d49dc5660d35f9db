"""What was told of customers: kept until the warehouse has it, choices at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from features.events.event import CUSTOMER_SCHEMA
from features.events.warehouse import Warehouse
from features.moments import microseconds
from features.shop_folder import ShopFolder
from serving.absorb import absorb_customers
from serving.database.connection import open_database
from serving.database.people.described import Described
from tests.small_shop import moment

NOW = moment("2025-03-01T12:00Z")
JOINED = moment("2025-02-01T00:00Z")


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path / "shop")


@pytest.fixture
def described(shop: ShopFolder, database_url: str | None) -> Iterator[Described]:
    engine = open_database(shop, database_url)
    yield Described(engine)
    engine.dispose()


def rows(*said: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(said), schema=CUSTOMER_SCHEMA)


def test_the_newest_word_counts(described: Described) -> None:
    """Someone who opted out and came back is personal again; nothing is known of others."""
    described.put(rows({"customer_id": "anna", "personalized": False}), NOW)
    assert described.personalized("anna") is False
    described.put(rows({"customer_id": "anna", "personalized": True}), NOW + timedelta(hours=1))
    assert described.personalized("anna") is True
    assert described.personalized("ben") is None


def test_who_refused(described: Described) -> None:
    """Those who said no to something are listed, whatever an id looks like; who took it back is not."""
    odd = '"personalized": false'
    said = {"anna": (False, None), "ben": (True, False), odd: (True, True), "cy": (None, False)}
    flags: list[dict[str, object]] = [
        {"customer_id": name, "personalized": personal, "contactable": letters}
        for name, (personal, letters) in said.items()
    ]
    described.put(rows(*flags), NOW)
    assert described.refused("personalized") == ["anna"]
    assert sorted(described.refused("contactable")) == ["ben", "cy"]
    described.put(rows({"customer_id": "ben", "contactable": True}), NOW + timedelta(hours=1))
    assert described.refused("contactable") == ["cy"]


def test_what_is_left_out_keeps_what_is_known(described: Described) -> None:
    """A second description adds to the first, also within one request."""
    first = {"customer_id": "anna", "personalized": False}
    described.put(rows(first, {"customer_id": "anna", "joined_at": JOINED}), NOW)
    described.put(rows({"customer_id": "anna", "contactable": False}), NOW + timedelta(hours=1))
    (row,) = described.take(10).rows.to_pylist()
    assert (row["personalized"], row["joined_at"], row["contactable"]) == (False, JOINED, False)


def test_the_warehouse_gets_it_once(shop: ShopFolder, described: Described) -> None:
    """Waiting descriptions are stored in the warehouse, then wait no more; the choice is still known here."""
    described.put(rows({"customer_id": "王", "personalized": False}, {"customer_id": "b/o b"}), NOW)
    assert absorb_customers(shop, described) == 2
    assert absorb_customers(shop, described) == 0
    stored = Warehouse.open(shop).customers().to_pylist()
    assert [(row["customer_id"], row["personalized"]) for row in stored] == [("b/o b", None), ("王", False)]
    assert described.personalized("王") is False


def test_what_changes_meanwhile_waits_on(described: Described) -> None:
    """A description that came while others were being stored is not taken for stored."""
    described.put(rows({"customer_id": "anna", "personalized": False}), NOW)
    taken = described.take(10)
    described.put(rows({"customer_id": "anna", "personalized": True}), NOW + timedelta(seconds=1))
    described.mark_stored(taken)
    assert described.take(10).rows["personalized"].to_pylist() == [True]


def test_nothing(described: Described) -> None:
    """An empty request stores nothing."""
    described.put(rows(), NOW)
    assert len(described.take(10).rows) == 0


def test_what_was_said_since(described: Described) -> None:
    """Everything that is known of those who spoke since, and, if wanted, of whom the warehouse has not heard."""
    described.put(rows({"customer_id": "anna", "contactable": False}), NOW - timedelta(days=2))
    described.put(rows({"customer_id": "ben", "consent_email": True}), NOW)
    described.mark_stored(described.take(9))
    described.put(rows({"customer_id": "cy", "contactable": True}), NOW - timedelta(days=2))

    def told(**how: bool) -> dict[str, dict[str, object]]:
        parts = described.said_since(microseconds(NOW), **how)
        return {
            row.pop("customer_id"): row for part, newest_us in parts for row in part if newest_us <= microseconds(NOW)
        }

    assert told() == {"ben": {"consent_email": True}}
    assert told(also_waiting=True) == {"ben": {"consent_email": True}, "cy": {"contactable": True}}
    before = described.change()
    described.put(rows({"customer_id": "cy", "contactable": False}), NOW)
    assert described.change() > before
    assert described.unknown(["anna", "dee", "cy"]) == ["dee"]
