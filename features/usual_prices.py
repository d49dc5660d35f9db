"""What one piece of each item usually costs, by which a discount is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints

SIZES = (2, 4, 8, 16, 32, 64, 128)
"""Lines of fewer pieces than the first, of fewer than the second, and so on are of about one size."""

FEWEST_LINES = 3
"""Fewer lines of a size say nothing of what is usual for it."""

AGREEING = (0.375, 0.625)
"""Where neither the price at the lower nor at the upper of these quantiles is the median, prices do not agree."""

ROUNDING = 0.02
"""Prices that differ by no more than this share are the same."""

WHOLE_ITEM = -1
"""Stands for all sizes together."""

NOTHING_PAID = pa.table(
    {
        "item_id": pa.array([], pa.string()),
        "size": pa.array([], pa.int8()),
        "median": pa.array([], pa.float64()),
        "agreed": pa.array([], pa.bool_()),
    }
)
"""What was paid where nothing was bought."""


@dataclass(frozen=True)
class UsualPrices:
    """The usual prices of items, aligned by code."""

    of_item: Floats
    """List price, else the median paid for a piece, NaN where neither is known; shape (n_items,)."""
    is_usual: Flags
    """Whether a line may be held to it: false where no list price is told and what was paid does not agree, as with an
    item that stands for whole orders; shape (n_items,)."""
    sized: Ints
    """Item and size as one rising number, where a size has a price of its own; shape (n_sized,)."""
    of_size: Floats
    """The median paid for a piece in lines of that size; shape (n_sized,)."""

    @classmethod
    def of(cls, listed: Floats, ids: pa.Array, paid: pa.Table | None) -> UsualPrices:
        """The usual prices of the items ``ids`` with list prices ``listed``, NaN where none; ``(n_items,)``.

        ``paid`` is what :meth:`features.events.reader.EventReader.median_paid` found. List prices come before it.
        """
        if paid is None or not len(paid):
            return cls(listed, np.ones(len(listed), dtype=bool), np.zeros(0, dtype=np.int64), np.zeros(0))
        code = pc.fill_null(pc.index_in(paid["item_id"], value_set=ids), -1).to_numpy().astype(np.int64)
        size, median = paid["size"].to_numpy().astype(np.int64), paid["median"].to_numpy()
        wanted = (code >= 0) & np.isnan(listed)[code]
        whole, sized = wanted & (size == WHOLE_ITEM), wanted & (size != WHOLE_ITEM)
        of_item, is_usual = listed.copy(), np.ones(len(listed), dtype=bool)
        of_item[code[whole]] = median[whole]
        is_usual[code[whole]] = paid["agreed"].to_numpy()[whole]
        key = code[sized] * (len(SIZES) + 1) + size[sized]
        order = np.argsort(key)
        return cls(of_item, is_usual, key[order], median[sized][order])

    def of_lines(self, item: Ints, quantity: Floats) -> Floats:
        """What a piece usually costs in lines of these items and quantities, NaN where nobody knows; ``(n_lines,)``.

        The lower price of a size counts, since who buys more pays less for a piece; a higher one does not.
        """
        usual = np.where(self.is_usual[item], self.of_item[item], np.nan)
        if not len(self.sized):
            return usual
        key = item * np.int64(len(SIZES) + 1) + np.searchsorted(SIZES, quantity, side="right")
        place = np.minimum(np.searchsorted(self.sized, key), len(self.sized) - 1)
        return np.where(self.sized[place] == key, np.fmin(usual, self.of_size[place]), usual)


def agreed_sql(price: str) -> str:
    """The SQL of whether many of a group's prices are its median, from the name of their column."""
    low, high = (f"quantile_cont({price}, {share})" for share in AGREEING)
    return f"({low} >= {1 - ROUNDING} * median({price}) or {high} <= {1 + ROUNDING} * median({price}))"


def size_sql(quantity: str) -> str:
    """The SQL of the size of a line, 0 to ``len(SIZES)``, from the name of its column of pieces."""
    return " + ".join(f"({quantity} >= {pieces})::tinyint" for pieces in SIZES)
