"""The tables of related items that are counted from behaviour: each kind with its own meaning.

A score is a damped share between 0 and 1, whatever the size of the shop: with ``w`` the people (each counted once, by
how lately it was), ``score(a, b) = w(a, b) / ((w(a) + damping)^(1 - popularity) (w(b) + damping)^popularity)``. At a
popularity of one half that is a cosine, at zero the share of those with ``a`` who came to ``b``; between them much
bought items are held back by so much. A pair that fewer than ``LEAST_PEOPLE`` different people made has no score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from training.recommend.counted.acts import Acts
from training.recommend.counted.pair_sums import Meetings, PairSums, PersonPairs, pair_sums
from training.recommend.counted.related import best_rows
from training.recommend.counted.table import SourceSettings
from training.recommend.people import People
from training.recommend.top import strongest

LEAST_PEOPLE = 2
"""Fewer different people than this make no relation."""

DAMPING = 3.0
"""So many people who did not are added to each item, so that a few say less than many."""

THEN_BOUGHT_DAYS = 7.0
"""A purchase within so many days after a view counts as one that followed it."""

WITHIN_DAYS = 30.0
"""Another order within so many days counts as bought within a month."""

HALF_LIVES = 6.0
"""What people did together counts half after so many half-lives of a person's own interest."""


@dataclass(frozen=True)
class RelatedPart:
    """What one bucket of customers adds."""

    seen: sparse.csr_matrix
    """Each person's strongest items, (n_people, n_items)."""
    viewed: Acts
    """What was viewed on which day."""
    bought: Acts
    """What was bought in which order."""

    @classmethod
    def of(cls, people: People) -> RelatedPart:
        """The part of some people."""
        return cls(people.interest, Acts.views(people.history), Acts.orders(people.history))
