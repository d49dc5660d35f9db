"""How much less sure a comparison is because some people are in it several times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from training.campaigns.means import arm_weights
from training.campaigns.proportions import QUANTILE


@dataclass(frozen=True)
class RepeatedPeople:
    """The rows of a comparison and who they are."""

    treated: Flags
    """The arm of each row, shape ``(n,)``."""
    stratum: Ints
    """Within which the arms are compared, shape ``(n,)``."""
    person: Ints | None = None
    """A number for each row that is the same for the same person, shape ``(n,)``; None where nobody is there twice."""
    usual: float = QUANTILE
    """The quantile where every row is another person."""

    def quantile(self, values: Floats) -> float:
        """The quantile for intervals about the difference of means of ``values``, shape ``(n,)``.

        The usual one times the root of how much larger the variance is when the rows of one person are taken together
        than when all rows are taken as independent, and never smaller (the design effect of L. Kish, Survey Sampling,
        1965, with people as clusters).
        """
        if self.person is None:
            return self.usual
        pulls = arm_weights(self.treated, self.stratum) * np.where(self.treated, 1.0, -1.0)
        for arm in (self.treated, ~self.treated):
            pulls[arm] *= values[arm] - float(np.abs(pulls[arm]) @ values[arm])
        alone = float(pulls @ pulls)
        if not alone:
            return self.usual
        together = np.bincount(np.unique(self.person, return_inverse=True)[1], weights=pulls)
        return self.usual * max(1.0, float(together @ together) / alone) ** 0.5
