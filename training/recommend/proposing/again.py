"""What a person has bought before and is likely to buy again, each item at its own cycle."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints
from features.history import History
from training.recommend.bought import Bought
from training.recommend.counted.repurchases import Chances, Repurchases
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal

LEAST_CHANCE = 0.002
"""An item that fewer of the next orders would hold is not worth a place."""

AHEAD_DAYS = 3.0
"""The next order is made so many days from now."""

BUY_AGAIN = "buy_again"
"""The name of the source, whose reason may speak of the customer's own cycle."""

LEAST_ORDERS = 3
"""So many orders with an item make it something that a customer usually buys."""


def buy_again(sources: Sources, people: People, each: int) -> Proposal:
    """Items bought before, by the chance that the next order holds them."""
    bought = people.bought
    if not len(bought):
        return Proposal.none()
    chance = sources.table(Repurchases).chance(Chances.of(bought, AHEAD_DAYS))
    likely = chance >= LEAST_CHANCE
    return Proposal.best(bought.customer[likely], bought.item[likely], chance[likely], each)


def usual_days(history: History, customer: Ints, item: Ints) -> Floats:
    """Days that usually pass between a customer's orders of an item, NaN where it was in too few; shape ``(n,)``."""
    bought = Bought.of(history)
    place, found = bought.find(customer, item)
    days: Floats = np.full(len(customer), np.nan)
    gaps = bought.count[place[found]] - 1
    mean = np.exp(bought.log_gap_sum[place[found]] / np.maximum(gaps, 1))
    days[found] = np.where(gaps >= LEAST_ORDERS - 1, mean, np.nan)
    return days
