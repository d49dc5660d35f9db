"""What customers with like baskets buy."""

from __future__ import annotations

from training.recommend.counted.basket_neighbours import BasketNeighbours
from training.recommend.proposing.spread import Spread

NEIGHBOURS = 300
"""Customers that vote."""


like_minded = Spread(
    lambda sources, people: sources.table(BasketNeighbours).likest(people, NEIGHBOURS),
    lambda sources: sources.table(BasketNeighbours).items_of,
    new=False,
)
"""What the customers with the likest baskets buy, the person's own items among them."""
