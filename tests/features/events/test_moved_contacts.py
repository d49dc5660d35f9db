"""Contacts that change hands with merged visitors: each of them once, there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from features.events.contact_rows import as_stored, moved_contacts
from features.events.rewritten_rows import Move
from features.events.warehouse import Warehouse
from tests.small_shop import contacts, shop

NOON = "2025-03-01T12:00Z"
MERGE, UNDO = Move("visitor:v", "anna", "v"), Move("anna", "visitor:v", "v", frozenset())
OTHER = Move("visitor:w", "anna", "w")


def chosen(who: str, identity: str, campaign: str = "spring", arm: str = "treated") -> tuple[Any, ...]:
    """A contact of somebody."""
    return (who, NOON, {"contact_id": identity, "campaign_id": campaign, "arm": arm})


TOLD = contacts(
    chosen("visitor:v", "spring", arm="control"),
    chosen("visitor:v", "autumn", "autumn"),
    chosen("visitor:w", "spring"),
    chosen("anna", "spring"),
    chosen("ben", "spring"),
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with contacts of two visitors and two customers."""
    warehouse = Warehouse.open(shop(tmp_path))
    warehouse.append_contacts(TOLD)
    return warehouse


def whose(warehouse: Warehouse) -> list[tuple[str, str, str | None]]:
    """Who has which contact, and from which visitor."""
    return [
        (row["customer_id"], row["contact_id"], row["visitor_id"])
        for row in warehouse.contacts()
        .sort_by([(name, "ascending") for name in ("customer_id", "contact_id")])
        .to_pylist()
    ]


def test_there_and_back(warehouse: Warehouse) -> None:
    """A visitor's contacts are the customer's and keep the visitor; undone, the very same rows are there as before."""
    before = warehouse.contacts()
    warehouse.move_contacts([MERGE, OTHER])
    assert {*whose(warehouse)} == {
        ("anna", "spring", None),
        ("anna", "spring", "v"),
        ("anna", "spring", "w"),
        ("anna", "autumn", "v"),
        ("ben", "spring", None),
    }
    spring = [row for row in warehouse.contacts_of(["anna"]).to_pylist() if row["campaign_id"] == "spring"]
    assert {row["visitor_id"]: row["arm"] for row in spring} == {None: "treated", "v": "control", "w": "treated"}
    warehouse.move_contacts([UNDO])
    assert ("anna", "spring", "w") in whose(warehouse)
    warehouse.move_contacts([Move("anna", "visitor:w", "w", frozenset())])
    assert warehouse.contacts() == before


def test_once_more_changes_nothing(warehouse: Warehouse) -> None:
    """A move that was made already, and one of people without contacts, write nothing."""
    warehouse.move_contacts([MERGE])
    version = warehouse.version_files("contacts")[0]
    warehouse.move_contacts(
        [MERGE, Move("visitor:nobody", "ben", "nobody"), Move("ben", "visitor:x", "x", frozenset())]
    )
    assert warehouse.version_files("contacts")[0] == version


def test_what_comes_again_is_the_same_contact(warehouse: Warehouse) -> None:
    """The visitor's contacts from the same file again are stored as the visitor's, and only leave when moved again."""
    before = warehouse.contacts()
    warehouse.move_contacts([MERGE])
    after = warehouse.contacts()
    assert warehouse.append_contacts(TOLD).stored == 2
    warehouse.move_contacts([MERGE])
    assert warehouse.contacts() == after
    warehouse.append_contacts(TOLD)
    warehouse.move_contacts([UNDO])
    assert warehouse.contacts() == before


def test_the_customers_own_come_first(warehouse: Warehouse) -> None:
    """Of one moment: whoever takes the first contact of a campaign takes the customer's own."""
    warehouse.move_contacts([MERGE, OTHER])
    spring = [row["visitor_id"] for row in warehouse.contacts_of(["anna"]).to_pylist() if row["contact_id"] == "spring"]
    assert spring == [None, "v", "w"]


def test_contacts_on_their_way(warehouse: Warehouse) -> None:
    """Rows of a merged visitor are moved before they are stored; without a move the very same table comes back."""
    rows = as_stored(TOLD)
    assert moved_contacts(rows, []) is rows
    adopted = moved_contacts(rows, [MERGE])
    assert warehouse.append_contacts(adopted).stored == 2
    assert warehouse.append_contacts(adopted).stored == 0
