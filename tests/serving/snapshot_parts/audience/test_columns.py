"""Columns of the table of customers as memory maps."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.errors import HuitouError
from serving.snapshot_parts.audience.columns import Columns, ColumnsWriter

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("colour", pa.string()),
        ("agreed", pa.bool_()),
        ("on", pa.date32()),
        ("score", pa.int8()),
        ("orders", pa.int64()),
        ("spend", pa.float64()),
        ("reasons", pa.list_(pa.string())),
    ]
)


def table(*rows: tuple[object, ...]) -> pa.Table:
    """Rows of the schema."""
    names = [name for name in SCHEMA.names if name != "reasons"]
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=SCHEMA)


@pytest.fixture
def columns(tmp_path: Path) -> Columns:
    """Three customers, added in two blocks: the texts of the second have other codes there."""
    writer = ColumnsWriter(tmp_path, SCHEMA)
    writer.add(
        table(("a", "red", True, date(1970, 1, 3), 5, 2**40 + 1, 0.1), ("b", None, None, None, None, None, None))
    )
    writer.add(table(("c", "blue", False, date(9999, 12, 31), -1, 0, 1e9 + 0.01)))
    writer.finish()
    return Columns(tmp_path)


def test_every_type_is_kept_without_loss(columns: Columns) -> None:
    """Numbers are those of the table, days count from 1970, and what is not known is told apart."""
    assert {name: column.kind for name, column in columns.described.items()} == {
        "colour": "text",
        "agreed": "flag",
        "on": "date",
        "score": "number",
        "orders": "number",
        "spend": "number",
    }
    assert columns.values("colour").tolist() == [0, -1, 1]
    assert columns.described["colour"].names == ("red", "blue")
    assert columns.values("agreed").tolist() == [1, -1, 0]
    last = (date(9999, 12, 31) - date(1970, 1, 1)).days
    for name, expected in (
        ("on", [2, np.nan, last]),
        ("score", [5, np.nan, -1]),
        ("orders", [2**40 + 1, np.nan, 0]),
        ("spend", [0.1, np.nan, 1e9 + 0.01]),
    ):
        np.testing.assert_array_equal(columns.values(name).astype(np.float64), expected)
    assert "on" in columns.described
    assert "reasons" not in columns.described


def test_nobody(tmp_path: Path) -> None:
    """A snapshot without customers has columns without rows."""
    writer = ColumnsWriter(tmp_path, SCHEMA)
    writer.finish()
    columns = Columns(tmp_path)
    assert [len(columns.values(name)) for name in columns.described] == [0] * 6


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It is told of as a broken snapshot."""
    (tmp_path / "columns.json").write_text("[1]")
    with pytest.raises(HuitouError) as caught:
        Columns(tmp_path)
    assert caught.value.code == "broken_snapshot"


def test_columns_stay_when_their_folder_goes(columns: Columns, tmp_path: Path) -> None:
    """A question that began with a snapshot is answered although another one took its place."""
    shutil.rmtree(tmp_path)
    assert {name: len(columns.values(name)) > 0 for name in columns.described} == dict.fromkeys(columns.described, True)
