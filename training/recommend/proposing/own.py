"""What people have touched themselves: open carts, open favourites, and the items of their recent interest."""

from __future__ import annotations

import numpy as np

from features.history import Pairs
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal
from training.recommend.top import rank_in_group


def open_cart(sources: Sources, people: People, each: int) -> Proposal:
    """What lies in the cart, the newest first."""
    return _newest(people.history.open_carts, people, each)


def open_favorite(sources: Sources, people: People, each: int) -> Proposal:
    """What is favourited and not bought, the newest first."""
    return _newest(people.history.open_favorites, people, each)


def viewed(sources: Sources, people: People, each: int) -> Proposal:
    """What was touched, by decayed interest."""
    return Proposal.best(people.touches.customer, people.touches.item, people.weight, each)


def bought_before(sources: Sources, people: People, each: int) -> Proposal:
    """Items bought before, by how often and how lately they were bought, whatever their cycle."""
    touches = people.touches
    count, age = touches.counts[:, 3], touches.ages_days[:, 3]
    bought = np.flatnonzero(count > 0)
    score = count[bought] * 0.5 ** (age[bought] / (4 * people.half_life_days))
    return Proposal.best(touches.customer[bought], touches.item[bought], score, each)


def _newest(pairs: Pairs, people: People, each: int) -> Proposal:
    """The newest first; of those with the same time the one with the most interest (logs may know only the day)."""
    if not len(pairs.item):
        return Proposal.none()
    place, _ = people.touches.find(pairs.customer, pairs.item)
    order = np.lexsort((-people.weight[place], pairs.age_days, pairs.customer))
    kept = order[rank_in_group(pairs.customer[order]) < each]
    return Proposal(pairs.customer[kept], pairs.item[kept], 1 / (1 + pairs.age_days[kept]))
