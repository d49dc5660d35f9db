"""All candidates of one answer in one order, each once."""

from __future__ import annotations

import numpy as np

from serving.recommending.offering import Offering, lowest_of, popular_score
from serving.recommending.offers import Candidate
from serving.snapshot_parts.stored_recommendations import Recommended

SOURCES = ("viewed", "open_cart")


def recommended(*items: tuple[int, float, int]) -> Recommended:
    """Items with their scores and sources."""
    item, score, source = zip(*items, strict=True)
    nothing = np.full(len(items), -1, dtype=np.int32)
    days = np.arange(len(items), dtype=np.uint16)
    return Recommended(np.array(item, np.int32), np.array(score, np.float32), np.array(source, np.int8), nothing, days)


def test_page_then_person_then_popular() -> None:
    """Each item stands where it came first; popular items fill up behind, none better than the last candidate."""
    page = [Candidate(7, 0.4, "viewed_together", 3)]
    offering = Offering.of(page, recommended((5, 0.75, 0), (7, 0.5, 1), (6, 0.25, 1)), SOURCES, np.array([5, 9, 1]))
    candidates = [offering.candidate(position) for position in range(len(offering.place))]
    assert candidates == [
        page[0],
        Candidate(5, 0.75, "viewed", -1, 0),
        Candidate(6, 0.25, "open_cart", -1, 2),
        Candidate(9, 0.25, "popular"),
        Candidate(1, 0.25, "popular"),
    ]
    assert offering.offered.own.tolist() == [True, True, True, False, False]
    assert offering.offered.wanted.tolist() == [True, False, True, False, False], "7 lies in the cart as well"


def test_strangers_are_offered_popular_items() -> None:
    """Without candidates the popular items have scores of their own, falling by rank."""
    offering = Offering.of((), Recommended.nothing(), SOURCES, np.array([4, 2]))
    assert [offering.candidate(position).score for position in range(2)] == [1.0, 0.5]
    assert not offering.offered.own.any()


def test_scores_of_popular_items() -> None:
    """They fall by rank and never exceed the last candidate's score."""
    assert [popular_score(rank, lowest_of([])) for rank in range(2)] == [1.0, 0.5]
    assert popular_score(0, lowest_of([0.9, 0.1])) == 0.1
