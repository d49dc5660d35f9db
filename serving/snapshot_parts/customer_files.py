"""The files of a snapshot with a row for each customer, written block by block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.arrays import Floats, Ints
from serving.snapshot_parts.array_file import ArrayWriter
from serving.snapshot_parts.id_index import IdIndexWriter

RECOMMENDATIONS = 50
"""How many items are kept for each customer."""

NO_ITEM = -1
"""Fills the places of the item arrays that are not used."""

_ROWS_OF_GROUP = 4_096
"""One customer is looked up by reading a row group: 3 ms at this size."""

TYPES = {"item": np.int32, "score": np.float32, "source": np.int8, "because": np.int32, "days": np.uint16}
"""The arrays of recommendations, 15 bytes a place."""


class Recommendations(Protocol):
    """The recommendations of some customers, best first, as the recommender of training gives them."""

    @property
    def item(self) -> Ints:
        """Item codes, -1 where there are fewer; shape ``(n, k)``."""

    @property
    def score(self) -> Floats:
        """Scores that fall along each row; shape ``(n, k)``."""

    @property
    def source(self) -> Ints:
        """Positions in the header's sources; shape ``(n, k)``."""

    @property
    def because(self) -> Ints:
        """Code of the item that the reason speaks of, -1 where none; shape ``(n, k)``."""


class CustomerFiles:
    """The table of customers, their recommendations, and the look-up by id."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        """Begin the files in ``folder``; ``schema`` is that of ``customers.parquet``."""
        self.customers = 0
        """Customers added so far."""
        self.opted_out = 0
        """People added so far who opted out of personalisation."""
        self.layers: Counter[str] = Counter()
        """Customers added so far by layer."""
        self._schema = schema
        self._table = pq.ParquetWriter(folder / "customers.parquet", self._schema, compression="zstd")
        self._ids = IdIndexWriter(folder, "customer")
        self._opted_out_ids = IdIndexWriter(folder, "opted_out")
        self._arrays = {
            name: ArrayWriter(folder / f"recommended_{name}.npy", dtype, RECOMMENDATIONS)
            for name, dtype in TYPES.items()
        }

    def add(self, table: pa.Table, recommendations: Recommendations, days: Ints) -> None:
        """Add some customers: columns as in ``customer_schema``, recommendations and their own cycles row by row."""
        rows = table.select(self._schema.names).cast(self._schema)
        self._table.write_table(rows, row_group_size=_ROWS_OF_GROUP)
        self._ids.add(rows["customer_id"].to_pylist())
        self.add_opted_out(rows.filter(pc.invert(rows["personalized"]))["customer_id"].to_pylist())
        for name, writer in self._arrays.items():
            empty = NO_ITEM if name in ("item", "because") else 0
            block = days if name == "days" else getattr(recommendations, name)
            writer.append(_of_width(block, RECOMMENDATIONS, empty))
        self.customers += len(rows)
        counts = rows["layer"].value_counts().to_pylist()
        self.layers.update({entry["values"]: entry["counts"] for entry in counts})

    def add_opted_out(self, customer_ids: Sequence[str]) -> None:
        """Add people who opted out of personalisation."""
        self._opted_out_ids.add(customer_ids)
        self.opted_out += len(customer_ids)

    def finish(self) -> None:
        """Complete all files; raises :class:`HuitouError` when a customer was added twice."""
        self.close()
        self._ids.sort()
        self._opted_out_ids.sort()

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        for file in (self._table, self._ids, self._opted_out_ids, *self._arrays.values()):
            file.close()


def _of_width(block: NDArray[Any], width: int, empty: int) -> NDArray[Any]:
    """The first ``width`` columns of ``block``, filled up with ``empty`` where it has fewer."""
    missing = width - block.shape[1]
    if missing <= 0:
        return block[:, :width]
    return np.pad(block, ((0, 0), (0, missing)), constant_values=empty)
