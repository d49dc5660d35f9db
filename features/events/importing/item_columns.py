"""What rows of events say about their items."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from features.events.event import ITEM_FIELDS, ITEM_SCHEMA, Field

ITEM_COLUMNS: tuple[Field, ...] = tuple(
    field for field in ITEM_FIELDS if field.name in ("title", "category", "brand", "price")
)
"""Fields of items that files of events often carry."""

_NAMES = [field.name for field in ITEM_COLUMNS]
_TEXTS = pa.schema([(name, pa.string()) for name in ("item_id", *_NAMES)])


class ItemColumns:
    """The last title, category, brand and price of each item so far; memory grows with items only."""

    def __init__(self) -> None:
        self.parts: list[pa.Table] = []
        self.waiting = 0
        self.items = 0

    def add(self, rows: pa.Table) -> None:
        """Take notice of good rows, in the order of the file. Empty values say nothing."""
        # As texts: Arrow cannot group decimals by their last value.
        part = _last_of_each(rows.select(["item_id", *_NAMES]).cast(_TEXTS))
        self.parts.append(part)
        self.waiting += len(part)
        if self.waiting > 2 * self.items + 100_000:
            self.parts = [_last_of_each(pa.concat_tables(self.parts))]
            self.items, self.waiting = len(self.parts[0]), 0

    def table(self) -> pa.Table:
        """The items about which something was said, in ``ITEM_SCHEMA``, sorted by id."""
        if not self.parts:
            return ITEM_SCHEMA.empty_table()
        items = _last_of_each(pa.concat_tables(self.parts)).sort_by("item_id")
        silent = items["title"].is_null()
        for name in _NAMES:
            silent = pc.and_(silent, items[name].is_null())
        known = items.filter(pc.invert(silent))
        return pa.table(
            [known[name] if name in known.column_names else pa.nulls(len(known)) for name in ITEM_SCHEMA.names],
            names=ITEM_SCHEMA.names,
        ).cast(ITEM_SCHEMA)


def _last_of_each(rows: pa.Table) -> pa.Table:
    """One row for each item with its last value in each column that has one."""
    # The order of rows counts, so a single thread does it.
    grouped = rows.group_by("item_id", use_threads=False).aggregate([(name, "last") for name in _NAMES])
    return grouped.select(["item_id", *(f"{name}_last" for name in _NAMES)]).rename_columns(["item_id", *_NAMES])
