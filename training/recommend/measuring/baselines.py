"""The simple recommenders that every model is printed beside."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import scipy.sparse as sparse
from threadpoolctl import threadpool_limits

from features.arrays import Ints
from features.behaviour import Behaviour
from features.history import PURCHASE, History
from features.pairs import Touches
from training.recommend.counted.sources import Sources, interest
from training.recommend.proposing.candidates import candidates, tiered_score
from training.recommend.top import top_items

with warnings.catch_warnings():
    # In a notebook the library's progress bar warns that it would like widgets; it is not used here.
    warnings.simplefilter("ignore")
    from implicit.cpu.als import AlternatingLeastSquares

Baseline = Callable[[History], Ints]
"""Answers the best items of each customer of a history, codes of shape ``(n_customers, k)``, -1 pads."""

RULES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "trending": (("popular",),),
    "buy_again": (("buy_again",), ("popular",)),
    "open_cart_first": (("open_cart",), ("viewed", "open_favorite"), ("popular",)),
    "item_knn": (("viewed_together",), ("popular",)),
}
"""Baselines that order what the sources propose, tier by tier."""

ALS_FACTORS = 64
ALS_ITERATIONS = 10
"""What ``implicit`` is usually run with on data of this size."""


def baselines(behaviour: Behaviour, sources: Sources, k: int, seed: int) -> dict[str, Baseline]:
    """Every baseline by name, fitted on what ``sources`` has counted."""
    named: dict[str, Baseline] = {"popular": partial(_popular, _bestsellers(sources), k)}
    named |= {name: partial(_by_rule, sources, tiers, k) for name, tiers in RULES.items()}
    if len(sources.catalogue) > 1:
        named["als"] = _als(behaviour, sources, k, seed)
    return named


def _bestsellers(sources: Sources) -> Ints:
    """Items by purchases over all time, ties by all events."""
    purchases = sources.statistics.counts[:, PURCHASE, -1]
    events = sources.statistics.counts[:, :, -1].sum(axis=1)
    order = np.lexsort((np.arange(len(events)), -events, -purchases))
    bestsellers: Ints = order[events[order] > 0]
    return bestsellers


def _popular(items: Ints, k: int, history: History) -> Ints:
    row = np.full(k, -1, dtype=np.int32)
    row[: min(k, len(items))] = items[:k]
    return np.tile(row, (len(history), 1))


def _by_rule(sources: Sources, tiers: tuple[tuple[str, ...], ...], k: int, history: History) -> Ints:
    found = candidates(sources, history, Touches.of(history))
    items, _ = top_items(found.customer, found.item, tiered_score(found, tiers), len(history), k)
    return items


def _als(behaviour: Behaviour, sources: Sources, k: int, seed: int) -> Baseline:
    """Alternating least squares on decayed interest (Hu, Koren and Volinsky 2008), by the library ``implicit``."""

    def taste(_: int, history: History) -> sparse.csr_matrix:
        return interest(history, sources.settings)

    matrix = sparse.vstack(list(behaviour.map_histories(taste, sources.cutoff, sources.catalogue)), format="csr")
    # The library warns of nested threads unless the linear algebra below it keeps to one.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=ALS_FACTORS, iterations=ALS_ITERATIONS, regularization=0.05, num_threads=2, random_state=seed
        )
        model.fit(matrix, show_progress=False)

    def recommend(history: History) -> Ints:
        rows = interest(history, sources.settings)
        wanted = min(k, rows.shape[1])
        items, _ = model.recommend(
            np.arange(len(history)), rows, N=wanted, filter_already_liked_items=False, recalculate_user=True
        )
        padded = np.full((len(history), k), -1, dtype=np.int32)
        padded[:, :wanted] = items
        return padded

    return recommend
