"""The filter of a recall list, from the few numbers that a marketer asks for most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from features.shop.layers import BUYER_LAYERS


def recall_filter(
    layers: Sequence[str] = (),
    clusters: Sequence[int] = (),
    min_churn: float | None = None,
    max_churn: float | None = None,
    min_spend: float | None = None,
) -> dict[str, Any]:
    """Buyers of some layers (all where none is named) and clusters, with a chance of leaving and a spend, as JSON."""
    parts: list[dict[str, Any]] = [{"field": "layer", "in": [*(layers or BUYER_LAYERS)]}]
    if clusters:
        parts.append({"field": "cluster", "in": [*clusters]})
    limits = (("churn_probability", "at_least", min_churn), ("churn_probability", "at_most", max_churn))
    for field, operator, value in (*limits, ("net_spend_all", "at_least", min_spend)):
        if value is not None:
            parts.append({"field": field, operator: value})
    return parts[0] if len(parts) == 1 else {"all": parts}
