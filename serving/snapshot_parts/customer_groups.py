"""Layer and kind of every customer and who is set aside, read from the table of customers when first asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from features.arrays import Flags, Ints, joined

COLUMNS = ("layer", "kind")
"""The columns that are held with names; a million customers take 3 MB in all."""


class CustomerGroups:
    """Layer and kind by the row of the customer."""

    def __init__(self, file: Path) -> None:
        """Read the columns of the table of customers in ``file``."""
        table = pq.read_table(file, columns=[*COLUMNS, "set_aside"], use_threads=False)
        self._set_aside: Flags = table["set_aside"].is_valid().to_numpy()
        coded = [joined(table[name]).dictionary_encode() for name in COLUMNS]
        self._names = [column.dictionary.to_pylist() for column in coded]
        self._codes: list[Ints] = [column.indices.to_numpy(zero_copy_only=False).astype(np.int8) for column in coded]

    def of(self, row: int) -> tuple[str, str]:
        """Layer and kind of the customer of a row."""
        layer, kind = (names[codes[row]] for names, codes in zip(self._names, self._codes, strict=True))
        return layer, kind

    def set_aside(self, rows: Ints) -> Flags:
        """Which of the customers of some rows are set aside, shape ``(n,)``."""
        return self._set_aside[rows]
