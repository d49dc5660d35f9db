"""Sources that spread a taste: what one's own items, groups or likest visits lead to by a relation, added up.

All of them are one multiplication of tastes with relations, so they are worked out together: for one person the work
around a multiplication costs far more than the multiplication.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints, places
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal
from training.recommend.top import Rows, best_of_all, rank_in_group

SPARE = 20
"""So many more are looked at than proposed, as a person's own items take places of new ones."""


@dataclass(frozen=True)
class Spread:
    """A source that proposes the best of ``taste @ relation``."""

    taste: Callable[[Sources, People], Rows]
    """How much each person wants each row of the relation, ``(n_people, n_rows)``, float32."""
    relation: Callable[[Sources], sparse.csr_matrix | Rows]
    """What each row leads to, ``(n_rows, n_items)``, float32; it may lie in a read-only memory map."""
    new: bool = True
    """Whether items that the person has touched are left out."""
    score: Callable[[Sources, People, Ints, Ints], Floats] | None = None
    """Orders what was found anew, for pairs of person and item; pairs without a score above 0 are left out."""

    def __call__(self, sources: Sources, people: People, each: int) -> Proposal:
        """The best of every person, at most ``each``."""
        return spread_out([self], sources, people, each)[0]


def spread_out(spreads: Sequence[Spread], sources: Sources, people: People, each: int) -> list[Proposal]:
    """What each of some spreads proposes to each person, at most ``each``."""
    if not spreads or not len(people):
        return [Proposal.none() for _ in spreads]
    products = [(spread.taste(sources, people), spread.relation(sources)) for spread in spreads]
    found = best_of_all(products, each + SPARE)
    row, item, score = found.row, found.indices.astype(np.int64), found.data
    spread, customer = (np.zeros(len(row), np.int64), row) if len(spreads) == 1 else np.divmod(row, len(people))
    new = np.array([one.new for one in spreads])
    kept = places(~(new[spread] & people.touches.hold(customer, item)))
    whole = np.array([one.score is not None for one in spreads])
    kept = kept[whole[spread[kept]] | (rank_in_group(row[kept]) < each)]
    customer, item, score = customer[kept], item[kept], score[kept]
    edges = spread[kept].searchsorted(np.arange(len(spreads) + 1)).tolist()
    return [
        _scored(one, sources, people, each, customer[start:stop], item[start:stop], score[start:stop])
        for one, start, stop in zip(spreads, edges[:-1], edges[1:], strict=True)
    ]


def _scored(
    spread: Spread, sources: Sources, people: People, each: int, customer: Ints, item: Ints, score: Floats
) -> Proposal:
    if spread.score is None or not len(item):
        return Proposal(customer, item, score)
    by_item = np.lexsort((item, customer))  # Of equal ones the same come first for one person as in a crowd.
    customer, item = customer[by_item], item[by_item]
    score = spread.score(sources, people, customer, item)
    found = places(score > 0)
    return Proposal.best(customer[found], item[found], score[found], each)
