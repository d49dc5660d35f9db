"""What was known of some customers just before one moment, as flat arrays.

Events lie one after another, ordered by customer and time; ``boundaries`` says where each customer begins.
Every feature, of one customer in a live request or of a whole bucket, is computed from these arrays by the
same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats, Ints, joined, missing, places, run_lengths, run_starts, runs
from features.catalogue import UNKNOWN, Catalogue
from features.events.event import KIND_CODES, KINDS
from features.moments import microseconds
from features.orders import Orders

T = TypeVar("T")

DAY_US = 86_400_000_000
"""Microseconds in a day."""

VIEW, FAVORITE, CART = KIND_CODES["view"], KIND_CODES["favorite"], KIND_CODES["cart"]
UNCART, UNFAVORITE = KIND_CODES["uncart"], KIND_CODES["unfavorite"]
PURCHASE, RETURN = KIND_CODES["purchase"], KIND_CODES["return"]


EVENT_ARRAYS = ("kind", "item", "age_days", "local_day", "local_hour", "quantity", "unit_price")
"""The fields of a history that hold one number for each event."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of customer and item, ordered by customer, the newest first."""

    customer: Ints
    """Position of the customer in the history; shape (n_pairs,)."""
    item: Ints
    """Item code; shape (n_pairs,)."""
    age_days: Floats
    """Days between the event that made the pair and the cutoff; shape (n_pairs,)."""


@dataclass(frozen=True)
class ActiveDays:
    """Distinct local days on which a customer did something, by customer and time."""

    customer: Ints
    """Position of the customer in the history; shape (n_days,)."""
    local_day: Ints
    """The shop's day, as a number since 1970-01-01; shape (n_days,)."""
    age_days: Floats
    """Days between the day's first event and the cutoff; shape (n_days,)."""
    newest_age_days: Floats
    """Days between the day's last event and the cutoff; shape (n_days,)."""


