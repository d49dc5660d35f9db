"""What is in demand just now: in the shop, and in the categories that a person is interested in."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse

from features.catalogue import UNKNOWN
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.linked import best_products
from training.recommend.proposing.proposal import Proposal


def category(sources: Sources, people: People, each: int) -> Proposal:
    """The trending items of the person's categories, by the share of interest in each."""
    return best_products(_category_taste(sources, people.interest), sources.category_items, each)


def popular(sources: Sources, people: People, each: int) -> Proposal:
    """The shop's most popular items, for everybody alike."""
    items = sources.popular[:each]
    customers = len(people)
    rank = np.tile(np.arange(len(items)), customers)
    return Proposal(np.repeat(np.arange(customers), len(items)), np.tile(items, customers), 1 / (1.0 + rank))


def _category_taste(sources: Sources, own: sparse.csr_matrix) -> sparse.csr_matrix:
    """The share of each customer's interest in each category, shape ``(n_customers, n_categories)``."""
    codes = sources.catalogue.category
    known = np.flatnonzero(codes != UNKNOWN)
    shape = (len(codes), sources.category_items.shape[0])
    membership = sparse.csr_matrix((np.ones(len(known), dtype=np.float32), (known, codes[known])), shape=shape)
    taste = (own @ membership).tocsr()
    total = np.asarray(taste.sum(axis=1)).ravel()
    taste.data /= np.repeat(np.maximum(total, 1e-9), np.diff(taste.indptr)).astype(np.float32)
    return sparse.csr_matrix(taste, dtype=np.float32)
