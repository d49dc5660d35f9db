"""What features are about, in human terms: every feature belongs to one concept, and concepts become sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from features.arrays import Floats, Ints

CONCEPTS: Mapping[str, tuple[str, ...]] = {
    "silence": ("days_since_purchase", "churn_factor", "overdue_days", "longest_gap_share"),
    "rhythm": ("purchase_gap_", "orders_per_year", "prior_"),
    "orders": ("order_count_", "purchase_count_", "purchase_day_count", "purchase_trend_"),
    "spend": ("net_spend_", "order_value_", "lines_per_order"),
    "tenure": ("days_since_first",),
    "browsing": (
        "view_count_",
        "days_since_view",
        "days_since_any",
        "active_days_",
        "visit_",
        "activity_trend_",
        "purchase_per_view",
    ),
    "cart": ("cart_", "days_since_cart", "open_cart_", "purchase_per_cart"),
    "favorites": ("favorite_", "days_since_favorite", "open_favorite_"),
    "variety": (
        "distinct_",
        "events_per_item",
        "top_category_share",
        "category_entropy",
        "repeat_item_share",
    ),
    "price": ("discount", "price_level", "viewed_price_", "bought_price_", "promotion_"),
    "returns": ("return_", "days_since_return"),
    "hours": ("hour_", "night_share", "weekend_share"),
}
"""Concepts, and the beginnings of the names of their features.

What begins with ``prior_`` is told by simpler models of when orders come, stacked in as a feature.
"""

REST = len(CONCEPTS)
"""The position after the concepts: what belongs to none, like the intercept."""


def concept_of(feature: str) -> str | None:
    """The concept of a feature, the one with the longest beginning that fits; None for a feature without one."""
    fitting = [
        (len(start), concept) for concept, starts in CONCEPTS.items() for start in starts if feature.startswith(start)
    ]
    return max(fitting)[1] if fitting else None


def concept_places(features: Sequence[str]) -> Ints:
    """The position of each feature's concept in :data:`CONCEPTS`, ``REST`` where it has none; ``(n_features,)``."""
    places: dict[str | None, int] = {concept: place for place, concept in enumerate(CONCEPTS)}
    return np.array([places.get(concept_of(feature), REST) for feature in features], dtype=np.int64)


def membership(features: Sequence[str]) -> Floats:
    """1 where a feature belongs to a concept, else 0; shape ``(n_features, n_concepts)``."""
    return (concept_places(features)[:, None] == np.arange(len(CONCEPTS))).astype(np.float64)


def grouped(contributions: Floats, features: Sequence[str]) -> Floats:
    """Contributions of features, the rest last, added up by concept, the rest last; shape ``(n, n_concepts + 1)``."""
    told = np.zeros((len(contributions), REST + 1))
    # Column after column, not a matrix product: one customer alone gets the very same numbers as in a crowd.
    for place, added in zip((*concept_places(features), REST), contributions.T, strict=True):
        told[:, place] += added
    return told
