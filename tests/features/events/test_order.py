"""The order of events: files are written in it, and rows that are not are noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features.events.order import in_order
from features.events.reader import EMPTY_BUCKET
from features.events.warehouse import Warehouse
from tests.small_shop import append, events, stored

AT = "2025-03-01T10:00Z"
ROWS: tuple[Any, ...] = (
    ("anna", "view", "tea", AT, {"quantity": 1}),
    ("anna", "view", "tea", AT, {"quantity": 1}),
    ("anna", "cart", "cup", AT, {"quantity": 1}),
    ("anna", "cart", "tea", AT, {"quantity": 1}),
    ("anna", "purchase", "cup", AT, {"quantity": 1, "unit_price": "9.50", "order_id": "o1"}),
    ("anna", "purchase", "cup", AT, {"quantity": 2, "unit_price": "9.50", "order_id": "o1"}),
    ("anna", "purchase", "cup", AT, {"quantity": 2, "unit_price": "9.50"}),
    ("anna", "purchase", "cup", AT, {"quantity": 2, "order_id": "o1"}),
    ("anna", "view", "tea", "2025-03-02T10:00Z", {"quantity": 1}),
    ("bo", "view", "tea", "2025-03-01T09:00Z", {"quantity": 1}),
)


def read(path: Path, rows: list[int]) -> pa.Table:
    """The only bucket of a shop into which these rows of ``ROWS`` came, in this order of arrival."""
    return Warehouse.open(stored(path, events(*(ROWS[row] for row in rows)), buckets=1)).reader().bucket(0)


def test_a_file_is_written_in_order(tmp_path: Path) -> None:
    """However the rows arrive, one import's file holds them in order, down to the last tie."""
    table = read(tmp_path, [9, 7, 3, 8, 2, 6, 1, 5, 0, 4])
    assert in_order(table)
    kinds = ["view", "view", "cart", "cart", *["purchase"] * 4, "view", "view"]
    assert table["kind"].cast(pa.string()).to_pylist() == kinds
    assert table["quantity"].to_pylist() == [1, 1, 1, 1, 1, 2, 2, 2, 1, 1]
    assert table["unit_price"].to_pylist()[4:8] == [9.5, 9.5, 9.5, None]
    assert table["order_id"].to_pylist()[4:8] == ["o1", "o1", None, "o1"]


@pytest.mark.parametrize("place", range(9))
def test_two_rows_changed_about_are_noticed(tmp_path: Path, place: int) -> None:
    """Whatever tells two neighbours apart, their wrong order is seen; rows that are alike have none."""
    table = read(tmp_path, list(range(10)))
    swapped = np.arange(10)
    swapped[[place, place + 1]] = swapped[[place + 1, place]]
    assert in_order(table.take(pa.array(swapped))) == (place == 0)


def test_several_files_are_sorted_together(tmp_path: Path) -> None:
    """Rows of a second import lie in a second file and are read where they belong; so they are after compacting."""
    shop = stored(tmp_path, events(*ROWS[::2]), buckets=1)
    append(shop, events(*ROWS[1::2]))
    warehouse = Warehouse.open(shop)
    two = warehouse.reader()
    assert len(two.files[0]) == 2
    assert in_order(two.bucket(0))
    warehouse.compact()
    one = warehouse.reader()
    assert len(one.files[0]) == 1
    assert one.bucket(0).equals(two.bucket(0))


def test_nothing_is_in_order() -> None:
    """No rows, and one row, lie in order."""
    assert in_order(EMPTY_BUCKET)
