"""Diversity: an order that gives way, as far as is asked for, to items of other categories and brands."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN
from training.recommend.top import rank_in_group

_BRAND_PART = 0.5
"""A second item of a brand counts as so much of a second item of a category."""


def spread(relevance: Floats, category: Ints, brand: Ints, diversity: float) -> Ints:
    """The positions of the items in the order in which to show them, shape ``(n,)``.

    ``relevance`` falls from at most 1 to at least 0. With ``diversity`` 0 the order stays, with 1 the categories
    take turns, the best first, and a category of a single brand waits a little. In between an item stands by

        (1 - diversity) * relevance - diversity * (1 - 1 / (1 + number of better items of its category)).

    Within a category the same is done with brands, at half the weight, before its items are numbered. This is the
    greedy order of maximal marginal relevance (Carbonell and Goldstein, 1998) for a likeness that grows with what
    is shown already. An item's value never rises with ``diversity`` relative to the first of any category, so the
    first so many items never hold fewer categories when ``diversity`` is higher. Items without a category are one
    category; items without a brand are like no other.
    """
    keen = 1.0 - diversity
    value = keen * relevance
    if diversity <= 0 or len(value) < 2:
        return np.arange(len(value))
    same_brand = np.where(brand == UNKNOWN, 0, _better(_pairs(category, brand), value))
    value = value - _BRAND_PART * diversity * _likeness(same_brand)
    value = value - diversity * _likeness(_better(category, value))
    return np.argsort(-value, kind="stable")


def _better(group: Ints, value: Floats) -> Ints:
    """How many of an item's group stand before it by ``value``, ties by position, shape ``(n,)``."""
    order = np.lexsort((-value, group))
    found = np.empty(len(order), dtype=np.int64)
    found[order] = rank_in_group(group[order])
    return found


def _likeness(better: Ints) -> Floats:
    """How much an item is like those before it, 0 for the first and below 1, shape ``(n,)``."""
    likeness: Floats = 1.0 - 1.0 / (1.0 + better)
    return likeness


def _pairs(category: Ints, brand: Ints) -> Ints:
    """One number for each pair of category and brand, shape ``(n,)``."""
    return (category.astype(np.int64) + 1) * (int(brand.max()) + 2) + brand + 1
