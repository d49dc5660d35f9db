"""Models of the library ``implicit``, fitted on the same interest that the sources are counted from."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TypeAlias

import numpy as np
import scipy.sparse as sparse
from threadpoolctl import threadpool_limits

from features.arrays import Ints
from features.behaviour import Behaviour
from features.history import History
from training.recommend.counted.sources import Sources
from training.recommend.top import top_items

with warnings.catch_warnings():
    # In a notebook the library's progress bar warns that it would like widgets; it is not used here.
    warnings.simplefilter("ignore")
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, ItemItemRecommender

ImplicitModel: TypeAlias = AlternatingLeastSquares | ItemItemRecommender
"""What the library has fitted."""

FACTORS = 64
ITERATIONS = 10
REGULARIZATION = 0.05
"""What ALS is usually run with on data of this size."""

NEIGHBOURS = 50
"""Related items that the item-kNN keeps for each item; as many as our own sources keep."""

THREADS = 2


def interest_matrix(behaviour: Behaviour, sources: Sources) -> sparse.csr_matrix:
    """Everyone's decayed interest before the sources' cutoff, shape ``(n_customers, n_items)``."""

    def interest(_: int, history: History) -> sparse.csr_matrix:
        return sources.people(history).interest

    parts = list(behaviour.map_histories(interest, sources.cutoff, sources.catalogue))
    return sparse.csr_matrix(sparse.vstack(parts, format="csr"))


def fit_als(interest: sparse.csr_matrix, seed: int) -> AlternatingLeastSquares:
    """Alternating least squares (Hu, Koren and Volinsky 2008)."""
    # The library warns of nested threads unless the linear algebra below it keeps to one.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=FACTORS,
            iterations=ITERATIONS,
            regularization=REGULARIZATION,
            num_threads=THREADS,
            random_state=seed,
        )
        model.fit(interest, show_progress=False)
    return model


def fit_bm25(interest: sparse.csr_matrix) -> BM25Recommender:
    """Item-kNN over interest weighted by BM25, with the library's own parameters."""
    return _fitted(BM25Recommender(K=NEIGHBOURS, num_threads=THREADS), interest)


def fit_item_knn(interest: sparse.csr_matrix) -> CosineRecommender:
    """Item-kNN by the cosine of interest."""
    return _fitted(CosineRecommender(K=NEIGHBOURS, num_threads=THREADS), interest)


def _fitted(model: ItemItemRecommender, interest: sparse.csr_matrix) -> ItemItemRecommender:
    with warnings.catch_warnings():
        # It turns what it was given into another kind of matrix, and then warns of the time to turn it back.
        warnings.simplefilter("ignore")
        model.fit(interest, show_progress=False)
    return model


def ranked_by(model: ImplicitModel, sources: Sources, k: int, history: History) -> Ints:
    """The ``k`` best items of each customer by ``model``; where it has fewer, what is popular follows."""
    interest = sources.people(history).interest
    wanted = min(k, interest.shape[1])
    if not len(history):
        return np.zeros((0, k), dtype=np.int32)
    chosen, _ = model.recommend(
        np.arange(len(history)),
        interest,
        N=wanted,
        filter_already_liked_items=False,
        recalculate_user=_recalculated(model),
    )
    return _filled(chosen, sources.popular[: 2 * k], k)


def _recalculated(model: ImplicitModel) -> bool:
    """Whether people are folded in from their rows: factors were learned for others, a kNN knows no people."""
    return isinstance(model, AlternatingLeastSquares)


def _filled(chosen: Ints, popular: Ints, k: int) -> Ints:
    """``chosen`` without its padding, then the popular items that are not among them; shape ``(n, k)``, -1 pads."""
    size = len(chosen)
    listed = np.concatenate([chosen, np.tile(popular, (size, 1))], axis=1).astype(np.int64)
    customer = np.repeat(np.arange(size), listed.shape[1])
    place = np.tile(np.arange(listed.shape[1]), size)
    real = np.flatnonzero(listed.ravel() >= 0)
    customer, item, place = customer[real], listed.ravel()[real], place[real]
    _, first = np.unique(customer * (item.max(initial=0) + 1) + item, return_index=True)
    items, _ = top_items(customer[first], item[first], -place[first].astype(np.float64), size, k)
    return items


def implicit_baselines(behaviour: Behaviour, sources: Sources, k: int, seed: int) -> dict[str, partial[Ints]]:
    """The models by name, each answering the best ``k`` items of everyone in a history."""
    interest = interest_matrix(behaviour, sources)
    models = {"item_knn": fit_item_knn(interest), "als": fit_als(interest, seed), "bm25_knn": fit_bm25(interest)}
    return {name: partial(ranked_by, model, sources, k) for name, model in models.items()}
