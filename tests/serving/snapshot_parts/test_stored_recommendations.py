"""Stored recommendations: rows as they were written, with and without pads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from serving.snapshot import Snapshot
from serving.snapshot_parts.stored_recommendations import Recommended
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(Path(tmp_path_factory.mktemp("shop"))))


def test_a_row_ends_where_its_items_end(snapshot: Snapshot) -> None:
    """A customer has as many entries in every column as items."""
    found = snapshot.recommendations.of(snapshot.customers.row("anna"))
    assert [snapshot.shelf.ids.id(item) for item in found.item.tolist()] == ["kettle", "gone", "apple"]
    assert {len(found.score), len(found.source), len(found.because), len(found.days)} == {3}


def test_columns_are_the_same_with_pads(snapshot: Snapshot) -> None:
    """The lists hold what the arrays hold, and -1 in the places that are not used."""
    row = snapshot.customers.row("anna")
    found, (item, score, source, because, days) = (
        snapshot.recommendations.of(row),
        snapshot.recommendations.columns(row, 50),
    )
    assert item == [*found.item.tolist(), *[-1] * 47]
    assert score[:3] == found.score.tolist()
    assert (source[:3], because[:3], days[:3]) == (found.source.tolist(), found.because.tolist(), found.days.tolist())
    assert snapshot.recommendations.items(np.array([row])).tolist() == [item]


def test_nothing() -> None:
    """Who is not known has no recommendations."""
    assert len(Recommended.nothing().item) == len(Recommended.nothing().days) == 0
