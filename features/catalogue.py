"""What a shop offers at one moment, as numbers: items, by codes that are their places in the sorted ids, and sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Floats, Ints
from features.shop.promotions.promotion_days import PromotionDays
from features.usual_prices import UsualPrices

UNKNOWN = -1
"""The code of an item, category or brand that is not known."""


@dataclass(frozen=True)
class Catalogue:
    """Items and their attributes, aligned by code."""

    ids: pa.Array
    """Item ids, sorted; the position is the code."""
    titles: pa.Array
    """Titles, null where none is known."""
    category: Ints
    """Code of the category in ``categories``, ``UNKNOWN`` where none; shape (n_items,)."""
    categories: pa.Array
    """Names of the categories."""
    brand: Ints
    """Code of the brand in ``brands``, ``UNKNOWN`` where none; shape (n_items,)."""
    brands: pa.Array
    """Names of the brands."""
    price: Floats
    """List price, NaN where none; shape (n_items,)."""
    in_stock: np.ndarray
    """False where the item cannot be bought now; shape (n_items,)."""
    unit_cost: Floats
    """What one piece costs the shop, NaN where not told; shape (n_items,)."""
    added_us: Floats
    """When it was first offered, UTC microseconds since 1970, NaN where not told; shape (n_items,)."""
    usual_prices: UsualPrices
    """What a piece usually costs."""
    promotions: PromotionDays
    """The days of sales."""

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def before(
        cls,
        items: pa.Table,
        seen: pa.Array,
        cutoff: datetime | None = None,
        paid: pa.Table | None = None,
        promotions: PromotionDays | None = None,
    ) -> Catalogue:
        """The items described in ``items`` (``ITEM_SCHEMA``) or named by an event (``seen``).

        With ``cutoff``, described items that were first offered at or after it are left out unless ``seen``.
        ``paid`` has the medians paid for a piece of some items, as the reader's ``median_paid`` gives them.
        """
        if cutoff is not None and len(items):
            moment = pa.scalar(cutoff, pa.timestamp("us", tz="UTC"))
            offered = pc.fill_null(pc.less(items["added_at"], moment), True)
            items = items.filter(pc.or_(offered, pc.is_in(items["item_id"], value_set=seen)))
        described = items["item_id"].combine_chunks()
        ids = pc.unique(pa.concat_arrays([seen.cast(pa.string()), described]))
        ids = ids.take(pc.sort_indices(ids))
        rows = pc.index_in(ids, value_set=described)
        category, categories = _encoded(items["category"].combine_chunks().take(rows))
        brand, brands = _encoded(items["brand"].combine_chunks().take(rows))
        price, unit_cost = (
            items[name].cast(pa.float64()).combine_chunks().take(rows).to_numpy(zero_copy_only=False)
            for name in ("price", "unit_cost")
        )
        added = items["added_at"].cast(pa.int64()).cast(pa.float64(), safe=False).combine_chunks().take(rows)
        in_stock = pc.fill_null(items["in_stock"].combine_chunks().take(rows), True)
        return cls(
            ids=ids,
            titles=items["title"].combine_chunks().take(rows),
            category=category,
            categories=categories,
            brand=brand,
            brands=brands,
            price=price,
            in_stock=in_stock.to_numpy(zero_copy_only=False),
            unit_cost=unit_cost,
            added_us=added.to_numpy(zero_copy_only=False),
            usual_prices=UsualPrices.of(price, ids, paid),
            promotions=PromotionDays.of(()) if promotions is None else promotions,
        )

    def codes(self, item_ids: pa.Array | pa.ChunkedArray) -> Ints:
        """The code of each id, ``UNKNOWN`` where there is none, shape ``(n,)``."""
        found = pc.index_in(item_ids, value_set=self.ids)
        if isinstance(found, pa.ChunkedArray):
            found = found.combine_chunks()
        codes: Ints = pc.fill_null(found, UNKNOWN).to_numpy(zero_copy_only=False)
        return codes

    @property
    def usual_price(self) -> Floats:
        """List price, else the median paid for a piece, NaN where neither is known; shape (n_items,)."""
        return self.usual_prices.of_item

    @cached_property
    def price_level(self) -> Floats:
        """How dear each item is within its category, see :func:`log_price_levels`; shape (n_items,)."""
        return log_price_levels(self.price, self.category)

    def label(self, code: int) -> str:
        """What people call the item: its title, or its id where it has none."""
        return str(self.titles[code].as_py() or self.ids[code].as_py())


def log_price_levels(price: Floats, category: Ints) -> Floats:
    """For each item log(price / median price of its category), NaN where no price is known, ``(n_items,)``.

    Items without a category are compared with each other.
    """
    known = np.flatnonzero(price > 0)
    level = np.full(len(price), np.nan)
    if len(known):
        logs = np.log(price[known])
        level[known] = logs - group_medians(logs, category[known])
    return level


def group_medians(values: Floats, groups: Ints) -> Floats:
    """For each value the median of the values of its group; shape ``(n,)``, at least one value."""
    order = np.lexsort((values, groups))
    ranked = values[order]
    first = np.flatnonzero(np.diff(groups[order], prepend=groups[order[0]] - 1))
    count = np.diff(first, append=len(values))
    medians = (ranked[first + (count - 1) // 2] + ranked[first + count // 2]) / 2
    found = np.empty(len(values))
    found[order] = np.repeat(medians, count)
    return found


def _encoded(values: pa.Array) -> tuple[Ints, pa.Array]:
    """Codes by sorted name, so that they do not depend on the order of the rows."""
    names = pc.unique(values.drop_null())
    names = names.take(pc.sort_indices(names))
    return pc.fill_null(pc.index_in(values, value_set=names), UNKNOWN).to_numpy(zero_copy_only=False), names
