"""The bundles of a snapshot: plain arrays that are mapped into memory, looked up by item."""

from __future__ import annotations

from pathlib import Path

from serving.snapshot_parts.array_file import broken
from training.recommend.counted.bundles import Bundles
from training.recommend.counted.table_files import open_table, save_table

FOLDER = "bundles"
"""The folder with the arrays."""


def write_bundles(folder: Path, bundles: Bundles) -> None:
    """Write the bundles into the snapshot in ``folder``."""
    save_table(bundles, folder / FOLDER)


def open_bundles(folder: Path, items: int) -> Bundles:
    """The bundles in the snapshot in ``folder``, none where none were written; raises when they are of other items."""
    if not (folder / FOLDER).is_dir():
        return Bundles.none(items)
    bundles = open_table(Bundles, folder / FOLDER)
    if len(bundles.item_start) != items + 1:
        raise broken(folder / FOLDER, f"they are of {len(bundles.item_start) - 1} items, the shelf has {items}")
    return bundles
