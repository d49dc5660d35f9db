"""What published snapshots hold of people."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparisons
from serving.privacy.places.snapshot_without import remove_snapshot, snapshot_without, sweep
from serving.snapshot import current_id
from serving.snapshot_parts.named_people import people_in
from serving.snapshot_parts.publishing_lock import publishing_lock


class SnapshotPlace:
    """All snapshots of a shop, those that are kept for going back and for comparisons included."""

    def __init__(self, shop: ShopFolder, comparisons: Comparisons) -> None:
        self._shop = shop
        self._comparisons = comparisons

    @property
    def holds(self) -> Mapping[str, str]:
        """Snapshots that know the person."""
        return {"snapshots": "Published snapshots that hold predictions, recommendations and past events."}

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """Snapshots that know one of the people."""
        return {"snapshots": sum(1 for _ in self._with(people))}

    def erase(self, people: Sequence[str]) -> None:
        """Write each of them anew without the people, and remove the one before.

        Services swap by themselves, as after every publishing. Raises :class:`HuitouError` while one is published.
        """
        if not self._shop.snapshots.is_dir():
            return
        lock = publishing_lock(self._shop)
        try:
            for snapshot_id in [*self._with(people)]:
                self._rewrite(snapshot_id, people)
            sweep(self._shop)
        finally:
            os.close(lock)

    def _rewrite(self, snapshot_id: str, people: Sequence[str]) -> None:
        try:
            new_id = snapshot_without(self._shop, snapshot_id, people)
            self._compare(snapshot_id, new_id)
        except HuitouError as error:
            # One that cannot be read serves nobody, unless it is the one that is served: then somebody must look.
            if error.code != "broken_snapshot" or current_id(self._shop) == snapshot_id:
                raise
        remove_snapshot(self._shop, snapshot_id)

    def _compare(self, before: str, after: str) -> None:
        running = self._comparisons.running()
        if running is not None:
            sides = {side: after for side, snapshot_id in running.snapshots.items() if snapshot_id == before}
            if sides:
                self._comparisons.renew(running.name, sides)

    def _with(self, people: Sequence[str]) -> Iterator[str]:
        folders = sorted(self._shop.snapshots.iterdir()) if self._shop.snapshots.is_dir() else []
        for folder in folders:
            if (folder / "manifest.json").is_file() and not folder.name.startswith("."):
                try:
                    if people_in(folder, people):
                        yield folder.name
                except HuitouError:
                    yield folder.name  # it cannot be read, so nobody knows whom it holds
