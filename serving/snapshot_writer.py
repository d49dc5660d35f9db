"""Writing a snapshot, bucket by bucket in bounded memory, and putting it in the place of the served one."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Sequence
from datetime import UTC
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.arrays import Floats, Ints
from features.catalogue import Catalogue
from features.errors import HuitouError
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder
from serving.arranging.rules import Usual
from serving.recommending.own_cycles import own_cycle_days
from serving.recommending.usual_pages import write_usual_pages
from serving.snapshot import RECOMMENDER, Snapshot, current_id, point_to, snapshot_ids, sync_folder
from serving.snapshot_parts.alike_files import AlikeWriter
from serving.snapshot_parts.array_file import write_array
from serving.snapshot_parts.audience.audience_files import AudienceWriter
from serving.snapshot_parts.bundle_files import write_bundles
from serving.snapshot_parts.customer_columns import customer_schema
from serving.snapshot_parts.customer_files import NO_ITEM, RECOMMENDATIONS, CustomerFiles, Recommendations
from serving.snapshot_parts.group_file import write_group_rules
from serving.snapshot_parts.interest_files import InterestWriter
from serving.snapshot_parts.item_traits import Seen, write_seen, write_traits
from serving.snapshot_parts.manifest import (
    KIND_OF_RELATION,
    FileRecord,
    Manifest,
    SnapshotContents,
    SnapshotHeader,
)
from serving.snapshot_parts.page_files import arranged_by
from serving.snapshot_parts.past_files import PastWriter
from serving.snapshot_parts.publishing_lock import publishing_lock
from serving.snapshot_parts.shelf import write_cycles, write_shelf
from training.customers.alike.alike import Alike, Placed
from training.recommend.counted.bundles import Bundles
from training.recommend.people import People
from training.recommend.recommender import FittedRecommender

KEPT = 3
"""How many snapshots stay in the folder, the served one among them."""

_BUILDING = ".building"
"""Name of the folder that is being written; nobody reads it."""

Step = Callable[[str], None]
"""Called with the name of each step when it is done."""


class SnapshotWriter:
    """Builds one snapshot in a folder that nobody reads; :meth:`commit` checks it and moves it into place.

    Used as a context manager: what was not committed is removed. Left-overs of a killed process are swept
    first.
    """

    def __init__(
        self,
        shop: ShopFolder,
        header: SnapshotHeader,
        *,
        alike: Alike | None = None,
        usual: Usual | None = None,
        group_rules: GroupRules | None = None,
        serves: bool = True,
        compared: Collection[str] = (),
        step: Step = lambda name: None,
    ) -> None:
        """Begin; raises :class:`HuitouError` when another process is publishing for this shop.

        ``alike`` says how customers are compared; without it nobody is. ``usual`` is how their pages are arranged.
        ``group_rules`` are what decided the groups that they are in; without them, those of a shop without customers.
        Without ``serves`` it is kept beside the served one. ``compared`` are ids of snapshots that must stay.
        """
        self._serves, self._compared = serves, compared
        if not serves:
            current_id(shop)  # There must be one beside which it is kept.
        self._shop, self.header, self._step = shop, header, step
        self._usual = usual or Usual()
        shop.snapshots.mkdir(parents=True, exist_ok=True)
        self._lock = publishing_lock(shop)
        self.folder = shop.snapshots / _BUILDING
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._alike = AlikeWriter(self.folder, alike or Alike.nobody())
        write_group_rules(self.folder, group_rules or GroupRules.of_nobody(shop.settings))
        self._past = PastWriter(self.folder)
        self._interest = InterestWriter(self.folder)
        schema = customer_schema(header.horizon_days, header.horizons_days)
        self._files = CustomerFiles(self.folder, schema)
        self._audience = AudienceWriter(self.folder, schema, header.as_of, header.timezone)
        self._items: int | None = None
        self._popular: Ints = np.zeros(0, dtype=np.int32)
        self._related: dict[str, int] = {}
        self._committed = False
        step("begun")

    def __enter__(self) -> SnapshotWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()
        self._past.close()
        self._alike.close()
        self._audience.close()
        if not self._committed:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def add_customers(
        self, table: pa.Table, recommendations: Recommendations, people: People, placed: Placed | None = None
    ) -> None:
        """Add some customers: columns as in ``customer_schema``, and row by row what is recommended and was done.

        ``placed`` says where they stand among the others, nowhere when it is left out.
        """
        self._refuse_unknown(recommendations.item, recommendations.because)
        days = own_cycle_days(people.history, recommendations.item, recommendations.source, self.header.sources)
        self._files.add(table, recommendations, days)
        self._audience.add(table, people.history)
        self._past.add(people.history)
        self._interest.add(people.interest)
        self._alike.add(placed or Placed.nowhere(len(table)))
        self._step("customers")

    def add_opted_out(self, customer_ids: Sequence[str]) -> None:
        """Remember people who opted out of personalisation and were not added as customers."""
        self._files.add_opted_out(customer_ids)

    def set_contacts(self, contacts: pa.Table) -> None:
        """Take whom campaigns wrote to (``CONTACT_SCHEMA``); it comes before the customers."""
        self._audience.contacts.set(contacts)

    def set_items(self, catalogue: Catalogue) -> None:
        """Write the shelf; the codes of everything else are this catalogue's."""
        write_shelf(self.folder, catalogue)
        write_traits(self.folder, catalogue)
        self._items = len(catalogue)
        self._step("items")

    def set_recommender(self, recommender: FittedRecommender) -> None:
        """Write what ranks items and what it has counted; it comes after the items."""
        recommender.save(self.folder / RECOMMENDER)
        counts = recommender.sources
        write_seen(self.folder, counts.catalogue, Seen.of(counts.statistics, counts.items))
        self._step("recommender")

    def set_cycles(self, days: Floats, gap_count: Floats) -> None:
        """Write after how many days each item is bought again, NaN where nobody knows, and the gaps behind it.

        Both have an entry for each item; they may come after the customers, whose purchases tell them.
        """
        if not len(days) == len(gap_count) == self._shelf_size():
            raise ValueError(
                f"cycles must be those of {self._shelf_size()} items; got {len(days)} and {len(gap_count)}"
            )
        write_cycles(self.folder, days, gap_count)
        self._step("cycles")

    def set_popular(self, items: Ints) -> None:
        """Set the popular items, best first; the items that are not among them follow in their order."""
        self._refuse_unknown(items)
        self._popular = np.asarray(items, dtype=np.int32)
        self._step("popular")

    def set_related(self, kind: str, item: Ints, score: Floats) -> None:
        """Write the related items of one kind, best first, -1 where there are fewer; both ``(n_items, k)``."""
        if not KIND_OF_RELATION.fullmatch(kind):
            raise ValueError(f"a kind of related items is written in small letters and underscores; got {kind!r}")
        self._refuse_unknown(item)
        write_array(self.folder / f"related_{kind}_item.npy", item, np.int32)
        write_array(self.folder / f"related_{kind}_score.npy", score, np.float32)
        self._related[kind] = item.shape[1]
        self._step(f"related {kind}")

    def set_bundles(self, bundles: Bundles) -> None:
        """Write what is bought in one order more often than chance explains; it may come after the customers."""
        write_bundles(self.folder, bundles)
        self._step("bundles")

    def commit(self, check: Callable[[Path], None] = lambda folder: None) -> str:
        """Check what was written, move it into place and point to it if it is to serve; return the snapshot's id.

        ``check`` is called with the folder when everybody is in it; when it raises, nothing is put into place.
        """
        self._write_popular(self._shelf_size())
        self._files.finish()
        self._past.finish()
        self._alike.close()
        self._interest.finish(self._shelf_size())
        self._audience.finish()
        check(self.folder)
        self._step("closed")
        write_usual_pages(self.folder, self.header, self._usual)
        self._step("pages")
        text = self._write_manifest(self._shelf_size())
        for path in self.folder.rglob("*"):
            sync_folder(path) if path.is_dir() else _sync(path)
        sync_folder(self.folder)
        Snapshot(self.folder).verify()
        self._step("checked")
        snapshot_id = self._move(text)
        self._step("renamed")
        if self._serves:
            point_to(self._shop, snapshot_id)
            self._step("pointed")
        _remove_oldest(self._shop, {snapshot_id, *self._compared})
        self._step("swept")
        return snapshot_id

    def _shelf_size(self) -> int:
        if self._items is None:
            raise ValueError("set_items comes before whatever speaks of items by their codes")
        return self._items

    def _refuse_unknown(self, *codes: Ints) -> None:
        for block in codes:
            if block.size and not (block.min() >= NO_ITEM and block.max() < self._shelf_size()):
                raise ValueError(f"item codes must be from -1 to {self._shelf_size() - 1}")

    def _write_popular(self, items: int) -> None:
        rest = np.ones(items, dtype=bool)
        rest[self._popular] = False
        write_array(self.folder / "popular.npy", np.concatenate([self._popular, np.flatnonzero(rest)]), np.int32)

    def _write_manifest(self, items: int) -> str:
        contents = SnapshotContents(
            customers=self._files.customers,
            items=items,
            opted_out=self._files.opted_out,
            recommendations=RECOMMENDATIONS,
            related=dict(sorted(self._related.items())),
            layers=dict(sorted(self._files.layers.items())),
            arranged=arranged_by(self._usual),
        )
        files = {
            file.relative_to(self.folder).as_posix(): FileRecord.of(file)
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }
        text = Manifest(self.header, contents, files).to_json()
        (self.folder / "manifest.json").write_text(text, encoding="utf-8")
        return text

    def _move(self, text: str) -> str:
        """Give the folder its name: the moment and eight digits of its content."""
        moment = self.header.published_at.astimezone(UTC)
        snapshot_id = f"{moment:%Y%m%dT%H%M%SZ}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        target = self._shop.snapshots / snapshot_id
        # It may be there already: published again, or by a process that was killed before it pointed here.
        if target.exists() and _is_whole(target):
            shutil.rmtree(self.folder)
        else:
            shutil.rmtree(target, ignore_errors=True)
            os.rename(self.folder, target)
        sync_folder(self._shop.snapshots)
        self._committed = True
        return snapshot_id


def _is_whole(folder: Path) -> bool:
    try:
        Snapshot(folder).verify()
    except HuitouError:
        return False
    return True


def _remove_oldest(shop: ShopFolder, needed: Collection[str]) -> None:
    """Keep the served snapshot, those that are needed, and the newest others."""
    current = current_id(shop)
    others = [identity for identity in snapshot_ids(shop) if identity != current]
    for identity in filter(lambda name: name not in needed, others[KEPT - 1 :]):
        # Away from its name first: a removal that is cut short leaves nothing that looks complete.
        shutil.rmtree(shop.snapshots / _BUILDING, ignore_errors=True)
        os.rename(shop.snapshots / identity, shop.snapshots / _BUILDING)
        shutil.rmtree(shop.snapshots / _BUILDING)


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
