"""What is usual for people of one kind: the numbers of those who did order, and how often that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from training.customers.explaining.concepts import CONCEPTS, REST
from training.tables import KINDS, CustomerTable, kind_codes

COMPARED = (
    "orders_per_year",
    "purchase_gap_mean_days",
    "order_count_all",
    "order_count_90d",
    "net_spend_all",
    "net_spend_90d",
    "days_since_first",
    "days_since_first_purchase",
    "view_count_30d",
    "days_since_any",
    "active_days_90d",
    "cart_count_30d",
    "favorite_count_30d",
    "distinct_bought_item_count",
    "distinct_item_count",
    "discounted_share",
    "bought_price_mean",
    "viewed_price_mean",
    "weekend_share",
)
"""The features that sentences compare with what is usual."""

SECOND_ORDER = "second_order_days"
"""The name of one number that is no feature: days from the first to the second purchase day."""

LEAST_CUSTOMERS = 30
"""What is usual needs to be seen of so many rows."""


@dataclass(frozen=True)
class Usual:
    """What is usual, for each of ``KINDS``. Where too few were seen a number is NaN and a concept adds 0."""

    numbers: Mapping[str, tuple[float, ...]]
    """Medians among those who ordered within the horizon, by feature; one for each kind."""
    order_rates: tuple[float, ...]
    """Share of each kind that ordered within the horizon."""
    ordered: Floats
    """What concepts added to the margin of those who ordered, on average; log-odds, shape (n_kinds, n_concepts)."""
    stayed_away: Floats
    """The same of those who did not order."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], contributions: Callable[[CustomerFeatures], Floats]) -> Usual:
        """Learn from labelled customers of all cutoffs; ``contributions`` tells what concepts add to their margins."""
        kinds = np.concatenate([np.zeros(0, dtype=np.int64), *(kind_codes(table.features) for table in tables)])
        ordered = np.concatenate([np.zeros(0, dtype=bool), *(table.ordered for table in tables)])
        added = np.concatenate([np.zeros((0, REST)), *(contributions(table.features)[:, :REST] for table in tables)])
        numbers = {name: _medians(_column(tables, name), kinds, ordered) for name in COMPARED}
        gap, days = _column(tables, "purchase_gap_mean_days"), _column(tables, "purchase_day_count")
        # The one gap of those with two purchase days, told to those with one.
        numbers[SECOND_ORDER] = _medians(gap, np.full(len(kinds), KINDS.index("one_order")), days == 2)
        return cls(
            numbers,
            tuple(_mean(ordered[kinds == kind]) for kind in range(len(KINDS))),
            _kind_means(added, kinds, ordered),
            _kind_means(added, kinds, ~ordered),
        )

    @classmethod
    def unknown(cls) -> Usual:
        """Nothing is known to be usual."""
        return cls.fit([], lambda features: np.zeros((len(features), REST + 1)))

    def of(self, kind: str, number: str) -> float:
        """What is usual for people of one kind; NaN where it is not known."""
        return self.numbers[number][KINDS.index(kind)]

    def column(self, number: str, kinds: Ints) -> Floats:
        """What is usual for each customer, given the codes of their kinds; shape ``(n,)``."""
        found: Floats = np.array(self.numbers[number])[kinds]
        return found

    def as_dict(self) -> dict[str, Any]:
        """The figures in plain types, for JSON, null where unknown; :meth:`from_dict` reads it."""
        return {
            kind: {
                "order_rate": _plain(self.order_rates[place]),
                "numbers": {name: _plain(values[place]) for name, values in self.numbers.items()},
                "ordered": dict(zip(CONCEPTS, self.ordered[place].tolist(), strict=True)),
                "stayed_away": dict(zip(CONCEPTS, self.stayed_away[place].tolist(), strict=True)),
            }
            for place, kind in enumerate(KINDS)
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Usual:
        """What :meth:`as_dict` wrote."""
        kinds = [said[kind] for kind in KINDS]
        return cls(
            {name: tuple(_number(kind["numbers"][name]) for kind in kinds) for name in (*COMPARED, SECOND_ORDER)},
            tuple(_number(kind["order_rate"]) for kind in kinds),
            np.array([[kind["ordered"][concept] for concept in CONCEPTS] for kind in kinds]),
            np.array([[kind["stayed_away"][concept] for concept in CONCEPTS] for kind in kinds]),
        )


def _column(tables: Sequence[CustomerTable], name: str) -> Floats:
    return np.concatenate([np.zeros(0), *(table.features.column(name) for table in tables)])


def _medians(values: Floats, kinds: Ints, counted: Flags) -> tuple[float, ...]:
    """The median of each kind over the rows that count and have a number."""
    known = counted & np.isfinite(values)
    parts = [values[known & (kinds == kind)] for kind in range(len(KINDS))]
    return tuple(float(np.median(part)) if len(part) >= LEAST_CUSTOMERS else np.nan for part in parts)


def _mean(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) >= LEAST_CUSTOMERS else np.nan


def _kind_means(added: Floats, kinds: Ints, counted: Flags) -> Floats:
    """The mean of each column over the rows of each kind that count; shape ``(n_kinds, n_columns)``."""
    parts = [added[counted & (kinds == kind)] for kind in range(len(KINDS))]
    none = np.zeros(added.shape[1])
    return np.array([part.mean(axis=0) if len(part) >= LEAST_CUSTOMERS else none for part in parts])


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else number


def _number(said: float | None) -> float:
    return np.nan if said is None else float(said)
