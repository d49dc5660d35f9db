"""Customers with like baskets: who bought each item, and what these customers bought.

The way of TIFU-KNN (Hu, He, Gao and Zhang 2020, "Modeling personalized item frequency information for next-basket
recommendation"): a customer is the sum of their orders, older ones counting less, and those nearest vote for what they
buy. Rare items tell more of a likeness than common ones. Both tables are bounded, whatever the shop's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from training.recommend.bought import Bought
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People
from training.recommend.top import Rows, best_products, sparse_matrix, strongest, strongest_places

ORDER_DECAY = 0.9
"""An order counts for so much of the one after it."""

MOST_CUSTOMERS = 100_000
"""The customers with the newest orders that are kept."""

BUYERS_PER_ITEM = 1_000
"""The buyers of one item that are looked up, those for whom it is the largest part of what they buy."""


@dataclass(frozen=True)
class Baskets:
    """What some customers buy; those with one item only say nothing and are left out."""

    items: int
    """Size of the catalogue."""
    age_days: Floats
    """Age of each customer's newest order, shape (n_customers,)."""
    customer: Ints
    """Position of the customer, rising; int32, shape (n,)."""
    item: Ints
    """Item code; int32, shape (n,)."""
    weight: Floats
    """How often and how lately they bought it, see :func:`decayed`; float32, shape (n,)."""
    buyers: Floats
    """Customers who bought each item, all of them; shape (n_items,)."""
    customers: int
    """Customers who bought something, all of them."""

    @classmethod
    def of(cls, people: People) -> Baskets:
        """The baskets of some people, of each their ``history_items`` strongest items."""
        bought, size = people.bought, people.shape[1]
        weight = decayed(bought)
        several = np.bincount(bought.customer, minlength=len(people)) > 1
        kept = strongest(bought.customer, weight, people.history_items)
        kept = kept[several[bought.customer[kept]]]
        newest = np.full(len(people), np.inf)
        np.minimum.at(newest, bought.customer, bought.days_since)
        return cls(
            size,
            newest[several],
            (np.cumsum(several) - 1)[bought.customer[kept]].astype(np.int32),
            bought.item[kept].astype(np.int32),
            weight[kept].astype(np.float32),
            np.bincount(bought.item, minlength=size).astype(np.float64),
            int((bought.order_count > 0).sum()),
        )


def decayed(bought: Bought) -> Floats:
    """Orders with the item, each ``ORDER_DECAY`` of the next; shape ``(n_pairs,)``."""
    return bought.decayed(ORDER_DECAY)


@dataclass(frozen=True)
class BasketNeighbours:
    """Customers by the age of their newest order, and what they buy."""

    rarity: Floats
    """How much an item says of a likeness: the logarithm of 1 + customers per buyer; float32, shape (n_items,)."""
    buyers_of: sparse.csr_matrix
    """How large a part of each buyer's baskets the item is, rarity counted in; ``(n_items, n_customers)``."""
    items_of: sparse.csr_matrix
    """What each customer buys, rows of length 1; ``(n_customers, n_items)``.

    With rows as long as the customer has ordered often the votes alone are better on Ta-Feng (recall@10 .122 for .121)
    and worse on Online Retail (.349 for .359), and the ranker that sees them is worse (.1230 for .1244 on a fold).
    """

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> Baskets:
        """The customers of one bucket."""
        return Baskets.of(people)

    @classmethod
    def of(cls, parts: Sequence[Baskets], shop: Shop) -> BasketNeighbours:
        """The customers of the whole shop who ordered last."""
        buyers = np.sum([part.buyers for part in parts], axis=0)
        customers = sum(part.customers for part in parts)
        rarity = np.log1p(customers / np.maximum(buyers, 1.0)).astype(np.float32)
        rows = sparse.vstack([_matrix(part) for part in parts], format="csr")
        newest = np.argsort(np.concatenate([part.age_days for part in parts]), kind="stable")[:MOST_CUSTOMERS]
        items_of = unit_rows(rows[newest]).matrix
        told = unit_rows(scaled_columns(items_of, rarity)).matrix.tocoo()
        kept = strongest(told.col, told.data, BUYERS_PER_ITEM)
        return cls(
            rarity=rarity,
            buyers_of=sparse_matrix(told.col[kept], told.row[kept], told.data[kept], items_of.shape[::-1]),
            items_of=items_of,
        )

    def likest(self, people: People, neighbours: int) -> Rows:
        """The ``neighbours`` likest customers by their share of the likeness, ``(n_people, n_customers)``.

        The person may be among them: nobody is liker.
        """
        bought = people.bought
        weight = decayed(bought)
        kept = strongest_places(bought.customer, weight, people.history_items)
        own = Rows.of(bought.customer[kept], bought.item[kept], weight[kept], people.shape)
        return best_products(unit_rows(scaled_columns(own, self.rarity)), self.buyers_of, neighbours).shares


def unit_rows(matrix: sparse.csr_matrix | Rows) -> Rows:
    """The rows at length 1."""
    rows = matrix.shape[0]
    row = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    length = np.sqrt(np.bincount(row, weights=np.square(matrix.data), minlength=rows)).astype(np.float32)
    return Rows(matrix.data / np.maximum(length, 1e-12)[row], matrix.indices, matrix.indptr, matrix.shape)


def scaled_columns(matrix: sparse.csr_matrix | Rows, factor: Floats) -> Rows:
    """Each column times its ``factor``."""
    return Rows(matrix.data * factor[matrix.indices], matrix.indices, matrix.indptr, matrix.shape)


def _matrix(part: Baskets) -> sparse.csr_matrix:
    return sparse_matrix(part.customer, part.item, part.weight, (len(part.age_days), part.items))
