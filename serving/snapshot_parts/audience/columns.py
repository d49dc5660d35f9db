"""The columns of the table of customers as memory maps, whatever columns there are: filters read nothing else.

Which kind a column is follows from its type in the table, so that a new column can be filtered by at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.arrays import Ints, joined
from serving.snapshot_parts.array_file import ArrayWriter, broken, mapped

NUMBER, DATE, FLAG, TEXT = "number", "date", "flag", "text"
"""The kinds of columns."""

UNKNOWN = -1
"""The code of a text, and of a flag, that is not known; a number or day that is not known is NaN."""

_FILE = "columns.json"
_NOT_FILTERED = frozenset({"customer_id"})


@dataclass(frozen=True)
class Column:
    """One column of the table of customers."""

    kind: str
    """``number``, ``date`` (days since 1970), ``flag`` or ``text`` (codes)."""
    dtype: str
    """The type of its array."""
    names: tuple[str, ...] = ()
    """The texts by their codes."""


class ColumnsWriter:
    """Writes the columns of customers, block by block."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        """Begin the files in ``folder``; ``schema`` is that of ``customers.parquet``."""
        self._folder = folder
        described = {field.name: _column(field.type) for field in schema if field.name not in _NOT_FILTERED}
        self._columns = {name: column for name, column in described.items() if column is not None}
        self._codes: dict[str, dict[str, int]] = {name: {} for name in self._columns}
        self._arrays = {
            name: ArrayWriter(folder / f"column_{name}.npy", column.dtype) for name, column in self._columns.items()
        }

    def add(self, table: pa.Table) -> None:
        """Add the next customers: a table with the columns of the schema."""
        for name, column in self._columns.items():
            values = joined(table[name])
            if column.kind == TEXT:
                self._arrays[name].append(_coded(values.cast(pa.string()), self._codes[name]))
            elif column.kind == FLAG:
                self._arrays[name].append(pc.fill_null(values.cast(pa.int8()), UNKNOWN).to_numpy())
            else:
                days = values.cast(pa.int32()) if column.kind == DATE else values
                self._arrays[name].append(days.cast(pa.float64()).to_numpy(zero_copy_only=False))

    def finish(self) -> None:
        """Complete all files."""
        self.close()
        said = {
            name: {"kind": column.kind, "dtype": column.dtype, "names": [*self._codes[name]]}
            for name, column in self._columns.items()
        }
        (self._folder / _FILE).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        for array in self._arrays.values():
            array.close()


class Columns:
    """The columns of the customers of one snapshot."""

    def __init__(self, folder: Path) -> None:
        """Read what there is in ``folder``; raises :class:`HuitouError` when that cannot be read."""
        try:
            said = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            self.described: Mapping[str, Column] = {
                name: Column(each["kind"], each["dtype"], tuple(each["names"])) for name, each in said.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise broken(folder / _FILE, f"{type(error).__name__}: {error}") from None
        # All of them at once: a snapshot stays readable after its folder was removed.
        self._arrays: Mapping[str, NDArray[Any]] = {
            name: mapped(folder / f"column_{name}.npy", column.dtype) for name, column in self.described.items()
        }

    def values(self, name: str) -> NDArray[Any]:
        """The array of a column, see :class:`Column`."""
        return self._arrays[name]


def _column(kind: pa.DataType) -> Column | None:
    """How a column of a type is kept, None for one that no filter can look at."""
    if pa.types.is_boolean(kind):
        return Column(FLAG, "int8")
    if pa.types.is_date32(kind):
        return Column(DATE, "float32")
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return Column(TEXT, "int32")
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        # Small whole numbers are exact in 32 bits; what is compared with a limit must be what the table says.
        return Column(NUMBER, "float32" if kind.bit_width <= 16 else "float64")
    return None


def _coded(values: pa.Array, codes: dict[str, int]) -> Ints:
    """The code of each text; texts that are new get the next ones."""
    coded = values.dictionary_encode()
    known = [codes.setdefault(name, len(codes)) for name in coded.dictionary.to_pylist()]
    table = np.array([*known, UNKNOWN], dtype=np.int32)
    places: Ints = pc.fill_null(coded.indices, len(known)).to_numpy(zero_copy_only=False)
    return table[places]
