"""The layer and kind of every customer, read from the table of customers when they are first asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from features.arrays import Ints, joined

COLUMNS = ("layer", "kind")
"""The columns that are held; a million customers take 2 MB."""


class CustomerGroups:
    """Layer and kind by the row of the customer."""

    def __init__(self, file: Path) -> None:
        """Read the two columns of the table of customers in ``file``."""
        table = pq.read_table(file, columns=list(COLUMNS), use_threads=False)
        coded = [joined(table[name]).dictionary_encode() for name in COLUMNS]
        self._names = [column.dictionary.to_pylist() for column in coded]
        self._codes: list[Ints] = [column.indices.to_numpy(zero_copy_only=False).astype(np.int8) for column in coded]

    def of(self, row: int) -> tuple[str, str]:
        """Layer and kind of the customer of a row."""
        layer, kind = (names[codes[row]] for names, codes in zip(self._names, self._codes, strict=True))
        return layer, kind
