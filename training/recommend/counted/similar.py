"""Items that are alike by what is said of them and by the company they keep, and what can stand in for another.

Five things are compared, each as a vector of length one: the text of the title (pieces of two and three characters, so
that Chinese needs no dictionary), category, brand, price within the category, and the items it is viewed with.
``similar(a, b)`` is the cosine of these vectors side by side, weighted, over what is known of the two: within 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc
import scipy.sparse as sparse
from scipy.stats import rankdata
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize
from sparse_dot_topn import sp_matmul_topn

from features.arrays import Floats, Ints
from features.catalogue import UNKNOWN, Catalogue, log_price_levels
from training.recommend.counted.related import BestRows
from training.recommend.top import sparse_matrix

WEIGHTS = {"text": 0.4, "category": 0.2, "brand": 0.1, "price": 0.1, "company": 0.2}
"""How much each thing counts where both items have it."""

MOST_PRODUCTS = 1_000_000_000
"""So many products of shared traits are added up at most; beyond it the commonest traits, which say least, are left."""

BAND = 0.4
"""Width of a price band in logarithms: prices of neighbouring bands differ by half."""

TEXT_FEATURES = 2**18
"""Room for pieces of text; two that fall together do little harm."""

MOST_REPLACEMENTS = 500
"""Of each category so many items in stock, the most wanted, are thought of as replacements."""

FARTHEST_PRICE = 2.0
"""A replacement costs at most this many times as much, and at least that part."""

UNKNOWN_PRICE = 0.75
"""What the price makes of a replacement's score where one of the two is not known."""

LEAST_WANTED = 0.7
"""What its trend makes of the score of the least wanted replacement of a category; it is 1 for the most wanted."""

LEAST_TREND = 0.9
"""The same for similar items, over all items: of those that are equally alike the wanted ones come first."""

_SCORES_AT_ONCE = 2_000_000


def traits(catalogue: Catalogue, price: Floats, company: sparse.csr_matrix) -> sparse.csr_matrix:
    """One row of length one for each item, empty where nothing is known of it, ``(n_items, n_traits)``.

    ``price`` has shape ``(n_items,)``; ``company`` holds the items that each is seen with, ``(n_items, n_items)``.
    """
    if not len(catalogue):
        return sparse.csr_matrix(np.zeros((0, 1), dtype=np.float32))
    blocks = {
        "text": _text(catalogue),
        "category": _one_of(catalogue.category),
        "brand": _one_of(catalogue.brand),
        "price": _price_bands(catalogue, price),
        "company": normalize(company),
    }
    beside = sparse.hstack([np.sqrt(WEIGHTS[name]) * block for name, block in blocks.items()], format="csr")
    return sparse.csr_matrix(normalize(beside).astype(np.float32))


def similar_items(rows: sparse.csr_matrix, trend: Floats, neighbours: int) -> sparse.csr_matrix:
    """For each item the most similar others by their traits, best first, ``(n_items, n_items)``.

    The score is the similarity, times ``LEAST_TREND`` to 1 by how the other ranks in ``trend``, ``(n_items,)``.
    """
    told = _affordable(rows)
    wanted = LEAST_TREND + (1 - LEAST_TREND) * rankdata(trend, method="max") / max(len(trend), 1)
    others = sparse.csr_matrix((sparse.diags(wanted) @ told).T, dtype=np.float32)
    found = sp_matmul_topn(told, others, top_n=neighbours + 1, sort=True, n_threads=2)
    table = BestRows(len(trend), neighbours)
    row = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    table.add(row, found.indices, np.minimum(found.data, 1.0))
    return table.matrix()


