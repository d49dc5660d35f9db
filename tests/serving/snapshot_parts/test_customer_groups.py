"""Layer and kind of customers by row, and who is set aside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from serving.snapshot_parts.audience.columns import Columns, ColumnsWriter
from serving.snapshot_parts.customer_groups import CustomerGroups

SCHEMA = pa.schema([(name, pa.string()) for name in ("layer", "kind", "set_aside")])


def written(folder: Path, table: pa.Table, blocks: int) -> CustomerGroups:
    writer = ColumnsWriter(folder, SCHEMA)
    for start in range(0, len(table), blocks):
        writer.add(table.slice(start, blocks))
    writer.finish()
    return CustomerGroups(Columns(folder))


def test_groups_by_row(tmp_path: Path) -> None:
    """Each row has its own layer and kind, over several blocks, and whoever has a reason is set aside."""
    layers, kinds = ["new", "lost", "new", "active", "lost"], ["one_order", "repeat", "one_order", "repeat", "visitor"]
    aside = [None, "bot", None, None, "internal"]
    groups = written(tmp_path, pa.table({"layer": layers, "kind": kinds, "set_aside": aside}, schema=SCHEMA), 2)
    assert [groups.of(row) for row in range(5)] == list(zip(layers, kinds, strict=True))
    assert groups.set_aside(np.array([4, 0, 1])).tolist() == [True, False, True]


def test_nobody(tmp_path: Path) -> None:
    """A table without customers can be opened."""
    groups = written(tmp_path, SCHEMA.empty_table(), 2)
    assert groups.set_aside(np.zeros(0, dtype=np.int64)).tolist() == []
