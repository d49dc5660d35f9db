"""The file that holds the members of one list: written once, in order of place, and read only when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.arrays import Ints
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenList
from serving.file_mark import Mark, file_mark
from serving.snapshot import sync_folder

FOLDER = "lists"
"""Its name in the folder of the shop."""

ROWS_OF_GROUP = 8_192
"""A page of members is found by reading a row group; an export goes from one to the next."""

_BLOCK = 65_536


def member_file(shop: ShopFolder, list_id: str) -> Path:
    """Where the members of a list lie."""
    return shop.path / FOLDER / f"{list_id}.parquet"


class MemberWriter:
    """Takes members in any order and writes them in order of place, in memory for one block of them at a time."""

    def __init__(self, file: Path, schema: pa.Schema, members: int) -> None:
        """Begin a file of so many ``members``; nothing is at its place before :meth:`finish`."""
        file.parent.mkdir(exist_ok=True)
        self._file, self._schema = file, schema
        self._beside = file.with_name(f".{file.name}.part")
        self._staging = file.with_name(f".{file.name}.blocks")
        self._blocks = -(-members // _BLOCK)
        self._held: list[pa.Table] = []
        self._sinks: dict[int, pa.ipc.RecordBatchStreamWriter] = {}

    def add(self, rows: pa.Table) -> None:
        """Add some members; their ``place`` begins with 1."""
        rows = rows.select(self._schema.names).cast(self._schema)
        if self._blocks <= 1:
            self._held.append(rows)
            return
        block = (rows["place"].to_numpy() - 1) // _BLOCK
        for number in np.unique(block).tolist():
            self._sink(number).write_table(rows.take(pa.array(np.flatnonzero(block == number))))

    def finish(self, change: Callable[[pa.Table], pa.Table] = lambda rows: rows) -> str:
        """Put the file into its place and return its checksum; ``change`` alters each block of ordered members."""
        try:
            self._close()
            with pq.ParquetWriter(self._beside, self._schema, compression="zstd") as writer:
                for rows in self._ordered():
                    writer.write_table(change(rows), row_group_size=ROWS_OF_GROUP)
            checksum = _flushed(self._beside)
            os.replace(self._beside, self._file)
            sync_folder(self._file.parent)
            return checksum
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave nothing of what was not finished."""
        self._close()
        shutil.rmtree(self._staging, ignore_errors=True)
        self._beside.unlink(missing_ok=True)

    def _close(self) -> None:
        for sink in self._sinks.values():
            sink.close()
        self._sinks.clear()

    def _sink(self, number: int) -> pa.ipc.RecordBatchStreamWriter:
        if number not in self._sinks:
            self._staging.mkdir(exist_ok=True)
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            place = str(self._staging / f"{number}.arrows")
            self._sinks[number] = pa.ipc.new_stream(place, self._schema, options=options)
        return self._sinks[number]

    def _ordered(self) -> Iterator[pa.Table]:
        if self._blocks <= 1:
            yield pa.concat_tables(self._held or [self._schema.empty_table()]).sort_by("place")
            return
        for number in range(self._blocks):
            with pa.ipc.open_stream(str(self._staging / f"{number}.arrows")) as block:
                yield block.read_all().sort_by("place")


def read_members(
    shop: ShopFolder,
    frozen: FrozenList,
    columns: Sequence[str] | None = None,
    start: int = 0,
    count: int | None = None,
) -> pa.Table:
    """``count`` members from the one behind ``start`` on, in order of place; all columns, or some.

    Raises :class:`HuitouError` when the file is not as it was written.
    """
    with _opened(shop, frozen) as file:
        ends = _group_ends(file)
        end = int(ends[-1]) if count is None else min(start + count, int(ends[-1]))
        first, last = np.searchsorted(ends, [start, end - 1], side="right").tolist()
        if start >= end:
            return file.schema_arrow.empty_table().select(columns or file.schema_arrow.names)
        rows = file.read_row_groups([*range(first, last + 1)], columns=_list_of(columns), use_threads=False)
        before = int(ends[first - 1]) if first else 0
        return rows.slice(start - before, end - start)


def member_batches(shop: ShopFolder, frozen: FrozenList, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """All members in order of place, a few thousand at a time; raises as :func:`read_members` does."""
    with _opened(shop, frozen) as file:
        for group in range(file.metadata.num_row_groups):
            yield file.read_row_group(group, columns=_list_of(columns), use_threads=False)


def member_blocks(shop: ShopFolder, frozen: FrozenList) -> int:
    """How many blocks the file of members has."""
    with _opened(shop, frozen) as file:
        return int(file.metadata.num_row_groups)


def read_block(shop: ShopFolder, frozen: FrozenList, number: int, columns: Sequence[str] | None = None) -> pa.Table:
    """One block of members in order of place; raises as :func:`read_members` does."""
    with _opened(shop, frozen) as file:
        return file.read_row_group(number, columns=_list_of(columns), use_threads=False)


def member_columns(shop: ShopFolder, frozen: FrozenList) -> tuple[str, ...]:
    """The names of the columns of a list's members."""
    with _opened(shop, frozen) as file:
        return tuple(file.schema_arrow.names)


def members_without(shop: ShopFolder, frozen: FrozenList, people: Sequence[str]) -> tuple[str, int]:
    """Write the file anew without some people; its checksum, and how many went. Their places stay empty.

    Whether it is as it was written does not count here: deleting goes on where it was interrupted.
    """
    file, gone = member_file(shop, frozen.list_id), pa.array(people, pa.string())
    if not file.exists():
        return frozen.checksum, 0
    ids = pq.read_table(file, columns=["customer_id"])["customer_id"]
    count = int(pc.sum(pc.is_in(ids, gone)).as_py() or 0)
    if not count:
        return _flushed(file), 0
    beside = file.with_name(f".{file.name}.part")
    with pq.ParquetFile(file) as source, pq.ParquetWriter(beside, source.schema_arrow, compression="zstd") as target:
        for group in range(source.metadata.num_row_groups):
            rows = source.read_row_group(group, use_threads=False)
            target.write_table(rows.filter(pc.invert(pc.is_in(rows["customer_id"], gone))))
    checksum = _flushed(beside)
    os.replace(beside, file)
    sync_folder(file.parent)
    return checksum, count


def _list_of(columns: Sequence[str] | None) -> list[str] | None:
    return None if columns is None else [*columns]


def _group_ends(file: pq.ParquetFile) -> Ints:
    counts = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
    return np.cumsum(counts or [0])


def _opened(shop: ShopFolder, frozen: FrozenList) -> pq.ParquetFile:
    file = member_file(shop, frozen.list_id)
    mark = file_mark(file)
    if mark is None or _checksum(file, mark) != frozen.checksum:
        raise HuitouError(
            f"the members of list {frozen.list_id} cannot be read: {file.name} is "
            f"{'not there' if mark is None else 'not as it was written'}. Restore it, or make the list again.",
            code="broken_list",
            field="list_id",
            value=frozen.list_id,
        )
    return pq.ParquetFile(file)


@lru_cache(maxsize=256)
def _checksum(file: Path, mark: Mark) -> str:
    """The checksum of a file in the state of ``mark``: a long list is not read through for each of its pages."""
    with open(file, "rb") as handle:
        return file_digest(handle, "sha256").hexdigest()


def _flushed(file: Path) -> str:
    """The checksum of a file that survives a loss of power."""
    with open(file, "rb") as handle:
        os.fsync(handle.fileno())
        return file_digest(handle, "sha256").hexdigest()
