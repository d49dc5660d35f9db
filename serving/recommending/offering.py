"""All candidates of one answer in one order: those of the page, those of the person, and popular ones behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from serving.arranging.among import among, first_places
from serving.arranging.arrangement import Offered
from serving.recommending.offers import OPEN_CART, OPEN_FAVORITE, POPULAR, Candidate
from serving.snapshot_parts.stored_recommendations import Recommended

FILLED_TO = 100
"""So many popular items are offered behind the candidates, so that answers to strangers can be arranged as well."""

_WANTED = (OPEN_CART, OPEN_FAVORITE)
"""What lies there was asked for after any purchase of it."""

_POPULAR_SCORES: Floats = 1.0 / (1.0 + np.arange(FILLED_TO))


@dataclass(frozen=True)
class Offering:
    """What may be shown, each item once, where it stands first."""

    of_page: Sequence[Candidate]
    """What goes with the items on the page."""
    of_person: Recommended
    """What is recommended to the person."""
    sources: Sequence[str]
    """What the numbers of the person's sources mean."""
    popular: Ints
    """The popular items; none where places may stay empty."""
    place: Ints
    """Where each item stands when page, person and popular items are counted through; shape (n,)."""
    offered: Offered
    """The same as arranging takes it."""

    @classmethod
    def of(
        cls, of_page: Sequence[Candidate], of_person: Recommended, sources: Sequence[str], popular: Ints
    ) -> Offering:
        """Put the three together."""
        item, score = of_person.item, of_person.score.astype(np.float64)
        wanted = item[asked_for(of_person.source, sources)]
        if of_page:
            item = np.concatenate([[candidate.item for candidate in of_page], item])
            score = np.concatenate([[candidate.score for candidate in of_page], score])
        own = len(item)
        item = np.concatenate([item, popular]).astype(np.int64)
        place = first_places(item)
        is_own = place < own
        lowest = lowest_of(score[place[is_own]])
        score = np.concatenate([score, np.minimum(lowest, _POPULAR_SCORES[: len(popular)])])
        item = item[place]
        offered = Offered(item, score[place], among(item, wanted), is_own)
        return cls(of_page, of_person, sources, popular, place, offered)

    def candidate(self, position: int) -> Candidate:
        """The candidate at a position of ``offered``."""
        place = int(self.place[position])
        if place < len(self.of_page):
            return self.of_page[place]
        own, item, score = self.of_person, int(self.offered.item[position]), float(self.offered.score[position])
        place -= len(self.of_page)
        if place >= len(own.item):
            return Candidate(item, score, POPULAR)
        return Candidate(item, score, self.sources[own.source[place]], int(own.because[place]), int(own.days[place]))


def lowest_of(scores: Sequence[float] | Floats) -> float:
    """The score that no popular item behind the candidates exceeds: that of the last."""
    return float(scores[-1]) if len(scores) else 1.0


def popular_score(rank: int, lowest: float) -> float:
    """The score of the popular item of a rank, counted from 0."""
    return min(lowest, 1.0 / (1.0 + rank))


def asked_for(source: Ints, sources: Sequence[str]) -> Flags:
    """Which recommendations lie in the cart or among the favourites, by where they came from, shape ``(n,)``."""
    return among(source, np.array([position for position, name in enumerate(sources) if name in _WANTED]))
