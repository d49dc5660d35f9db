"""What the visit says: items that come after, before and with those touched last, and that like visits hold.

All of these look at the same few items, the newest of each person, each step back counting less.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sparse

from features.arrays import Ints
from training.recommend.counted.embedding import Embedding
from training.recommend.counted.sources import Sources
from training.recommend.counted.transitions import Transitions
from training.recommend.counted.visit_neighbours import VisitNeighbours
from training.recommend.people import People
from training.recommend.proposing.linked import strongest_link
from training.recommend.proposing.proposal import Proposal
from training.recommend.top import Rows, best_products

STEP_DECAY = 0.7
"""An item counts for this share of the one touched after it."""

NEIGHBOUR_DECAY = 0.75
"""The same, where visits are compared."""

NEIGHBOURS = 500
"""Visits that vote."""

FIRST_STEPS = 20
"""Items that a walk of two steps goes on from."""


def last_touched(sources: Sources, people: People, each: int) -> Proposal:
    """The items touched last, the newest first."""
    last = people.last_items
    return Proposal.best(last.customer, last.item, STEP_DECAY**last.step, each)


def next_viewed(sources: Sources, people: People, each: int) -> Proposal:
    """What comes after the newest items within a visit, at any time."""
    return _stepped(people, sources.table(Transitions).after, each)


def next_viewed_lately(sources: Sources, people: People, each: int) -> Proposal:
    """What comes after the newest items within a visit, newer visits counting more."""
    return _stepped(people, sources.table(Transitions).after_recent, each)


def next_step(sources: Sources, people: People, each: int) -> Proposal:
    """What comes right after the newest items."""
    return _stepped(people, sources.table(Transitions).after_next, each)


def viewed_before(sources: Sources, people: People, each: int) -> Proposal:
    """What comes before the newest items within a visit: people compare, and go back."""
    return _stepped(people, sources.table(Transitions).before_recent, each)


def viewed_with(sources: Sources, people: People, each: int) -> Proposal:
    """What is in the same visits as the newest items, popular items damped."""
    return _stepped(people, sources.table(Transitions).together, each)


def two_steps(sources: Sources, people: People, each: int) -> Proposal:
    """What comes after what comes after the newest items: for items that few have touched."""
    after = sources.table(Transitions).after
    first = best_products(_newest(people, STEP_DECAY), after, FIRST_STEPS)
    return Proposal.of_matrix(best_products(first, after, each))


def visit_neighbours(sources: Sources, people: People, each: int) -> Proposal:
    """What the visits that share the newest items hold."""
    newest = _newest(people, NEIGHBOUR_DECAY)
    return Proposal.of_matrix(sources.table(VisitNeighbours).votes(newest, NEIGHBOURS, each))


def visit_embedding(sources: Sources, people: People, each: int) -> Proposal:
    """What the newest steps point at, by the learned embedding."""
    embedding = sources.table(Embedding)
    return Proposal(*embedding.nearest(embedding.directions(people.newest_steps(embedding.steps)), each))


def because_of(name: str) -> Callable[[Sources, People, Ints, Ints], Ints]:
    """Names the newest item that speaks most for an item in one table of :class:`Transitions`."""

    def because(sources: Sources, people: People, customer: Ints, item: Ints) -> Ints:
        return strongest_link(_newest(people, STEP_DECAY), getattr(sources.table(Transitions), name), customer, item)

    return because


def _stepped(people: People, table: sparse.csr_matrix, each: int) -> Proposal:
    return Proposal.of_matrix(best_products(_newest(people, STEP_DECAY), table, each))


def _newest(people: People, decay: float) -> Rows:
    """How much each person's newest items count, adding up to 1; ``(n_people, n_items)``."""
    last = people.last_items
    weight = decay**last.step
    total = np.bincount(last.customer, weights=weight, minlength=len(people))
    edges = np.searchsorted(last.customer, np.arange(len(people) + 1))
    return Rows((weight / total[last.customer]).astype(np.float32), last.item, edges, people.shape)
