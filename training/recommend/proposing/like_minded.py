"""What customers with like baskets buy."""

from __future__ import annotations

from training.recommend.counted.basket_neighbours import BasketNeighbours
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal

NEIGHBOURS = 300
"""Customers that vote."""


def like_minded(sources: Sources, people: People, each: int) -> Proposal:
    """What the customers with the likest baskets buy, the person's own items among them."""
    return Proposal.of_matrix(sources.table(BasketNeighbours).votes(people, NEIGHBOURS, each))
