"""The snapshot that answers: the published one, or while a comparison runs the one of a person's side."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparison
from serving.live.current_snapshot import CurrentSnapshot
from serving.snapshot import current_id
from tests.serving.published_shop import NOW, later, write_snapshot

PEOPLE = [f"c{number}" for number in range(40)]


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """A shop with nothing published."""
    return ShopFolder.create(tmp_path)


class Running:
    """The comparison that runs now."""

    comparison: Comparison | None = None

    def __call__(self) -> Comparison | None:
        return self.comparison


@pytest.fixture
def running() -> Running:
    return Running()


def test_everybody_keeps_the_side(shop: ShopFolder, running: Running) -> None:
    """Two snapshots answer side by side, whatever is published meanwhile; nobody in particular sees what is new."""
    a, b = write_snapshot(shop), write_snapshot(shop, header=later(1))
    current = CurrentSnapshot(shop, running)
    assert {current.for_person(person)[0].id for person in PEOPLE} == {b}
    comparison = running.comparison = Comparison("try", a, b, 0.5, NOW)
    expected = {person: (comparison.snapshots[comparison.side(person)], comparison.side(person)) for person in PEOPLE}
    assert {side for _, side in expected.values()} == {"a", "b"}

    def seen() -> dict[str, tuple[str, str]]:
        found = {person: current.for_person(person) for person in PEOPLE}
        return {person: (snapshot.id, (arm or "").removeprefix("try:")) for person, (snapshot, arm) in found.items()}

    assert seen() == expected
    newest = write_snapshot(shop, header=later(2))
    assert seen() == expected
    snapshot, arm = current.for_person(None)
    assert (snapshot.id, arm) == (newest, None)
    running.comparison = replace(comparison, snapshot_b=newest)
    assert {snapshot for snapshot, _ in seen().values()} == {a, newest}
    running.comparison = None
    assert set(seen().values()) == {(newest, "")}


def test_a_missing_side_compares_nobody(shop: ShopFolder, running: Running) -> None:
    """When one of the two cannot be opened everybody sees what is published: one side alone would mislead."""
    gone, served = write_snapshot(shop), write_snapshot(shop, header=later(1))
    shutil.rmtree(shop.snapshots / gone)
    running.comparison = Comparison("try", served, gone, 0.5, NOW)
    current = CurrentSnapshot(shop, running)
    assert {(snapshot.id, arm) for snapshot, arm in map(current.for_person, PEOPLE)} == {(served, None)}


def test_compared_snapshots_stay(shop: ShopFolder) -> None:
    """Publishing cleans old ones away, but none that a comparison needs; one kept aside is not served."""
    first = write_snapshot(shop)
    aside = write_snapshot(shop, header=later(1), serves=False)
    assert current_id(shop) == first
    for hour in range(2, 6):
        write_snapshot(shop, header=later(hour), compared=(first, aside))
    kept = {folder.name for folder in shop.snapshots.iterdir() if folder.is_dir()}
    assert {first, aside, current_id(shop)} <= kept
    assert len(kept) == 5
    write_snapshot(shop, header=later(6))
    kept = {folder.name for folder in shop.snapshots.iterdir() if folder.is_dir()}
    assert len(kept) == 3
    assert not {first, aside} & kept
