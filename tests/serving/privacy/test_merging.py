"""Merges carried into the warehouse: each exactly once, also when the process dies in between."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.database.connection import Database, open_database
from serving.database.people.merged import Merged
from serving.privacy.merging import Merging
from tests.conftest import ROOT
from tests.small_shop import append, contacts, events, shop

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
NOON = "2025-03-01T12:00Z"


def visit(visitor: str, identity: str) -> tuple[object, ...]:
    """A view of a visitor."""
    return (None, "view", "tea", NOON, {"visitor_id": visitor, "event_id": identity})


@pytest.fixture
def folder(tmp_path: Path) -> ShopFolder:
    """A shop with two visitors and a customer; a campaign chose one of the visitors and the customer."""
    folder = shop(tmp_path / "shop")
    own = ("anna", "view", "tea", NOON, {"event_id": "own"})
    append(folder, events(visit("v", "1"), visit("v", "2"), visit("w", "3"), own))
    chosen = {"contact_id": "spring", "campaign_id": "spring"}
    rows = (("visitor:v", NOON, chosen), ("anna", NOON, {**chosen, "arm": "control"}))
    Warehouse.open(folder).append_contacts(contacts(*rows))
    return folder


def owners(folder: ShopFolder) -> dict[str, str]:
    """Who has each event."""
    warehouse = Warehouse.open(folder)
    rows = warehouse.events_of(warehouse.people())
    assert len(rows) == len({*rows["event_id"].to_pylist()})
    return dict(zip(rows["event_id"].to_pylist(), rows["customer_id"].to_pylist(), strict=True))


def chosen(folder: ShopFolder) -> list[tuple[str, str]]:
    """Whom the campaign chose, and in which arm."""
    rows = Warehouse.open(folder).contacts().to_pylist()
    return [(row["customer_id"], row["arm"]) for row in rows]


def test_several_at_once(folder: ShopFolder, engine: Database) -> None:
    """Merges and what is undone go into one commit; a merge and its undoing before anything moved leave no trace."""
    merged, merging = Merged(engine), Merging(folder, engine)
    before = owners(folder)
    assert merging.carry_out() == 0
    merged.join("v", "anna", NOW)
    merged.join("w", "anna", NOW)
    version = Warehouse.open(folder).reader().version
    assert merging.carry_out() == 2
    assert Warehouse.open(folder).reader().version == version + 1
    assert set(owners(folder).values()) == {"anna"}
    assert chosen(folder) == [("anna", "control"), ("anna", "treated")]
    assert [merge.moved for merge in merged.of_customer("anna")] == [("1", "2"), ("3",)]
    merged.leave("w", "anna")
    merged.join("new", "anna", NOW)
    merged.leave("new", "anna")
    assert merging.carry_out() == 2
    assert owners(folder) == dict.fromkeys(before, "anna") | {"3": "visitor:w"}
    assert chosen(folder) == [("anna", "control"), ("anna", "treated")]
    assert [merge.visitor for merge in merged.of_customer("anna")] == ["visitor:v"]


CRASH = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.people.merged import Merged
from serving.privacy.merging import Merging

dies_at = sys.argv[2]
kind = Merged if dies_at in ("settle", "forget") else Warehouse
setattr(kind, dies_at, lambda *arguments: os._exit(9))
shop = ShopFolder.open(Path(sys.argv[1]))
engine = open_database(shop)
Merging(shop, engine).carry_out()
"""


@pytest.mark.parametrize("dies_at", ["move", "move_contacts", "settle", "forget"])
def test_a_process_that_dies_loses_and_doubles_nothing(folder: ShopFolder, dies_at: str) -> None:
    """Killed before a commit or after it, there or back: the next call ends where one that lived would."""
    engine = open_database(folder)
    merged, merging = Merged(engine), Merging(folder, engine)
    before, arms = owners(folder), chosen(folder)
    merged.join("v", "anna", NOW)
    if dies_at == "forget":
        merging.carry_out()
        merged.leave("v", "anna")
    child = [sys.executable, "-c", CRASH, str(folder.path), dies_at]
    assert subprocess.run(child, cwd=ROOT, check=False).returncode == 9
    assert merging.carry_out() == 1
    if dies_at != "forget":
        assert owners(folder) == before | {"1": "anna", "2": "anna"}
        assert chosen(folder) == [("anna", "control"), ("anna", "treated")]
        assert [merge.moved for merge in merged.of_customer("anna")] == [("1", "2")]
        merged.leave("v", "anna")
        merging.carry_out()
    assert (owners(folder), chosen(folder), merged.of_customer("anna")) == (before, arms, [])
    engine.dispose()