def replacements(
    rows: sparse.csr_matrix,
    similar: sparse.csr_matrix,
    catalogue: Catalogue,
    price: Floats,
    trend: Floats,
    neighbours: int,
) -> sparse.csr_matrix:
    """For each item what can stand in for it: in stock, of its category, at a near price, similar, and wanted.

    The score is the similarity, times 1 at the same price falling to one half at ``FARTHEST_PRICE``, times
    ``LEAST_WANTED`` to 1 by how it ranks in its category. ``price`` and ``trend`` have shape ``(n_items,)``; for an
    item without a category they come from the ``similar`` ones, at a near price and in stock.
    """
    table = BestRows(len(catalogue), neighbours)
    table.add(*_similar_at_its_price(similar, catalogue, price))
    for members in _categories(catalogue):
        offered = members[catalogue.in_stock[members]]
        offered = offered[np.lexsort((offered, -trend[offered]))][:MOST_REPLACEMENTS]
        wanted = np.linspace(1.0, LEAST_WANTED, len(offered))
        for some in np.array_split(members, -(-len(members) * max(len(offered), 1) // _SCORES_AT_ONCE)):
            alike = (rows[some] @ rows[offered].T).toarray()
            score = np.minimum(alike * _price_fit(price[some][:, None], price[offered]) * wanted, 1.0)
            place, choice = np.nonzero(score)
            table.add(some[place], offered[choice], score[place, choice])
    return table.matrix()


def _similar_at_its_price(similar: sparse.csr_matrix, catalogue: Catalogue, price: Floats) -> tuple[Ints, Ints, Floats]:
    """Items without a category, what is similar to them, in stock and at a near price, and its score."""
    item = np.repeat(np.arange(len(catalogue)), np.diff(similar.indptr))
    kept = np.flatnonzero((catalogue.category[item] == UNKNOWN) & catalogue.in_stock[similar.indices])
    item, other = item[kept], similar.indices[kept]
    return item, other, similar.data[kept] * _price_fit(price[item], price[other])


def _text(catalogue: Catalogue) -> sparse.csr_matrix:
    """Pieces of each title, the rarer the heavier, rows of length one."""
    pieces = HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 3), n_features=TEXT_FEATURES, alternate_sign=False, norm=None, binary=True
    )
    titles = pc.fill_null(pc.utf8_normalize(catalogue.titles, form="NFKC"), "").to_pylist()
    if not any(titles):
        nothing = np.zeros(0, np.int64)
        return sparse_matrix(nothing, nothing, np.zeros(0), (len(catalogue), 1))
    return sparse.csr_matrix(TfidfTransformer().fit_transform(pieces.transform(titles)))


def _one_of(code: Ints) -> sparse.csr_matrix:
    known = np.flatnonzero(code != UNKNOWN)
    return sparse_matrix(known, code[known], np.ones(len(known)), (len(code), int(code.max(initial=0)) + 1))


def _price_bands(catalogue: Catalogue, price: Floats) -> sparse.csr_matrix:
    """Each price in the two bands of its category that it lies between, by how near they are; rows of length one."""
    level = log_price_levels(price, catalogue.category) / BAND
    known = np.flatnonzero(np.isfinite(level))
    low = np.floor(level[known])
    near = level[known] - low
    band = np.concatenate([low, low + 1]) - low.min(initial=0)
    width = int(band.max(initial=0)) + 1
    column = np.tile(catalogue.category[known] + 1, 2) * np.int64(width) + band.astype(np.int64)
    shape = (len(catalogue), (len(catalogue.categories) + 1) * width)
    return normalize(sparse_matrix(np.tile(known, 2), column, np.concatenate([1 - near, near]), shape))


def _affordable(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows without their commonest traits, as far as the products of shared traits would be too many."""
    holders = np.bincount(rows.indices, minlength=rows.shape[1]).astype(np.float64)
    rarest_first = np.argsort(holders, kind="stable")
    kept = rarest_first[np.cumsum(holders[rarest_first] ** 2) <= MOST_PRODUCTS]
    return rows if len(kept) == rows.shape[1] else sparse.csr_matrix(rows[:, np.sort(kept)])


def _categories(catalogue: Catalogue) -> Iterator[Ints]:
    """The items of each category that has any."""
    order = np.argsort(catalogue.category, kind="stable")
    edges = np.searchsorted(catalogue.category[order], np.arange(len(catalogue.categories) + 1))
    yield from (order[start:stop] for start, stop in pairwise(edges) if stop > start)


def _price_fit(price: Floats, others: Floats) -> Floats:
    """How near the prices are, from 1 to one half, 0 beyond; the shape that both come to together."""
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(np.log(others / price)) / np.log(FARTHEST_PRICE)
    fit = np.where(apart <= 1, 1 - apart / 2, 0.0)
    return np.where(np.isnan(apart), UNKNOWN_PRICE, fit)
