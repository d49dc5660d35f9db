"""One immutable folder of answers: every customer's scores and items, the shelf, related and popular items.

Opening maps the arrays and reads nothing of them, so it costs milliseconds at any size, and processes share
the pages.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.errors import HuitouError
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder, replace_text
from serving.snapshot_parts.alike_files import AlikeFiles
from serving.snapshot_parts.array_file import broken, mapped
from serving.snapshot_parts.audience.audience_files import AudienceFiles
from serving.snapshot_parts.bundle_files import open_bundles
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.customer_groups import CustomerGroups
from serving.snapshot_parts.group_file import read_group_rules
from serving.snapshot_parts.id_index import IdIndex
from serving.snapshot_parts.interest_files import Interest
from serving.snapshot_parts.item_traits import ItemTraits
from serving.snapshot_parts.manifest import FileRecord, Manifest, SnapshotContents, SnapshotHeader
from serving.snapshot_parts.page_files import Pages
from serving.snapshot_parts.past_files import Past
from serving.snapshot_parts.shelf import ItemNews, Shelf
from serving.snapshot_parts.stored_recommendations import Recommended, StoredRecommendations
from training.recommend.counted.bundles import Bundles
from training.recommend.recommender import FittedRecommender

RECOMMENDER = "recommender"
"""The folder with what ranks items, and what it has counted."""

_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


class _Opened:
    """What is opened when it is first asked for, once for all that share a folder."""

    def __init__(self, folder: Path, items: int) -> None:
        self._folder, self._items = folder, items

    @cached_property
    def recommender(self) -> FittedRecommender:
        return FittedRecommender.open(self._folder / RECOMMENDER)

    @cached_property
    def bundles(self) -> Bundles:
        return open_bundles(self._folder, self._items)


class Snapshot:
    """A published snapshot, open for reading. It stays readable after its folder was removed."""

    def __init__(self, folder: Path) -> None:
        """Open the snapshot in ``folder``.

        Raises :class:`HuitouError` when a file is missing or of the wrong size.
        """
        self.folder = folder
        self.id = folder.name
        self.manifest = Manifest.read(folder / "manifest.json")
        self._check_sizes()
        self.shelf = Shelf(folder)
        self.traits = ItemTraits(folder, len(self.shelf))
        self.customers = IdIndex(folder, "customer")
        self.alike = AlikeFiles(folder)
        self.past = Past(folder)
        self.interest = Interest(folder)
        self.audience = AudienceFiles(folder, self.contents.customers)
        self.customer_groups = CustomerGroups(self.audience.columns)
        self.group_rules: GroupRules = read_group_rules(folder)
        self.opted_out = IdIndex(folder, "opted_out")
        self.popular: Ints = mapped(folder / "popular.npy", np.int32)
        self.recommendations = StoredRecommendations(folder, self.contents.recommendations)
        self.pages = Pages(folder, self.contents.arranged)
        self._related = {
            kind: (
                mapped(folder / f"related_{kind}_item.npy", np.int32, width),
                mapped(folder / f"related_{kind}_score.npy", np.float32, width),
            )
            for kind, width in self.contents.related.items()
        }
        self._parquet = pq.ParquetFile(folder / "customers.parquet", memory_map=True)
        self._reading = threading.Lock()
        self._opened = _Opened(folder, len(self.shelf))
        self._check_lengths()

    def with_items(self, news: Iterable[ItemNews]) -> Snapshot:
        """The same with what was said since of stock and prices of items; everything else is shared."""
        other = copy(self)
        other.shelf = self.shelf.with_news(news)
        return other

    @classmethod
    def open_current(cls, shop: ShopFolder) -> Snapshot:
        """The snapshot that the shop's pointer names; raises when there is none yet."""
        return cls(shop.snapshots / current_id(shop))

    @property
    def header(self) -> SnapshotHeader:
        """Where it comes from."""
        return self.manifest.header

    @property
    def contents(self) -> SnapshotContents:
        """What it holds."""
        return self.manifest.contents

    @property
    def recommender(self) -> FittedRecommender:
        """What ranked the stored items, with the shop's counts mapped into memory: it answers for fresh events."""
        return self._opened.recommender

    @property
    def catalogue(self) -> Catalogue:
        """The items by whose codes everything speaks."""
        return self.recommender.sources.catalogue

    @property
    def bundles(self) -> Bundles:
        """What is bought in one order more often than chance explains, by the codes of the shelf."""
        return self._opened.bundles

    @property
    def related_kinds(self) -> tuple[str, ...]:
        """The kinds of related items."""
        return tuple(self._related)

    @property
    def customers_file(self) -> Path:
        """The table of customers, for queries."""
        return self.folder / "customers.parquet"

    def recommended(self, row: int) -> Recommended:
        """What is stored for the customer of a row."""
        return self.recommendations.of(row)

    def recommended_items(self, rows: Ints) -> Ints:
        """Item codes stored for the customers of some rows, ``NO_ITEM`` pads, shape ``(n, places)``."""
        return self.recommendations.items(rows)

    def recommended_sources(self, rows: Ints) -> Ints:
        """Where these items came from, as positions in the header's sources, -1 pads, shape ``(n, places)``."""
        return self.recommendations.sources(rows)

    def related(self, kind: str, code: int) -> tuple[Ints, Floats]:
        """Codes and scores of the items related to one, best first; raises for a kind that is not stored."""
        if kind not in self._related:
            raise HuitouError(
                f"kind must be one of {', '.join(self._related)}; got {kind!r}.",
                field="kind",
                value=kind,
                allowed=list(self._related),
            )
        items, scores = self._related[kind]
        count = int(np.count_nonzero(items[code] != NO_ITEM))
        return items[code, :count], scores[code, :count]

    def customer(self, row: int) -> dict[str, Any]:
        """The columns of one customer's row in ``customers.parquet``."""
        group = int(np.searchsorted(self.group_ends, row, side="right"))
        start = int(self.group_ends[group - 1]) if group else 0
        found: dict[str, Any] = self.customers_of([group]).slice(row - start, 1).to_pylist()[0]
        return found

    def customers_of(self, groups: Sequence[int], columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of some row groups of ``customers.parquet``, see :attr:`group_ends`; all columns, or some."""
        names = None if columns is None else [*columns]
        with self._reading:
            return self._parquet.read_row_groups([*groups], columns=names, use_threads=False)

    def verify(self) -> None:
        """Read every file and compare it with the manifest.

        Raises :class:`HuitouError` for the first that differs.
        """
        for name, record in self.manifest.files.items():
            if FileRecord.of(self.folder / name) != record:
                raise broken(self.folder / name, "its checksum is not the one in the manifest")

    @cached_property
    def group_ends(self) -> Ints:
        """Behind which row each row group of ``customers.parquet`` ends; shape ``(n_groups,)``."""
        metadata = self._parquet.metadata
        return np.cumsum([metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)])

    def _check_sizes(self) -> None:
        for name, record in self.manifest.files.items():
            file = self.folder / name
            size = file.stat().st_size if file.is_file() else None
            if size != record.size_bytes:
                raise broken(file, f"{record.size_bytes} bytes were written, {size or 'none'} are there")

    def _check_lengths(self) -> None:
        customers, items = self.contents.customers, self.contents.items
        tables = {
            "customer ids": len(self.customers),
            "past": len(self.past),
            "coordinates": len(self.alike),
            "customers.parquet": self._parquet.metadata.num_rows,
        }
        tables |= self.recommendations.lengths | {"pages": len(self.pages)}
        expected = dict.fromkeys(tables, customers)
        tables |= {"items": len(self.shelf), "popular": len(self.popular)}
        tables |= {"interest": len(self.interest)} | {
            f"related {kind}": len(pair[0]) for kind, pair in self._related.items()
        }
        expected = dict.fromkeys(tables, items) | expected
        wrong = [f"{name} has {tables[name]} rows" for name in tables if tables[name] != expected[name]]
        if wrong:
            raise broken(
                self.folder / "manifest.json",
                f"it tells of {customers} customers and {items} items, {wrong[0]}",
            )


def current_id(shop: ShopFolder) -> str:
    """The id of the snapshot that is served; raises when nothing was published."""
    try:
        return (shop.snapshots / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise HuitouError(
            f"nothing is published for the shop in {shop.path}. Run: huitou publish --shop {shop.path}",
            code="no_snapshot",
            hint="huitou publish",
        ) from None


def snapshot_ids(shop: ShopFolder) -> list[str]:
    """The id of every snapshot in the folder, the newest first, also of those that another Huitou made."""
    folders = shop.snapshots.iterdir() if shop.snapshots.is_dir() else ()
    return sorted((folder.name for folder in folders if _ID.fullmatch(folder.name)), reverse=True)


def published(shop: ShopFolder) -> list[tuple[str, Manifest]]:
    """Id and manifest of every snapshot that can be served, the newest first."""
    found = []
    for identity in snapshot_ids(shop):
        # One that an older Huitou made, or that lost its manifest.
        with suppress(HuitouError):
            found.append((identity, Manifest.read(shop.snapshots / identity / "manifest.json")))
    return sorted(found, key=lambda entry: (entry[1].header.published_at, entry[0]), reverse=True)


def whole_snapshot(shop: ShopFolder, snapshot_id: str) -> Snapshot:
    """A snapshot that was found whole; raises :class:`HuitouError` when it is not, or when there is none of this id."""
    folder = shop.snapshots / snapshot_id
    if not _ID.fullmatch(snapshot_id) or not folder.is_dir():
        allowed = [identity for identity, _ in published(shop)]
        raise HuitouError(
            f"snapshot must be one of {', '.join(allowed) or '(none is published)'}; got {snapshot_id!r}.",
            code="unknown_snapshot",
            field="snapshot",
            value=snapshot_id,
            allowed=allowed,
        )
    snapshot = Snapshot(folder)
    snapshot.verify()
    return snapshot


def point_to(shop: ShopFolder, snapshot_id: str) -> Snapshot:
    """Serve another snapshot from now on; it is verified first. Running services swap by themselves."""
    snapshot = whole_snapshot(shop, snapshot_id)
    replace_text(shop.snapshots / "CURRENT", snapshot_id + "\n")
    sync_folder(shop.snapshots)
    return snapshot


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
