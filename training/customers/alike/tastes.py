"""What customers take an interest in: the shop's main categories and brands, and each customer's share of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints, ratio
from features.catalogue import UNKNOWN, Catalogue
from features.events.event import KINDS
from features.history import CART, FAVORITE, PURCHASE, VIEW, History

INTEREST = {VIEW: 1.0, FAVORITE: 2.0, CART: 3.0, PURCHASE: 6.0}
"""How much interest an event shows, by the code of its kind; the other kinds show none."""

MOST_NAMES = {"category": 24, "brand": 12}
"""So many main categories and brands are told apart; the rest share what is left."""

LEAST_SHARE = 0.005
"""What has less of the shop's interest than this is no main category or brand."""


def interest(history: History) -> Floats:
    """How much interest each event shows; shape ``(n_events,)``."""
    return np.array([INTEREST.get(code, 0.0) for code in range(len(KINDS))])[history.kind]


def item_interest(history: History, kept: Flags) -> Floats:
    """The interest in each item of the customers that are ``kept`` (flags); shape ``(n_items,)``."""
    weight = interest(history) * kept[history.customer]
    return np.bincount(history.item, weights=weight, minlength=len(history.catalogue)).astype(np.float64)


@dataclass(frozen=True)
class Tastes:
    """The main categories, or brands, of a shop. Their names come from the shop and may be any text."""

    kind: str
    """``category`` or ``brand``."""
    names: tuple[str, ...]
    """Those with the most interest, the most first."""

    @classmethod
    def fit(cls, kind: str, catalogue: Catalogue, by_item: Floats) -> Tastes:
        """The main ones by the interest in each item, shape ``(n_items,)``."""
        codes, names = _codes(kind, catalogue)
        known = codes != UNKNOWN
        found = np.bincount(codes[known], weights=by_item[known], minlength=len(names))
        order = np.argsort(-found, kind="stable")[: MOST_NAMES[kind]]
        chosen = [int(code) for code in order if found[code] > 0 and found[code] >= LEAST_SHARE * found.sum()]
        # One name alone tells nobody apart.
        return cls(kind, tuple(names[code].as_py() for code in chosen) if len(names) > 1 else ())

    def shares(self, history: History) -> tuple[Floats, Floats]:
        """Each customer's share of interest in each, NaN where none is known; and the interest that it was told by.

        Shapes ``(n_customers, n_names)`` and ``(n_customers,)``.
        """
        codes, names = _codes(self.kind, history.catalogue)
        place = self._places(names)[codes]  # the last one is of an unknown code
        width = len(self.names) + 1
        weight = np.where(codes == UNKNOWN, 0.0, 1.0)[history.item] * interest(history)
        key = history.customer * width + place[history.item]
        found = np.bincount(key, weights=weight, minlength=len(history) * width).reshape(len(history), width)
        total = found.sum(axis=1)
        return ratio(found[:, :-1], np.broadcast_to(total[:, None], (len(total), width - 1))), total

    def _places(self, names: pa.Array) -> Ints:
        """The column of each code, the last one for the rest and for what has no code."""
        found = pc.fill_null(pc.index_in(names, value_set=pa.array(self.names, pa.string())), len(self.names))
        return np.append(found.to_numpy(zero_copy_only=False), len(self.names)).astype(np.int64)

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"kind": self.kind, "names": list(self.names)}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Tastes:
        """What :meth:`as_dict` wrote."""
        return cls(said["kind"], tuple(said["names"]))


def _codes(kind: str, catalogue: Catalogue) -> tuple[Ints, pa.Array]:
    if kind == "category":
        return catalogue.category, catalogue.categories
    return catalogue.brand, catalogue.brands


def taste_names(tastes: Sequence[Tastes]) -> tuple[str, ...]:
    """The traits' names: ``category 0``, ``category 1``, ... in the order of their names."""
    return tuple(f"{each.kind} {place}" for each in tastes for place in range(len(each.names)))
