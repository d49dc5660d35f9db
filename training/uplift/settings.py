"""How many people and orders an uplift model needs before it is tried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UpliftSettings:
    """What is enough."""

    campaigns: int = 2
    """So many randomised campaigns: the newest is held out, and the model learns from those before."""
    people_per_arm: int = 200
    """So many people written to, and so many left alone, in each of them."""
    orders: int = 30
    """So many people of a campaign, both arms together, ordered within the horizon."""
    most_campaigns: int = 12
    """The newest campaigns; older ones tell of a shop that has changed."""
    earlier_campaigns: int = 2
    """So many campaigns before the newest are held out in their turn, to tell how steady the ranking is."""
    most_rows: int = 200_000
    """Rows of all campaigns together; of more people a sample by bucket."""
    choice_repeats: int = 2
    """So often the folds are drawn by which learners are compared: one draw says little of small differences."""
    people_per_kind: int = 200
    """A kind of people (visitors, one order, several) of which fewer were in an arm gets no uplift: nobody saw it."""
