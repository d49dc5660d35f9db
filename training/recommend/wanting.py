"""Who wants an item: the forward direction read backwards.

A customer's score for an item is the one that orders the customer's own recommendations, so both directions agree: who
would be shown the item first is who wants it most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from training.recommend.people import People
from training.recommend.proposing.candidates import Candidates, candidates
from training.recommend.recommender import FittedRecommender
from training.recommend.top import top_items

NOT_PROPOSED = -1
"""In place of a source: no source proposed any of the items to the customer."""


@dataclass(frozen=True)
class Wanting:
    """How much each of some people wants any of some items; each array of shape ``(n_people,)``."""

    score: Floats
    """Chance to buy any of them within the horizon (ranker), else how near the top of the customer's own list the
    best of them stands, as 1 / position; 0 where none is a candidate."""
    item: Ints
    """Code of the one of them that the customer wants most, ``UNKNOWN`` where none is a candidate."""
    source: Ints
    """Position in the recommender's names of the source that gives the reason, ``NOT_PROPOSED`` where none does."""
    because: Ints
    """Code of the customer's own item behind the reason, ``UNKNOWN`` where none."""


def wanting(fitted: FittedRecommender, people: People, items: Ints) -> Wanting:
    """How much ``people`` want ``items``, a set of codes.

    A single item is scored for everyone, proposed or not; of several, those that are candidates are.
    """
    found = candidates(fitted.sources, people, fitted.recommender.names)
    chance = _chances(fitted, people, found, items) if fitted.recommender.tier == "ranker" else None
    pairs = found if chance is None else chance[0]
    score = _positions(fitted, people, found) if chance is None else chance[1]
    chosen = np.flatnonzero(np.isin(pairs.item, items))
    pairs, score = pairs.take(chosen), score[chosen]
    best, place = top_items(pairs.customer, pairs.item, score, len(people), 1)
    source = _sources(pairs, place[:, 0])
    total = score[place[:, 0]] * (place[:, 0] >= 0) if len(pairs) else np.zeros(len(people))
    if chance is not None:
        missed = np.bincount(pairs.customer, weights=np.log1p(-np.clip(score, 0, 1 - 1e-9)), minlength=len(people))
        total = 1 - np.exp(missed)
    because = fitted.because(people, best, source[:, None])[:, 0]
    return Wanting(total, best[:, 0], source, because)


def _chances(fitted: FittedRecommender, people: People, found: Candidates, items: Ints) -> tuple[Candidates, Floats]:
    """The ranker's score of the wanted pairs only; it does not depend on the other candidates."""
    pairs = found.take(np.isin(found.item, items))
    if len(items) == 1:
        pairs = _completed(pairs, len(people), int(items[0]))
    return pairs, fitted.score(people, pairs)


def _completed(pairs: Candidates, people: int, item: int) -> Candidates:
    """The pairs of everyone with one item: those that no source proposed come to the others."""
    customer = np.setdiff1d(np.arange(people), pairs.customer)
    size = (len(customer), len(pairs.names))
    order = np.argsort(np.concatenate([pairs.customer, customer]), kind="stable")
    return Candidates(
        np.concatenate([pairs.customer, customer])[order],
        np.concatenate([pairs.item, np.full(len(customer), item, dtype=pairs.item.dtype)])[order],
        np.concatenate([pairs.score, np.zeros(size, dtype=np.float32)])[order],
        np.concatenate([pairs.rank, np.full(size, np.nan, dtype=np.float32)])[order],
        np.concatenate([pairs.blend, np.zeros(len(customer))])[order],
        pairs.names,
    )


def _positions(fitted: FittedRecommender, people: People, found: Candidates) -> Floats:
    """1 / position of every candidate in its customer's own list."""
    order = np.lexsort((-fitted.score(people, found), found.customer))
    position = np.empty(len(found))
    starts = np.searchsorted(found.customer[order], found.customer[order])
    position[order] = np.arange(len(found)) - starts
    return 1 / (1 + position)


def _sources(pairs: Candidates, place: Ints) -> Ints:
    """The source behind each person's best pair."""
    source = np.full(len(place), NOT_PROPOSED, dtype=np.int8)
    held = np.flatnonzero(place >= 0)
    proposed = held[~np.isnan(pairs.rank[place[held]]).all(axis=1)]
    source[proposed] = pairs.source[place[proposed]]
    return source
