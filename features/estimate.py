"""A figure and the interval that holds the truth as often as it says."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
"""How often an interval holds the truth."""

Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
"""The normal distribution's quantile that belongs to it."""


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval that holds the truth in 95 of 100 cases."""

    value: float | None
    """The figure; None where nothing was seen."""
    low: float | None
    """Lower end of the interval; None where it is not known."""
    high: float | None
    """Upper end."""

    @classmethod
    def unknown(cls) -> Estimate:
        """Nothing was seen."""
        return cls(None, None, None)

    def times(self, factor: float) -> Estimate:
        """The same in units of which there are ``factor`` to one; a factor below 0 swaps the ends."""
        value, low, high = (None if part is None else part * factor for part in (self.value, self.low, self.high))
        return Estimate(value, low, high) if factor >= 0 else Estimate(value, high, low)

    def plus(self, shift: float) -> Estimate:
        """The same, so much further up."""
        return Estimate(*(None if part is None else part + shift for part in (self.value, self.low, self.high)))

    @property
    def leaves_out_zero(self) -> bool:
        """Whether both ends are on one side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def as_dict(self) -> dict[str, float | None]:
        """Value, low and high, for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}
