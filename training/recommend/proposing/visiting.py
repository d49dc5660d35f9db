"""What the visit says: items that come after, before and with those touched last, and that like visits hold.

All of these look at the same few items, the newest of each person, each step back counting less.
"""

from __future__ import annotations

import numpy as np

from training.recommend.counted.embedding import Embedding
from training.recommend.counted.sources import Sources
from training.recommend.counted.transitions import Transitions
from training.recommend.counted.visit_neighbours import VisitNeighbours
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal
from training.recommend.proposing.spread import Spread
from training.recommend.top import Rows, best_products

STEP_DECAY = 0.7
"""An item counts for this share of the one touched after it."""

NEIGHBOUR_DECAY = 0.75
"""The same, where visits are compared."""

FIRST_STEPS = 20
"""Items that a walk of two steps goes on from."""


def last_touched(sources: Sources, people: People, each: int) -> Proposal:
    """The items touched last, the newest first."""
    last = people.last_items
    return Proposal.best(last.customer, last.item, STEP_DECAY**last.step, each)


def _newest_steps(people: People) -> Rows:
    return _newest(people, STEP_DECAY)


next_viewed = Spread(
    lambda _, people: people.once(_newest_steps), lambda sources: sources.table(Transitions).after, new=False
)
"""What comes after the newest items within a visit, at any time."""

next_viewed_lately = Spread(
    lambda _, people: people.once(_newest_steps), lambda sources: sources.table(Transitions).after_recent, new=False
)
"""What comes after the newest items within a visit, newer visits counting more."""

next_step = Spread(
    lambda _, people: people.once(_newest_steps), lambda sources: sources.table(Transitions).after_next, new=False
)
"""What comes right after the newest items."""

viewed_before = Spread(
    lambda _, people: people.once(_newest_steps), lambda sources: sources.table(Transitions).before_recent, new=False
)
"""What comes before the newest items within a visit: people compare, and go back."""

viewed_with = Spread(
    lambda _, people: people.once(_newest_steps), lambda sources: sources.table(Transitions).together, new=False
)
"""What is in the same visits as the newest items, popular items damped."""

two_steps = Spread(
    lambda sources, people: best_products(people.once(_newest_steps), sources.table(Transitions).after, FIRST_STEPS),
    lambda sources: sources.table(Transitions).after,
    new=False,
)
"""What comes after what comes after the newest items: for items that few have touched."""

visit_neighbours = Spread(
    lambda sources, people: sources.table(VisitNeighbours).likest(
        _newest(people, NEIGHBOUR_DECAY), sources.settings.neighbour_visits
    ),
    lambda sources: sources.table(VisitNeighbours).held,
    new=False,
)
"""What the visits that share the newest items hold."""


def visit_embedding(sources: Sources, people: People, each: int) -> Proposal:
    """What the newest steps point at, by the learned embedding."""
    embedding = sources.table(Embedding)
    return Proposal(*embedding.nearest(embedding.directions(people.newest_steps(embedding.steps)), each))


def _newest(people: People, decay: float) -> Rows:
    """How much each person's newest items count, adding up to 1; ``(n_people, n_items)``."""
    last = people.last_items
    weight = decay**last.step
    total = np.bincount(last.customer, weights=weight, minlength=len(people))
    edges = np.searchsorted(last.customer, np.arange(len(people) + 1))
    return Rows((weight / total[last.customer]).astype(np.float32), last.item, edges, people.shape)
