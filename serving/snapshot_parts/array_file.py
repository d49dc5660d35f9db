"""Arrays on disk: written block by block in bounded memory, read as memory maps that processes share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from features.errors import HuitouError


class ArrayWriter:
    """A ``.npy`` file that grows by blocks of rows; its header is completed by :meth:`close`."""

    def __init__(self, file: Path, dtype: DTypeLike, width: int | None = None) -> None:
        """Begin ``file``: rows of ``width`` numbers, or single numbers without it."""
        self.rows = 0
        self._dtype = np.dtype(dtype)
        self._width = width
        self._handle = open(file, "wb")  # noqa: SIM115 - it stays open for many blocks
        self._write_header()
        self._body = self._handle.tell()

    def append(self, block: NDArray[Any]) -> None:
        """Add the rows of ``block``, shape ``(n, width)`` or ``(n,)``; they are cast to the file's type."""
        expected = (len(block),) if self._width is None else (len(block), self._width)
        if block.shape != expected:
            raise ValueError(f"a block of {expected} was due, got {block.shape}")
        self._handle.write(np.ascontiguousarray(block, dtype=self._dtype).data)
        self.rows += len(block)

    def close(self) -> None:
        """Write the final header and close the file."""
        if self._handle.closed:
            return
        # The header leaves room for any number of rows, so the final one takes the place of the first.
        self._handle.seek(0)
        self._write_header()
        if self._handle.tell() != self._body:
            raise RuntimeError("the header of an array changed its length")
        self._handle.close()

    def _write_header(self) -> None:
        shape = (self.rows,) if self._width is None else (self.rows, self._width)
        descr = npy.dtype_to_descr(self._dtype)
        npy.write_array_header_1_0(self._handle, {"descr": descr, "fortran_order": False, "shape": shape})


def write_array(file: Path, values: NDArray[Any], dtype: DTypeLike) -> None:
    """Write ``values`` to ``file`` as ``dtype`` at once."""
    np.save(file, np.ascontiguousarray(values, dtype=dtype), allow_pickle=False)


def mapped(file: Path, dtype: DTypeLike, columns: int | None = None) -> NDArray[Any]:
    """The array in ``file`` as a read-only memory map.

    Raises when it is missing, cut short or of another kind.
    """
    try:
        array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise broken(file, str(error)) from None
    right = array.ndim == 1 if columns is None else array.ndim == 2 and array.shape[1] == columns
    if array.dtype != np.dtype(dtype) or not right:
        raise broken(file, f"it holds {array.dtype} of shape {array.shape}")
    # A plain view: numpy's memmap class costs a microsecond for each slice.
    return array.view(np.ndarray)


def broken(file: Path, what: str) -> HuitouError:
    """The error of a snapshot's file that cannot be used."""
    return HuitouError(
        f"{file.name} of snapshot {file.parent.name} cannot be used: {what}. "
        "Publish again, or point to another snapshot.",
        code="broken_snapshot",
        field="snapshot",
        value=file.parent.name,
    )