@dataclass(frozen=True)
class History:
    """Customers and their events before a cutoff."""

    cutoff: datetime
    """The moment; only what was known before it is here."""
    catalogue: Catalogue
    """The items, by whose codes the events speak."""
    customer_ids: pa.Array
    """Ids in order; length n_customers."""
    boundaries: Ints = field(repr=False)
    """Where each customer's events begin, and the end; shape (n_customers + 1,)."""
    kind: Ints = field(repr=False)
    """Code of the kind in ``KINDS``; shape (n_events,)."""
    item: Ints = field(repr=False)
    """Item code; shape (n_events,)."""
    age_days: Floats = field(repr=False)
    """Days from the event to the cutoff, above 0; shape (n_events,)."""
    local_day: Ints = field(repr=False)
    """The shop's day, as a number since 1970-01-01; shape (n_events,)."""
    local_hour: Ints = field(repr=False)
    """Hour of the shop's day, 0 to 23; shape (n_events,)."""
    quantity: Floats = field(repr=False)
    """Pieces; shape (n_events,)."""
    unit_price: Floats = field(repr=False)
    """Price of one piece, NaN where not known; shape (n_events,)."""
    order_id: pa.Array | Ints = field(repr=False)
    """Order ids, null where none, or numbers that stand for them, ``UNKNOWN`` where none; length n_events."""

    @classmethod
    def before(cls, events: pa.Table, cutoff: datetime, catalogue: Catalogue) -> History:
        """The history of everyone in ``events`` before ``cutoff``.

        ``events`` has the columns of :data:`features.events.reader.HISTORY_SQL`, ordered by customer and
        time, as :meth:`features.events.reader.EventReader.bucket` gives them. Later events and items that the
        catalogue does not know are left out.
        """
        cutoff_us = microseconds(cutoff)
        occurred = events["occurred_us"].to_numpy()
        item = catalogue.codes(events["item_id"])
        kept = (occurred < cutoff_us) & (item != UNKNOWN)
        if not kept.all():
            events, occurred, item = events.filter(pa.array(kept)), occurred[kept], item[kept]
        events = events.combine_chunks()
        customer_ids, boundaries = runs(events["customer_id"])
        return cls(
            cutoff=cutoff,
            catalogue=catalogue,
            customer_ids=customer_ids,
            boundaries=boundaries,
            kind=_kind_codes(events["kind"]),
            item=item,
            age_days=(cutoff_us - occurred) / DAY_US,
            local_day=events["local_day"].to_numpy(),
            local_hour=events["local_hour"].to_numpy(),
            quantity=events["quantity"].to_numpy(),
            unit_price=events["unit_price"].to_numpy(),
            order_id=joined(events["order_id"]),
        )

    def __len__(self) -> int:
        return len(self.boundaries) - 1

    def part(self, start: int, stop: int) -> History:
        """The customers from position ``start`` to before ``stop``; the arrays are shared, not copied."""
        edges = self.boundaries[start : stop + 1]
        rows = slice(edges[0], edges[-1])
        arrays = {name: getattr(self, name)[rows] for name in EVENT_ARRAYS}
        ids = self.customer_ids.slice(start, len(edges) - 1)
        return replace(self, customer_ids=ids, boundaries=edges - edges[0], order_id=self.order_id[rows], **arrays)

    def chosen(self, customers: Ints) -> History:
        """Some customers, by rising positions; their events are copied."""
        kept = np.zeros(len(self), dtype=bool)
        kept[customers] = True
        rows = np.flatnonzero(kept[self.customer])
        arrays = {name: getattr(self, name)[rows] for name in EVENT_ARRAYS}
        ids = self.customer_ids.take(pa.array(customers))
        edges = np.concatenate(([0], np.cumsum(np.diff(self.boundaries)[customers])))
        return replace(self, customer_ids=ids, boundaries=edges, order_id=self.orders_of(rows), **arrays)

    @cached_property
    def customer(self) -> Ints:
        """Position of each event's customer, shape ``(n_events,)``."""
        if len(self) == 1:
            return np.zeros(len(self.kind), dtype=np.int64)
        return np.repeat(np.arange(len(self)), np.diff(self.boundaries))

    @cached_property
    def price(self) -> Floats:
        """Price of each event's item: as paid or shown, else its list price, else NaN, ``(n_events,)``."""
        return np.where(np.isnan(self.unit_price), self.catalogue.price[self.item], self.unit_price)

    def of(self, *kinds: int) -> Ints:
        """Positions of the events of these kinds, in order."""
        if kinds not in self._found:
            wanted = self.kind == kinds[0]
            for kind in kinds[1:]:
                wanted |= self.kind == kind
            self._found[kinds] = places(wanted)
        return self._found[kinds]

    def orders_of(self, rows: Ints) -> pa.Array | Ints:
        """Order ids of some events, as :attr:`order_id` holds them."""
        return self.order_id[rows] if isinstance(self.order_id, np.ndarray) else self.order_id.take(pa.array(rows))

    def once(self, work: Callable[[History], T]) -> T:
        """What ``work`` makes of this history, made once: several that are asked about it may want the same."""
        if work not in self._made:
            self._made[work] = work(self)
        return cast("T", self._made[work])

    @cached_property
    def _made(self) -> dict[Callable[[History], Any], Any]:
        return {}

    @cached_property
    def _found(self) -> dict[tuple[int, ...], Ints]:
        return {}

    def window(self, days: Sequence[float], rows: Ints | None = None) -> Ints:
        """For each event the first of the nested windows that holds it, ``len(days)`` for none, ``(n,)``.

        A window of ``d`` days is ``[cutoff - d days, cutoff)``. ``days`` must rise.
        """
        ages = self.age_days if rows is None else self.age_days[rows]
        return np.asarray(days, dtype=np.float64).searchsorted(ages, side="left")

    def counts(self, days: Sequence[float]) -> Floats:
        """Events by kind in each window and in all time, shape ``(n_customers, n_kinds, n_windows + 1)``."""
        width = len(days) + 1
        index = (self.customer * len(KINDS) + self.kind) * width + self.window(days)
        flat = np.bincount(index, minlength=len(self) * len(KINDS) * width)
        return flat.reshape(len(self), len(KINDS), width).cumsum(axis=2)

    def totals(self, rows: Ints, values: Floats, days: Sequence[float]) -> Floats:
        """Sums of ``values`` over ``rows`` in each window and all time, ``(n_customers, n_windows + 1)``."""
        width = len(days) + 1
        index = self.customer[rows] * width + self.window(days, rows)
        flat = np.bincount(index, weights=values, minlength=len(self) * width)
        return flat.reshape(len(self), width).cumsum(axis=1)

    def sums(self, customer: Ints, values: Floats | Ints | Flags | None = None) -> Floats:
        """Sum of ``values`` (or the number of entries) for each customer, shape ``(n_customers,)``."""
        return np.bincount(customer, weights=values, minlength=len(self.boundaries) - 1).astype(np.float64)

    def total(self, values: Floats | Flags) -> Floats:
        """Sum of one value per event for each customer, shape ``(n_customers,)``; a tenth of the cost of sums."""
        if len(self) == 0:
            return np.zeros(0)
        return np.add.reduceat(values, self.boundaries[:-1], dtype=np.float64)

    def latest(self, rows: Ints | None = None) -> Floats:
        """Age in days of each customer's newest event among ``rows``, NaN where none, ``(n_customers,)``."""
        return self._edge(rows, newest=True)

    def first(self, rows: Ints | None = None) -> Floats:
        """Age in days of each customer's oldest event among ``rows``, NaN where none, ``(n_customers,)``."""
        return self._edge(rows, newest=False)

    def _edge(self, rows: Ints | None, *, newest: bool) -> Floats:
        # Events lie in time order within a customer: the edges are the ends of its run.
        if rows is None:
            edges = self.boundaries[1:] - 1 if newest else self.boundaries[:-1]
            return self.age_days[edges]
        customer = self.customer[rows]
        edges = run_starts(customer[1:] != customer[:-1], len(rows))
        if newest:
            edges = edges + run_lengths(edges, len(rows)) - 1
        found = missing(len(self))
        found[customer[edges]] = self.age_days[rows[edges]]
        return found

    def active_days(self, rows: Ints | None = None) -> ActiveDays:
        """Each customer's distinct local days with an event among ``rows``."""
        customer = self.customer if rows is None else self.customer[rows]
        day = self.local_day if rows is None else self.local_day[rows]
        ages = self.age_days if rows is None else self.age_days[rows]
        first = run_starts((day[1:] != day[:-1]) | (customer[1:] != customer[:-1]), len(day))
        last = np.append(first[1:], len(day))[: len(first)] - 1
        return ActiveDays(customer[first], day[first], ages[first], ages[last])

    @cached_property
    def orders(self) -> Orders:
        """All orders, by customer and time."""
        return Orders.of(self)

    @cached_property
    def open_carts(self) -> Pairs:
        """What lies in the cart: carted, and neither taken out nor bought since; the newest first."""
        return self._open(CART, UNCART, PURCHASE)

    @cached_property
    def open_favorites(self) -> Pairs:
        """What is favourited, and neither unfavourited nor bought since; the newest first."""
        return self._open(FAVORITE, UNFAVORITE, PURCHASE)

    def _open(self, opening: int, *closing: int) -> Pairs:
        if not len(self.of(opening)):
            return Pairs(np.zeros(0, np.int64), np.zeros(0, self.item.dtype), np.zeros(0))
        rows = self.of(opening, *closing)
        key = self.customer[rows] * np.int64(len(self.catalogue) + 1) + self.item[rows]
        # Faster than np.unique with an index, whose sort must be stable.
        by_key = key.argsort()
        ordered = key[by_key]
        starts = run_starts(ordered[1:] != ordered[:-1], len(key))
        last = np.maximum.reduceat(rows[by_key], starts)
        last = last[self.kind[last] == opening]
        last = last[np.lexsort((-last, self.customer[last]))]
        return Pairs(self.customer[last], self.item[last], self.age_days[last])


def _kind_codes(column: pa.ChunkedArray) -> Ints:
    array = joined(column)
    if len(array) == 0:
        return np.zeros(0, dtype=np.uint8)
    if not isinstance(array, pa.DictionaryArray):
        array = array.dictionary_encode()
    to_code = np.array([KIND_CODES[name] for name in array.dictionary.to_pylist()], dtype=np.uint8)
    codes: Ints = array.indices.to_numpy(zero_copy_only=False)
    return to_code[codes]
