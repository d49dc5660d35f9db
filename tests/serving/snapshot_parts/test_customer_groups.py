"""Layer and kind of customers by row, and who is set aside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from serving.snapshot_parts.customer_groups import CustomerGroups


def test_groups_by_row(tmp_path: Path) -> None:
    """Each row has its own layer and kind, over several row groups, and whoever has a reason is set aside."""
    layers, kinds = ["new", "lost", "new", "active", "lost"], ["one_order", "repeat", "one_order", "repeat", "visitor"]
    aside = pa.array([None, "bot", None, None, "internal"], pa.string())
    table = pa.table({"customer_id": list("abcde"), "layer": layers, "kind": kinds, "set_aside": aside})
    pq.write_table(table, tmp_path / "customers.parquet", row_group_size=2)
    groups = CustomerGroups(tmp_path / "customers.parquet")
    assert [groups.of(row) for row in range(5)] == list(zip(layers, kinds, strict=True))
    assert groups.set_aside(np.array([4, 0, 1])).tolist() == [True, False, True]


def test_nobody(tmp_path: Path) -> None:
    """A table without customers can be opened."""
    empty = pa.table({name: pa.array([], pa.string()) for name in ("layer", "kind", "set_aside")})
    pq.write_table(empty, tmp_path / "customers.parquet")
    assert CustomerGroups(tmp_path / "customers.parquet")
