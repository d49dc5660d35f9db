"""Merges of visitors: said, repeated, refused and undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.people.erased import Erased
from serving.database.people.merged import LEAVING, MOVED, WAITING, Merged
from tests.small_shop import events

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
NOON = "2025-03-01T12:00Z"


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    """A new database."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


def visits(*ids: str, visitor: str = "v") -> list[tuple[object, ...]]:
    """Views of a visitor."""
    return [(None, "view", "tea", NOON, {"visitor_id": visitor, "event_id": each}) for each in ids]


def test_a_visitor_belongs_to_one_customer(engine: Engine) -> None:
    """Merging again changes nothing, merging into another customer is refused until the merge is gone."""
    merged = Merged(engine)
    first = merged.join("v", "anna", NOW)
    assert (first.visitor, first.visitor_id, first.state, first.merged_at) == ("visitor:v", "v", WAITING, NOW)
    assert merged.join("v", "anna", NOW.replace(hour=13)) == first
    for word in ("belongs to", "is just leaving"):
        with pytest.raises(HuitouError, match=f"^visitor 'v' {word} another customer. Undo that merge first, ") as said:
            merged.join("v", "bob", NOW)
        assert said.value.code == "conflict"
        merged.leave("v", "anna")
    merged.forget("visitor:v")
    assert merged.join("v", "bob", NOW).customer_id == "bob"
    assert (merged.of_customer("anna"), [merge.visitor for merge in merged.of_customer("bob")]) == ([], ["visitor:v"])


def test_what_cannot_be_merged(engine: Engine) -> None:
    """A visitor is no customer to merge into, and nobody is parted who was not merged."""
    merged = Merged(engine)
    with pytest.raises(HuitouError, match="got 'visitor:w', which is a visitor. Name the customer.$"):
        merged.join("v", "visitor:w", NOW)
    merged.join("v", "anna", NOW)
    for visitor, customer in (("v", "bob"), ("w", "anna")):
        with pytest.raises(HuitouError, match=f"^visitor '{visitor}' is not merged into customer '{customer}'; "):
            merged.leave(visitor, customer)


@pytest.mark.parametrize("deleted", ["anna", "visitor:v"])
def test_nobody_is_merged_who_was_deleted(engine: Engine, deleted: str) -> None:
    """A merge with somebody who was deleted is refused, and does not repeat the id."""
    Erased(engine).begin([deleted], NOW)
    with pytest.raises(HuitouError, match="^this customer was deleted, and nothing is stored of them any more. "):
        Merged(engine).join("v", "anna", NOW)
    assert Merged(engine).unsettled() == []


def test_events_of_a_merged_visitor_are_the_customers(engine: Engine) -> None:
    """On their way into the warehouse they change hands and keep their visitor; the ids are noted first."""
    merged = Merged(engine)
    merged.join("v", "anna", NOW)
    merged.join("left", "anna", NOW)
    merged.leave("left", "anna")
    table = events(*visits("1", "2"), *visits("3", visitor="left"), ("bob", "view", "tea", NOON), *visits("4"))
    adopted = merged.adopt(table)
    assert adopted["customer_id"].to_pylist() == ["anna", "anna", None, "bob", "anna"]
    assert adopted.drop_columns("customer_id") == table.drop_columns("customer_id")
    assert [merge.moved for merge in merged.of_customer("anna")] == [(), ("1", "2", "4")]


def test_events_of_others_are_left_alone(engine: Engine) -> None:
    """Without a merge the very same table comes back."""
    table = events(*visits("1"), ("bob", "view", "tea", NOON))
    assert Merged(engine).adopt(table) is table
    assert Merged(engine).adopt(table.slice(0, 0)).num_rows == 0


def test_a_merge_goes_through_its_states(engine: Engine) -> None:
    """It waits for the warehouse, is known there, waits again for more, and leaves; said again it waits anew."""
    merged = Merged(engine)
    merged.join("v", "anna", NOW)
    merged.plan("visitor:v", ["1"])
    merged.settle("visitor:v")
    assert (merged.unsettled(), merged.in_force()) == ([], {"visitor:v": "anna"})
    merged.unsettle(["visitor:v", "visitor:w"])
    merged.plan("visitor:v", ["2", "1"])
    assert [(merge.state, merge.moved) for merge in merged.unsettled()] == [(WAITING, ("1", "2"))]
    merged.settle("visitor:v")
    assert merged.leave("v", "anna").state == LEAVING
    merged.settle("visitor:v")
    merged.unsettle(["visitor:v"])
    assert ([merge.state for merge in merged.unsettled()], merged.in_force()) == ([LEAVING], {})
    assert merged.join("v", "anna", NOW).state == WAITING
    merged.forget("visitor:v")
    found = merged.of_visitor("visitor:v")
    assert found is not None
    assert (found.state, found.moved) == (WAITING, ())
    assert MOVED not in {merge.state for merge in merged.unsettled()}


def test_every_change_has_a_version_of_its_own(engine: Engine) -> None:
    """Also where merges are said in one moment, come back with their old one, or clocks differ; else it stays."""
    merged = Merged(engine)
    steps: list[Callable[[], object]] = [
        lambda: merged.join("v", "anna", NOW),
        lambda: merged.join("w", "anna", NOW),
        lambda: merged.leave("w", "anna"),
        lambda: merged.join("x", "bob", NOW),
        lambda: merged.leave("v", "anna"),
        lambda: merged.join("w", "anna", NOW),
        lambda: merged.leave("x", "bob"),
        lambda: merged.join("y", "bob", NOW.replace(hour=1)),
        lambda: Erased(engine).begin(["bob", "visitor:y"], NOW),
    ]
    seen: dict[int, dict[str, str]] = {merged.version(): merged.in_force()}
    for step in steps:
        step()
        assert merged.version() > max(seen)
        seen[merged.version()] = merged.in_force()
    said: list[Callable[[], object]] = [
        lambda: merged.join("w", "anna", NOW),
        lambda: merged.leave("v", "anna"),
        lambda: merged.plan("visitor:w", ["1"]),
        lambda: merged.settle("visitor:w"),
        lambda: merged.unsettle(["visitor:w"]),
        lambda: merged.forget("visitor:v"),
    ]
    for nothing in said:
        nothing()
        assert {merged.version(): merged.in_force()} == {max(seen): seen[max(seen)]}


def test_a_merge_that_came_while_somebody_was_deleted(engine: Engine) -> None:
    """A row that is removed after the tombstone was set changes the version as well."""
    merged, erased = Merged(engine), Erased(engine)
    merged.join("v", "anna", NOW)
    before = merged.version()
    erased.delete_rows(["anna"])
    assert (merged.in_force(), merged.version() > before) == ({}, True)
