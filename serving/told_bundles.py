"""Bundles for people to read: their items, their figures, and a sentence in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Ints
from features.catalogue import UNKNOWN
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.counted.bundles import Bundles

RISING, STEADY, FALLING = "rising", "steady", "falling"
"""Whether a bundle is bought more in the newer half of all orders, surely enough to say so."""

_TRENDS: Mapping[str, Mapping[str, str]] = {
    "en": {RISING: ", more often lately", STEADY: "", FALLING: ", less often lately"},
    "zh": {RISING: "，近期更多", STEADY: "", FALLING: "，近期减少"},
}

_SENTENCES: Mapping[str, str] = {
    "en": "often bought together: {orders} orders, {lift} times as often as by chance{trend}{profit}",
    "zh": "常被一起购买：{orders}笔订单，是随机情况的{lift}倍{trend}{profit}",
}

_PROFITS: Mapping[str, str] = {"en": ", earns {profit:,.2f} an order", "zh": "，每单毛利{profit:,.2f}"}

LISTED = pa.schema(
    [
        *((f"{name}_{number}", pa.string()) for number in (1, 2, 3) for name in ("item", "title")),
        ("orders", pa.int64()),
        ("customers", pa.int64()),
        ("expected_orders", pa.float64()),
        ("lift", pa.float64()),
        ("lift_low", pa.float64()),
        ("support", pa.float64()),
        *((f"confidence_{number}", pa.float64()) for number in (1, 2, 3)),
        ("p_value", pa.float64()),
        ("q_value", pa.float64()),
        ("newest_share", pa.float64()),
        ("newest_low", pa.float64()),
        ("newest_high", pa.float64()),
        ("trend", pa.string()),
        ("price", pa.float64()),
        ("profit", pa.float64()),
        ("why", pa.string()),
    ]
)
"""The columns of a file of bundles."""


@dataclass(frozen=True)
class ToldBundle:
    """One bundle."""

    items: tuple[int, ...]
    """Codes of its two or three items."""
    confidence: tuple[float, ...]
    """For each of them: of the orders that hold it, the share that holds the others as well."""
    figures: Mapping[str, int | float | None]
    """The figures of ``LISTED`` by name, None where something is not known."""
    trend: str
    """``rising``, ``steady`` or ``falling``."""

    @classmethod
    def of(cls, bundles: Bundles, place: int) -> ToldBundle:
        """The bundle at a place."""
        size = int(np.count_nonzero(bundles.items[place] != UNKNOWN))
        low, high = float(bundles.newest_low[place]), float(bundles.newest_high[place])
        orders = int(bundles.orders[place])
        figures = {
            "orders": orders,
            "customers": int(bundles.people[place]),
            "expected_orders": _rounded(bundles.expected[place], 2),
            "lift": _rounded(bundles.lift[place], 2),
            "lift_low": _rounded(bundles.lift_low[place], 2),
            "support": _rounded(orders / max(bundles.order_count, 1), 6),
            "p_value": float(bundles.p_value[place]),
            "q_value": float(bundles.q_value[place]),
            "newest_share": _rounded(bundles.newest_share[place], 3),
            "newest_low": _rounded(low, 3),
            "newest_high": _rounded(high, 3),
            "price": _rounded(bundles.price[place], 2),
            "profit": _rounded(bundles.profit[place], 2),
        }
        return cls(
            tuple(bundles.items[place, :size].tolist()),
            tuple(round(share, 4) for share in bundles.confidence[place, :size].tolist()),
            figures,
            RISING if low > 0.5 else FALLING if high < 0.5 else STEADY,
        )

    def sentence(self, language: str) -> str:
        """How often it is bought, and what it earns where that is known, in words."""
        words = "zh" if language == "zh" else "en"
        lift, profit = float(self.figures["lift"] or 0), self.figures["profit"]
        said = {"orders": f"{self.figures['orders']:,}", "lift": f"{lift:,.0f}" if lift >= 10 else f"{lift:.1f}"}
        earned = "" if profit is None else _PROFITS[words].format(profit=profit)
        return _SENTENCES[words].format(**said, trend=_TRENDS[words][self.trend], profit=earned)


def told_bundles(snapshot: Snapshot, code: int | None = None, *, in_stock: bool = True) -> Iterator[ToldBundle]:
    """The bundles of an item, or all, the one with the most orders beyond chance first.

    By default only those of which every item can be bought now.
    """
    bundles = snapshot.bundles
    places = np.arange(len(bundles)) if code is None else bundles.of_item(code)
    if in_stock:
        places = places[_offered(snapshot, bundles.items[places])]
    for place in places.tolist():
        yield ToldBundle.of(bundles, place)


def bundle_table(snapshot: Snapshot, language: str, most: int | None = None, *, in_stock: bool = False) -> pa.Table:
    """The best bundles as a table with the columns of ``LISTED``."""
    found = islice(told_bundles(snapshot, in_stock=in_stock), most)
    return pa.Table.from_pylist([_listed(snapshot, bundle, language) for bundle in found], schema=LISTED)


def _listed(snapshot: Snapshot, bundle: ToldBundle, language: str) -> dict[str, object]:
    row: dict[str, object] = {**bundle.figures, "trend": bundle.trend, "why": bundle.sentence(language)}
    for number, (code, confidence) in enumerate(zip(bundle.items, bundle.confidence, strict=True), start=1):
        item = snapshot.shelf.item(code)
        row |= {f"item_{number}": item.item_id, f"title_{number}": item.title, f"confidence_{number}": confidence}
    return row


def _offered(snapshot: Snapshot, items: Ints) -> Flags:
    """Whether all items of each bundle can be bought now, shape ``(n,)``."""
    known = items != UNKNOWN
    offered = np.ones(items.shape, dtype=bool)
    offered[known] = snapshot.shelf.allowed(items[known], ItemFilter())
    return np.asarray(offered.all(axis=1))


def _rounded(value: float, digits: int) -> float | None:
    return None if np.isnan(value) else round(float(value), digits)
