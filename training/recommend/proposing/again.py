"""What a person has bought before and is likely to buy again, each item at its own cycle."""

from __future__ import annotations

from training.recommend.counted.repurchases import Chances, Repurchases
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.proposal import Proposal

LEAST_CHANCE = 0.002
"""An item that fewer of the next orders would hold is not worth a place."""

AHEAD_DAYS = 3.0
"""The next order is made so many days from now."""


def buy_again(sources: Sources, people: People, each: int) -> Proposal:
    """Items bought before, by the chance that the next order holds them."""
    bought = people.bought
    chance = sources.table(Repurchases).chance(Chances.of(bought, AHEAD_DAYS))
    likely = chance >= LEAST_CHANCE
    return Proposal.best(bought.customer[likely], bought.item[likely], chance[likely], each)
