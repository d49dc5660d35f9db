"""A published snapshot written anew without some people, and put in its place.

Files that speak of items alone are linked; those with a row for each customer are written without the people's rows,
in bounded memory. It is the same snapshot otherwise: of the same moment, by the same models, with the same answers
for everybody else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.arrays import Ints
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot, current_id, point_to, sync_folder
from serving.snapshot_parts.array_file import ArrayWriter, write_array
from serving.snapshot_parts.id_index import NO_ROW, IdIndex
from serving.snapshot_parts.manifest import FileRecord, Manifest
from serving.snapshot_parts.past_files import TYPES as PAST

ROW_FILES = (
    "recommended_*.npy",
    "page_place.npy",
    "alike/vectors.npy",
    "alike/half_squares.npy",
    "audience/column_*.npy",
)
"""Arrays whose first rows are the customers, in their order."""

ENTRIES: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("interest_customer.npy", ("interest_weight.npy",), "interest_boundaries.npy"),
    ("audience/act_row.npy", ("audience/act_item.npy",), "audience/act_begins.npy"),
    ("audience/open_cart_row.npy", ("audience/open_cart_item.npy", "audience/open_cart_day.npy"), None),
    ("audience/open_favorite_row.npy", ("audience/open_favorite_item.npy", "audience/open_favorite_day.npy"), None),
    (
        "audience/contact_row.npy",
        tuple(f"audience/contact_{name}.npy" for name in ("contacted_us", "day", "channel", "campaign")),
        None,
    ),
)
"""Arrays that name customers by their rows in any order, the others of the same entries, and where groups begin."""

Change = Callable[[NDArray[Any]], NDArray[Any]]
"""What is done to a block of an array on its way."""

_BUILDING = ".building"
_BLOCK = 1_000_000


@dataclass(frozen=True)
class _Anew:
    """A folder that is being written from another one."""

    source: Path
    target: Path

    def array(
        self, name: str, gone: Ints, change: Callable[[NDArray[Any]], NDArray[Any]] = lambda block: block
    ) -> None:
        """The array of a name without the entries at ``gone``, which rise; ``change`` alters what stays."""
        whole = np.load(self.source / name, mmap_mode="r", allow_pickle=False)
        writer = ArrayWriter(self.target / name, whole.dtype, whole.shape[1] if whole.ndim == 2 else None)
        for start in range(0, len(whole), _BLOCK):
            block = whole[start : start + _BLOCK]
            here = gone[np.searchsorted(gone, start) : np.searchsorted(gone, start + len(block))] - start
            writer.append(change(np.delete(block, here, axis=0)))
        writer.close()

    def boundaries(self, name: str, gone: Ints, rows: Ints | None = None) -> None:
        """Where each part begins, after the entries at ``gone`` went, and after the parts ``rows`` went with them."""
        whole = np.load(self.source / name, allow_pickle=False)
        shifted = whole - np.searchsorted(gone, whole)
        write_array(self.target / name, shifted if rows is None else np.delete(shifted, rows), whole.dtype)

    def ids(self, name: str, rows: Ints) -> None:
        """The look-up of ids without those of ``rows``."""
        end = np.load(self.source / f"{name}_end.npy", allow_pickle=False)
        begin = np.concatenate([np.zeros(1, dtype=end.dtype), end[:-1]])
        letters = _spans(begin[rows], end[rows])
        self.array(f"{name}_text.npy", letters)
        write_array(self.target / f"{name}_end.npy", np.delete(end - np.searchsorted(letters, end), rows), end.dtype)
        place = np.load(self.source / f"{name}_row.npy", allow_pickle=False)
        gone = np.flatnonzero(np.isin(place, rows))
        self.array(f"{name}_key.npy", gone)
        self.array(f"{name}_row.npy", gone, lambda block: block - np.searchsorted(rows, block))

    def past(self, rows: Ints) -> None:
        """What was done, without the events of the customers of ``rows``."""
        boundaries = np.load(self.source / "past_boundaries.npy", allow_pickle=False)
        gone = _spans(boundaries[rows], boundaries[rows + 1])
        for name in PAST:
            self.array(f"past_{name}.npy", gone)
        self.boundaries("past_boundaries.npy", gone, rows)

    def entries(self, rows: Ints, name: str, more: Sequence[str], boundaries: str | None = None) -> None:
        """Entries in any order, ``name`` being the row of each one's customer, without those of ``rows``.

        ``more`` are the other arrays of the entries, ``boundaries`` says where their groups begin.
        """
        customer = np.load(self.source / name, mmap_mode="r", allow_pickle=False)
        blocks = [_among(customer[start : start + _BLOCK], rows) + start for start in range(0, len(customer), _BLOCK)]
        gone = np.concatenate([np.zeros(0, dtype=np.int64), *blocks])
        self.array(name, gone, lambda block: block - np.searchsorted(rows, block))
        for other in more:
            self.array(other, gone)
        if boundaries is not None:
            self.boundaries(boundaries, gone)

    def table(self, rows: Ints) -> Counter[str]:
        """The table of customers without ``rows``; how many there were of each layer among them."""
        layers: Counter[str] = Counter()
        parquet = pq.ParquetFile(self.source / "customers.parquet")
        begin = 0
        with pq.ParquetWriter(self.target / "customers.parquet", parquet.schema_arrow, compression="zstd") as writer:
            for group in range(parquet.num_row_groups):
                table = parquet.read_row_group(group)
                here = rows[(rows >= begin) & (rows < begin + len(table))] - begin
                layers.update(table["layer"].take(pa.array(here)).to_pylist())
                writer.write_table(table.take(pa.array(np.delete(np.arange(len(table)), here))))
                begin += len(table)
        return layers


def snapshot_without(shop: ShopFolder, snapshot_id: str, people: Sequence[str]) -> str:
    """Write a snapshot anew without ``people``; return its new id. The caller holds the lock of publishing.

    The pointer moves where this one is served. The folder of before stays until :func:`remove_snapshot`; a process
    that is killed leaves it whole.
    """
    sweep(shop)
    source, target = shop.snapshots / snapshot_id, shop.snapshots / _BUILDING
    text = _write(source, target, people)
    new_id = f"{snapshot_id.split('-')[0]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    shutil.rmtree(shop.snapshots / new_id, ignore_errors=True)
    os.rename(target, shop.snapshots / new_id)
    sync_folder(shop.snapshots)
    if current_id(shop) == snapshot_id:
        point_to(shop, new_id)
    return new_id


def remove_snapshot(shop: ShopFolder, snapshot_id: str) -> None:
    """Remove a snapshot that nobody is pointed to any more."""
    # Away from its name first: a removal that is cut short leaves nothing that looks complete.
    sweep(shop)
    os.rename(shop.snapshots / snapshot_id, shop.snapshots / _BUILDING)
    sweep(shop)


def sweep(shop: ShopFolder) -> None:
    """Remove what a killed process left half written, or half removed."""
    if (shop.snapshots / _BUILDING).exists():
        shutil.rmtree(shop.snapshots / _BUILDING)


def _write(source: Path, target: Path, people: Sequence[str]) -> str:
    """Fill ``target``; return the text of its manifest."""
    manifest = Manifest.read(source / "manifest.json")
    for name in manifest.files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
    anew = _Anew(source, target)
    rows, refused = (_rows(source, name, people) for name in ("customer", "opted_out"))
    for file in (file for pattern in ROW_FILES for file in sorted(source.glob(pattern))):
        anew.array(file.relative_to(source).as_posix(), rows)
    anew.ids("customer", rows)
    anew.ids("opted_out", refused)
    anew.past(rows)
    for name, more, boundaries in ENTRIES:
        anew.entries(rows, name, more, boundaries)
    layers = Counter(manifest.contents.layers)
    layers.subtract(anew.table(rows))
    for name in manifest.files:
        if not (target / name).exists():
            _link(source / name, target / name)
    contents = replace(
        manifest.contents,
        customers=manifest.contents.customers - len(rows),
        opted_out=manifest.contents.opted_out - len(refused),
        layers={layer: count for layer, count in sorted(layers.items()) if count},
    )
    files = {name: _record(manifest, source, target, name) for name in manifest.files}
    text = Manifest(manifest.header, contents, files).to_json()
    (target / "manifest.json").write_text(text, encoding="utf-8")
    _make_lasting(target)
    Snapshot(target)
    return text


def _record(manifest: Manifest, source: Path, target: Path, name: str) -> FileRecord:
    linked = os.path.samefile(source / name, target / name)
    return manifest.files[name] if linked else FileRecord.of(target / name)


def _rows(folder: Path, name: str, people: Sequence[str]) -> Ints:
    index = IdIndex(folder, name)
    found = {index.row(person) for person in people} - {NO_ROW}
    return np.array(sorted(found), dtype=np.int64)


def _spans(begins: Ints, ends: Ints) -> Ints:
    """Every number from each beginning to before its end."""
    return np.concatenate([np.zeros(0, dtype=np.int64), *map(np.arange, begins.tolist(), ends.tolist())])


def _among(values: NDArray[Any], wanted: Ints) -> Ints:
    found: Ints = np.flatnonzero(np.isin(values, wanted))
    return found


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _make_lasting(folder: Path) -> None:
    """Make everything in a folder survive a loss of power."""
    paths: Iterator[Path] = folder.rglob("*")
    for path in (*paths, folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
