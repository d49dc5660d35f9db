"""How good recommendations were: every measure per customer, then means with intervals.

All items are ranked. Customers with at least one purchase within the horizon are measured. An answer is *known* when
the customer had touched the item before the cutoff, else *new*; the two are measured apart as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio
from features.history import History
from features.pairs import Touches
from training.metrics import hit_at, ndcg_at, recall_at, reciprocal_rank_at
from training.recommend.ranking.answers import Answers

DEPTHS = (5, 10, 20, 50)
"""The depths that recall is told at."""

RESAMPLES = 200
"""Bootstrap resamples of customers behind each interval."""


@dataclass(frozen=True)
class Judged:
    """Ranked items of the measured customers of one bucket against what they bought."""

    hits: Flags
    """Whether the item at each place was bought, shape (n_customers, k)."""
    known: Flags
    """Whether the customer had touched it before, shape (n_customers, k)."""
    shown: Flags
    """Whether there is an item at each place, shape (n_customers, k)."""
    bought: Ints
    """Distinct items bought by each customer, shape (n_customers,)."""
    bought_known: Ints
    """Those of them touched before, shape (n_customers,)."""
    items: Ints
    """Codes of the items in the first ten places of anyone, each once."""


def judged(items: Ints, history: History, touches: Touches, answers: Answers) -> Judged:
    """Compare ranked ``items``, shape ``(n_customers, k)``, with the answers."""
    measured = np.flatnonzero(answers.bought > 0)
    customer = np.repeat(measured[:, None], items.shape[1], axis=1)
    chosen = items[measured]
    _, known = touches.find(customer.ravel(), np.maximum(chosen, 0).ravel())
    in_catalogue = answers.key % answers.size < len(history.catalogue)
    _, touched = touches.find(answers.key // answers.size, np.where(in_catalogue, answers.key % answers.size, 0))
    owner = (answers.key // answers.size)[touched & in_catalogue]
    return Judged(
        hits=answers.hold(customer, chosen),
        known=known.reshape(chosen.shape) & (chosen >= 0),
        shown=chosen >= 0,
        bought=answers.bought[measured],
        bought_known=np.bincount(owner, minlength=len(history))[measured],
        items=np.unique(items[:, :10][items[:, :10] >= 0]),
    )


def measures(parts: Sequence[Judged], catalogue_size: int, seed: int) -> dict[str, Any]:
    """All measures of one recommender as ``{name: {"value", "low", "high"}}``, plain floats, None where undefined."""
    hits, known, shown = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("hits", "known", "shown")
    )
    bought = np.concatenate([part.bought for part in parts])
    bought_known = np.concatenate([part.bought_known for part in parts])
    per_customer = {f"recall@{k}": recall_at(hits, bought, k) for k in DEPTHS}
    per_customer |= {
        "ndcg@10": ndcg_at(hits, bought, 10),
        "ndcg@20": ndcg_at(hits, bought, 20),
        "mrr@10": reciprocal_rank_at(hits, bought, 10),
        "hit_rate@10": hit_at(hits, bought, 10),
        "known_recall@10": recall_at(hits & known, bought_known, 10),
        "new_recall@10": recall_at(hits & ~known, bought - bought_known, 10),
        "new_recall@50": recall_at(hits & ~known, bought - bought_known, 50),
        "new_share@10": ratio((shown & ~known)[:, :10].sum(axis=1), shown[:, :10].sum(axis=1)),
    }
    told: dict[str, Any] = intervals(per_customer, seed)
    covered = len(np.unique(np.concatenate([part.items for part in parts]))) if parts else 0
    told["catalogue_coverage@10"] = {"value": covered / catalogue_size if catalogue_size else None}
    return told


def intervals(per_customer: dict[str, Floats], seed: int) -> dict[str, dict[str, float | None]]:
    """Mean and 95 % bootstrap interval over customers of each measure; customers with NaN are left out."""
    told: dict[str, dict[str, float | None]] = {}
    for name, values in per_customer.items():
        defined = values[~np.isnan(values)]
        if not len(defined):
            told[name] = {"value": None, "low": None, "high": None}
            continue
        rng = np.random.default_rng(seed)
        means = [defined[rng.integers(0, len(defined), len(defined))].mean() for _ in range(RESAMPLES)]
        low, high = np.quantile(means, (0.025, 0.975))
        told[name] = {"value": float(defined.mean()), "low": float(low), "high": float(high)}
    return told
