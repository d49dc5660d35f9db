"""The items of a snapshot: what they are called, cost, and whether they can be bought."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.catalogue import UNKNOWN, Catalogue
from serving.snapshot_parts.array_file import broken, mapped, write_array
from serving.snapshot_parts.id_index import NO_ROW, IdIndex, IdIndexWriter
from serving.snapshot_parts.kept import Kept
from serving.snapshot_parts.titles import Titles, write_titles

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


class ItemNews(Protocol):
    """What was said of an item since the snapshot was made; None for what was not said."""

    @property
    def item_id(self) -> str:
        """Its id."""

    @property
    def in_stock(self) -> bool | None:
        """Whether it can be bought."""

    @property
    def price(self) -> float | None:
        """List price."""


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
    write_titles(folder, catalogue.titles)
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


MOST_TEXTS = 65_536
"""So many pieces of answers are kept, about 10 MB."""
MOST_DRAWS = 16_384
"""So many people's little-seen items of a day are kept, about 5 MB."""


class Shelf:
    """The items of one snapshot."""

    def __init__(self, folder: Path) -> None:
        """Map the item files of ``folder``."""
        self.ids = IdIndex(folder, "item")
        self._titles = Titles(folder)
        self._category = mapped(folder / "item_category.npy", np.int32)
        self._brand = mapped(folder / "item_brand.npy", np.int32)
        self._price = mapped(folder / "item_price.npy", np.float64)
        self._in_stock = self._published_stock = mapped(folder / "item_in_stock.npy", np.bool_)
        self._cycle_days = mapped(folder / "item_cycle_days.npy", np.float32)
        self._cycle_gaps = mapped(folder / "item_cycle_gaps.npy", np.int32)
        names = json.loads((folder / "item_names.json").read_text(encoding="utf-8"))
        self.categories: tuple[str, ...] = tuple(names["categories"])
        self.brands: tuple[str, ...] = tuple(names["brands"])
        columns = (self._titles, self._category, self._brand, self._price, self._in_stock)
        if {len(column) for column in (*columns, self._cycle_days, self._cycle_gaps)} != {len(self.ids)}:
            raise broken(folder / "item_titles.arrow", "the item files differ in length")
        self._category_of = self._category.data
        self._cycle = (self._cycle_days.data, self._cycle_gaps.data)
        self.id_texts, self.origin_texts = Kept[bytes](MOST_TEXTS), Kept[bytes](MOST_TEXTS)
        """Pieces of answers about these items: their ids, and where they came from and why. No news change them."""
        self.draws = Kept[Any](MOST_DRAWS)
        """Little-seen items as they were drawn for people who come again on the same day."""
        self._gone: frozenset[int] = frozenset()
        self._returned: frozenset[int] = frozenset()

    def with_news(self, news: Iterable[ItemNews]) -> Shelf:
        """The same items with what was said of some since; all else is shared, and this one stays as it is.

        Items that the shelf does not know are passed over.
        """
        told = [(code, each) for each in news if (code := self.ids.row(each.item_id)) != NO_ROW]
        shelf = copy(self)
        shelf.draws = Kept[Any](MOST_DRAWS)  # What can be bought has changed.
        shelf._in_stock, shelf._price = self._in_stock.copy(), self._price.copy()
        for code, each in told:
            if each.in_stock is not None:
                shelf._in_stock[code] = each.in_stock
            if each.price is not None:
                shelf._price[code] = each.price
        before = self._published_stock
        shelf._gone = frozenset(np.flatnonzero(before & ~shelf._in_stock).tolist())
        shelf._returned = frozenset(np.flatnonzero(~before & shelf._in_stock).tolist())
        return shelf

    @property
    def gone(self) -> frozenset[int]:
        """Codes of the items that could be bought when the snapshot was made, and cannot now."""
        return self._gone

    @property
    def returned(self) -> frozenset[int]:
        """Codes of the items that could not be bought when the snapshot was made, and can now."""
        return self._returned

    def __len__(self) -> int:
        return len(self.ids)

    def item(self, code: int) -> Item:
        """The item of a code."""
        return Item(self.ids.id(code), self._titles.of(code), self.category_name(code))

    def cycle(self, code: int) -> ItemCycle:
        """After how long the item of a code is bought again."""
        # Memory views: a single number of an array costs numpy a microsecond, and them a twentieth.
        days, gaps = self._cycle
        return ItemCycle(None if isnan(days[code]) else days[code], gaps[code])

    def usual_days(self, code: int) -> int:
        """Whole days after which the item is usually bought again, 0 where that happened too seldom to say."""
        cycle = self.cycle(code)
        return 0 if cycle.days is None or cycle.gap_count < LEAST_GAPS else round(cycle.days)

    def cycle_days(self, codes: Ints) -> Floats:
        """Median days until an item is bought again, NaN where nobody knows, shape of ``codes``."""
        return np.asarray(self._cycle_days[codes])

    def label(self, code: int) -> str:
        """The item's title, or its id where it has none."""
        return self._titles.of(code) or self.ids.id(code)

    def category_name(self, code: int) -> str | None:
        """The name of the item's category, None where it is not known."""
        category = self._category_of[code]
        return self.categories[category] if category != UNKNOWN else None

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


def _positions(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    chosen = set(wanted)
    return [position for position, name in enumerate(names) if name in chosen]
