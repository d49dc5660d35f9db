"""A shelf for the tests of arranging, written to a folder and opened again as the service opens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.arrays import Ints
from features.catalogue import Catalogue
from serving.snapshot_parts.item_traits import ItemTraits, Seen, write_seen, write_traits
from serving.snapshot_parts.shelf import Shelf, write_cycles, write_shelf
from tests.small_shop import items


@dataclass(frozen=True)
class Shelves:
    """A shelf with the traits of its items."""

    shelf: Shelf
    traits: ItemTraits

    def codes(self, *ids: str) -> Ints:
        """The codes of some items."""
        return self.shelf.ids.rows(ids)

    def names(self, codes: Ints) -> list[str]:
        """The ids of some items."""
        return [self.shelf.ids.id(code) for code in codes.tolist()]


def catalogue_of(rows: Sequence[tuple[Any, ...]]) -> Catalogue:
    """Items as in :func:`tests.small_shop.items`: id, category, price, further fields."""
    return Catalogue.before(items(*rows), pa.array([], pa.string()))


def opened(
    folder: Path,
    rows: Sequence[tuple[Any, ...]],
    *,
    cycles: dict[str, float] | None = None,
    repeats: dict[str, float] | None = None,
    events: dict[str, int] | None = None,
) -> Shelves:
    """The items on a shelf; by id their cycles in days, shares of repeat buyers, and events where few (else 1,000)."""
    catalogue = catalogue_of(rows)
    ids = catalogue.ids.to_pylist()
    write_shelf(folder, catalogue)
    days = np.array([(cycles or {}).get(name, np.nan) for name in ids])
    write_cycles(folder, days, np.where(np.isnan(days), 0, 5))
    write_traits(folder, catalogue)
    share = np.array([(repeats or {}).get(name, np.nan) for name in ids])
    seen = np.array([(events or {}).get(name, 1_000) for name in ids], dtype=np.float64)
    write_seen(folder, catalogue, Seen(catalogue.price_level, share, seen, np.zeros(len(ids))))
    return Shelves(Shelf(folder), ItemTraits(folder, len(catalogue)))
