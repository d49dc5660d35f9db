"""What each person of a campaign did: the one table that every figure of it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2_contingency

from features.arrays import Flags, Floats, Ints

UNEVEN = 0.01
"""Below this chance the strata have other shares of control than chance gives, and must be compared one by one."""

COUNTED = ("orders", "revenue", "margin")
"""What is averaged over people, beside whether they ordered."""


@dataclass(frozen=True)
class Outcomes:
    """The people of a campaign, both arms, by intention to treat: one entry each, all of shape ``(n_people,)``."""

    treated: Flags
    """Who was to be written to; the others are control."""
    stratum: Ints
    """Within which of these the arms were drawn, from 0; negative for who has no control group to compare with."""
    converted: Flags
    """Who ordered at least once."""
    orders: Floats
    """How many orders."""
    revenue: Floats
    """What they paid, returns taken off, in the shop's currency."""
    unsubscribed: Flags
    """Who asked for no more messages."""
    margin: Floats | None = None
    """Revenue less what the goods cost; None where that is not known."""

    def __len__(self) -> int:
        return len(self.treated)

    def some(self, rows: Flags | Ints) -> Outcomes:
        """The same of some of the people."""
        return Outcomes(
            treated=self.treated[rows],
            stratum=self.stratum[rows],
            converted=self.converted[rows],
            orders=self.orders[rows],
            revenue=self.revenue[rows],
            unsubscribed=self.unsubscribed[rows],
            margin=None if self.margin is None else self.margin[rows],
        )

    def figure(self, name: str) -> Floats | None:
        """One of ``orders``, ``revenue`` and ``margin``; None where it is not known."""
        found: Floats | None = getattr(self, name)
        return found

    @property
    def treated_people(self) -> int:
        """How many were to be written to."""
        return int(self.treated.sum())

    @property
    def control_people(self) -> int:
        """How many were left alone on purpose."""
        return len(self) - self.treated_people


def compared_strata(treated: Flags, stratum: Ints) -> Ints:
    """The strata within which the arms must be compared: all 0 where every stratum has the same share of control.

    Where the shares are the same, the plain difference of both arms is right, and easier to check by hand. They differ
    where lists of several shares were put together: then the arms are compared stratum by stratum. Looks at who is in
    which arm alone, never at what they did, so that the choice cannot favour a result.
    """
    places = stratum - stratum.min(initial=0)
    counts = np.array([np.bincount(places[arm], minlength=places.max(initial=0) + 1) for arm in (treated, ~treated)])
    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2 or not counts.sum(axis=1).all() or chi2_contingency(counts).pvalue >= UNEVEN:
        return np.zeros(len(stratum), dtype=np.int64)
    return places
