"""Who is not counted in results: bots, resellers, test orders and internal accounts, as the snapshot knows them."""

from __future__ import annotations

import pyarrow.parquet as pq

from serving.snapshot import Snapshot

_COLUMNS = ["customer_id", "set_aside"]


def set_aside_people(snapshot: Snapshot) -> frozenset[str]:
    """Ids of those whom the snapshot has set aside."""
    found: set[str] = set()
    with pq.ParquetFile(snapshot.customers_file, memory_map=True) as file:
        # Group by group, and without pyarrow's own filters: these load a library that nothing else here needs.
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=_COLUMNS, use_threads=False)
            if table["set_aside"].null_count < len(table):
                found.update(table.filter(table["set_aside"].is_valid())["customer_id"].to_pylist())
    return frozenset(found)
