"""The items of a snapshot: what they are called, cost, and whether they can be bought."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats, Ints
from features.catalogue import UNKNOWN, Catalogue
from serving.snapshot_parts.array_file import broken, mapped, write_array
from serving.snapshot_parts.id_index import IdIndex, IdIndexWriter

LEAST_GAPS = 3
"""An item must have been bought again so many times before anyone is told how long that usually takes."""

_BLOCK = 65_536


@dataclass(frozen=True)
class ItemFilter:
    """Which items an answer may hold."""

    in_stock: bool = True
    """True leaves out what cannot be bought now."""
    categories: tuple[str, ...] = ()
    """Names of categories, any of which will do; empty for all."""
    brands: tuple[str, ...] = ()
    """Names of brands, any of which will do; empty for all."""
    min_price: float | None = None
    """Lowest list price; items without a known price are left out when a limit is given."""
    max_price: float | None = None
    """Highest list price."""


@dataclass(frozen=True)
class Item:
    """One item, for people to read."""

    item_id: str
    """Its id."""
    title: str | None
    """What customers call it, None where it is not known."""
    category: str | None
    """The category's name, None where it is not known."""

    @property
    def label(self) -> str:
        """The title, or the id where there is none."""
        return self.title or self.item_id


@dataclass(frozen=True)
class ItemCycle:
    """After how long an item is bought again."""

    days: float | None
    """Median days until the same customer buys it again, None where neither it nor its category tells."""
    gap_count: int
    """How many times that happened; with 0 the days are those of its category."""


def write_shelf(folder: Path, catalogue: Catalogue) -> None:
    """Write the items of ``catalogue`` to ``folder``; the row of an item is its code. No cycle is known yet."""
    ids = IdIndexWriter(folder, "item")
    for start in range(0, len(catalogue), _BLOCK):
        ids.add(catalogue.ids.slice(start, _BLOCK).to_pylist())
    ids.sort()
    titles = pa.record_batch({"title": catalogue.titles.cast(pa.large_string())})
    with (
        pa.OSFile(str(folder / "item_titles.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, titles.schema) as writer,
    ):
        writer.write_batch(titles)
    write_array(folder / "item_category.npy", catalogue.category, np.int32)
    write_array(folder / "item_brand.npy", catalogue.brand, np.int32)
    write_array(folder / "item_price.npy", catalogue.price, np.float64)
    write_array(folder / "item_in_stock.npy", catalogue.in_stock, np.bool_)
    names = {"categories": catalogue.categories.to_pylist(), "brands": catalogue.brands.to_pylist()}
    (folder / "item_names.json").write_text(json.dumps(names), encoding="utf-8")
    write_cycles(folder, np.full(len(catalogue), np.nan), np.zeros(len(catalogue)))


def write_cycles(folder: Path, days: Floats, gap_count: Floats) -> None:
    """Write after how many days each item is bought again, NaN where nobody knows, and the gaps behind it."""
    write_array(folder / "item_cycle_days.npy", days, np.float32)
    write_array(folder / "item_cycle_gaps.npy", gap_count, np.int32)


class Shelf:
    """The items of one snapshot."""

    def __init__(self, folder: Path) -> None:
        """Map the item files of ``folder``."""
        self.ids = IdIndex(folder, "item")
        self._titles = _titles(folder / "item_titles.arrow")
        self._category = mapped(folder / "item_category.npy", np.int32)
        self._brand = mapped(folder / "item_brand.npy", np.int32)
        self._price = mapped(folder / "item_price.npy", np.float64)
        self._in_stock = mapped(folder / "item_in_stock.npy", np.bool_)
        self._cycle_days = mapped(folder / "item_cycle_days.npy", np.float32)
        self._cycle_gaps = mapped(folder / "item_cycle_gaps.npy", np.int32)
        names = json.loads((folder / "item_names.json").read_text(encoding="utf-8"))
        self.categories: tuple[str, ...] = tuple(names["categories"])
        self.brands: tuple[str, ...] = tuple(names["brands"])
        columns = (self._titles, self._category, self._brand, self._price, self._in_stock)
        if {len(column) for column in (*columns, self._cycle_days, self._cycle_gaps)} != {len(self.ids)}:
            raise broken(folder / "item_titles.arrow", "the item files differ in length")

    def __len__(self) -> int:
        return len(self.ids)

    def item(self, code: int) -> Item:
        """The item of a code."""
        category = int(self._category[code])
        name = self.categories[category] if category != UNKNOWN else None
        return Item(self.ids.id(code), self._titles[code].as_py(), name)

    def cycle(self, code: int) -> ItemCycle:
        """After how long the item of a code is bought again."""
        days = float(self._cycle_days[code])
        return ItemCycle(None if np.isnan(days) else days, int(self._cycle_gaps[code]))

    def usual_days(self, code: int) -> int:
        """Whole days after which the item is usually bought again, 0 where that happened too seldom to say."""
        cycle = self.cycle(code)
        return 0 if cycle.days is None or cycle.gap_count < LEAST_GAPS else round(cycle.days)

    def cycle_days(self, codes: Ints) -> Floats:
        """Median days until an item is bought again, NaN where nobody knows, shape of ``codes``."""
        return np.asarray(self._cycle_days[codes])

    def label(self, code: int) -> str:
        """The item's title, or its id where it has none."""
        return self._titles[code].as_py() or self.ids.id(code)

    def allowed(self, codes: Ints, wanted: ItemFilter) -> Flags:
        """Which of the items the filter lets through, shape ``(n,)``."""
        kept: Flags = self._in_stock[codes] if wanted.in_stock else np.ones(len(codes), dtype=bool)
        if wanted.categories:
            kept = kept & np.isin(self._category[codes], _positions(self.categories, wanted.categories))
        if wanted.brands:
            kept = kept & np.isin(self._brand[codes], _positions(self.brands, wanted.brands))
        if wanted.min_price is not None:
            kept = kept & (self._price[codes] >= wanted.min_price)
        if wanted.max_price is not None:
            kept = kept & (self._price[codes] <= wanted.max_price)
        return kept

    def category(self, codes: Ints) -> Ints:
        """Positions of the items' categories in ``categories``, ``UNKNOWN`` where none, shape ``(n,)``."""
        return np.asarray(self._category[codes])

    def brand(self, codes: Ints) -> Ints:
        """Positions of the items' brands in ``brands``, ``UNKNOWN`` where none, shape ``(n,)``."""
        return np.asarray(self._brand[codes])

    def prices(self, codes: Ints) -> Floats:
        """List prices, NaN where none is known, shape ``(n,)``."""
        return np.asarray(self._price[codes])


def _titles(file: Path) -> pa.Array:
    try:
        reader = pa.ipc.open_file(pa.memory_map(str(file)))
        return reader.get_batch(0).column(0)
    except (OSError, pa.ArrowInvalid, IndexError) as error:
        raise broken(file, str(error)) from None


def _positions(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    chosen = set(wanted)
    return [position for position, name in enumerate(names) if name in chosen]
