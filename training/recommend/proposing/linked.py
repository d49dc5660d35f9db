"""Items that go with what a person has touched."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sparse

from features.arrays import Ints
from features.catalogue import UNKNOWN
from training.recommend import top
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.sources import Sources
from training.recommend.counted.walks import Walks
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal, untouched


def viewed_together(sources: Sources, people: People, each: int) -> Proposal:
    """Items in the same hands as those of the person's interest."""
    return best_products(people.interest, sources.related["viewed_together"], each)


def bought_together(sources: Sources, people: People, each: int) -> Proposal:
    """Items in the same baskets as what the person bought."""
    return best_products(people.purchased, sources.related["bought_together"], each)


def viewed_then_bought(sources: Sources, people: People, each: int) -> Proposal:
    """Items that others bought within days after they had viewed what the person viewed."""
    return best_new(people.viewed, sources.related["viewed_then_bought"], people, each)


def walks(sources: Sources, people: People, each: int) -> Proposal:
    """Items that two steps lead to from those of the person's interest: for items that few have touched."""
    return best_new(people.interest, sources.table(Walks).reached, people, each)


def low_rank(sources: Sources, people: People, each: int) -> Proposal:
    """Items that lie where the person's interest lies, by the low-rank vectors."""
    table = sources.table(LowRank)
    return Proposal(*table.nearest(people.once(table.placed), people.touched, each))


def best_new(taste: sparse.csr_matrix | top.Rows, relation: sparse.csr_matrix, people: People, each: int) -> Proposal:
    """The ``each`` best entries in every row of ``taste @ relation`` that the person has not touched yet."""
    # So many more are looked at as a person's own items can take places of.
    found = top.best_products(taste, relation, each + people.history_items)
    return untouched(Proposal.of_matrix(found), people, each)


def best_products(taste: sparse.csr_matrix, relation: sparse.csr_matrix, each: int) -> Proposal:
    """The ``each`` best entries in every row of ``taste @ relation``.

    Only the rows of ``relation`` that somebody's taste names are read: it may lie in a read-only memory map.
    """
    return Proposal.of_matrix(top.best_products(taste, relation, each))


def because_of_interest(kind: str) -> Callable[[Sources, People, Ints, Ints], Ints]:
    """Names the touched item that speaks most for an item by a kind of relation."""

    def because(sources: Sources, people: People, customer: Ints, item: Ints) -> Ints:
        return strongest_link(people.interest, sources.related[kind], customer, item)

    return because


def because_of_view(kind: str) -> Callable[[Sources, People, Ints, Ints], Ints]:
    """Names the viewed item that speaks most for an item by a kind of relation."""

    def because(sources: Sources, people: People, customer: Ints, item: Ints) -> Ints:
        return strongest_link(people.viewed, sources.related[kind], customer, item)

    return because


def because_of_purchase(kind: str) -> Callable[[Sources, People, Ints, Ints], Ints]:
    """Names the bought item that speaks most for an item by a kind of relation."""

    def because(sources: Sources, people: People, customer: Ints, item: Ints) -> Ints:
        return strongest_link(people.purchased, sources.related[kind], customer, item)

    return because


def strongest_link(
    taste: sparse.csr_matrix | top.Rows, relation: sparse.csr_matrix, customer: Ints, item: Ints
) -> Ints:
    """For each pair the customer's item with the greatest ``taste x relation`` to it, ``UNKNOWN`` where none.

    ``customer`` and ``item`` have shape ``(n,)``, and so has the answer.
    """
    counts = (taste.indptr[1:] - taste.indptr[:-1])[customer]
    starts = np.cumsum(counts) - counts
    pair = np.repeat(np.arange(len(customer)), counts)
    place = np.repeat(taste.indptr[customer] - starts, counts) + np.arange(len(pair))
    own = taste.indices[place]
    link = np.full(len(customer), UNKNOWN, dtype=np.int32)
    if len(pair):
        # Only the named rows: asked for entries of a whole relation, the library would look through all of it first.
        named, row = np.unique(own, return_inverse=True)
        strength = taste.data[place] * np.asarray(top.rows_of(relation, named).matrix[row, item[pair]]).ravel()
        order = np.lexsort((own, -strength, pair))
        best = order[np.flatnonzero(np.diff(pair[order], prepend=-1))]
        linked = best[strength[best] > 0]
        link[pair[linked]] = own[linked]
    return link
