"""Metrics of probabilities, computed from how many customers of each kind have each score.

Every metric depends on the customers only through the distinct scores and the counts of those to whom it happened and
those to whom it did not. So a bootstrap over customers is a multinomial draw of counts: many resamples are one array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio

LIST_SHARES = (0.05, 0.1, 0.2)
"""Sizes of contact lists that lift and profit are told for, as shares of the customers."""

RELIABILITY_BINS = 10
"""Bins of equal width between 0 and 1 for the reliability table and the expected calibration error."""


@dataclass(frozen=True)
class Tally:
    """Customers by score, the highest first; several resamples at once."""

    score: Floats
    """Distinct probabilities, falling; shape (n_scores,)."""
    happened: Floats
    """Customers with that score to whom it happened; shape (n_samples, n_scores)."""
    total: Floats
    """Customers with that score; shape (n_samples, n_scores)."""

    @classmethod
    def of(cls, chance: Floats, happened: Flags) -> Tally:
        """One sample: the customers themselves."""
        score, place = np.unique(-chance.astype(np.float64), return_inverse=True)
        total = np.bincount(place, minlength=len(score)).astype(np.float64)
        count = np.bincount(place, weights=happened, minlength=len(score)).astype(np.float64)
        return cls(-score, count[None, :], total[None, :])

    def resampled(self, samples: int, rng: np.random.Generator, most_scores: int = 1000) -> Tally:
        """``samples`` bootstrap resamples of the customers; beyond ``most_scores`` near scores are joined."""
        joined = self.joined(most_scores)
        size = int(joined.total.sum())
        cells = np.concatenate([joined.happened[0], joined.total[0] - joined.happened[0]])
        drawn = rng.multinomial(size, cells / cells.sum(), size=samples).astype(np.float64)
        happened, others = np.split(drawn, 2, axis=1)
        return Tally(joined.score, happened, happened + others)

    def joined(self, most_scores: int) -> Tally:
        """At most about ``most_scores`` scores, each the mean of customers next to each other, equally many."""
        if len(self.score) <= most_scores:
            return self
        rank = np.cumsum(self.total[0]) - self.total[0]
        _, place = np.unique(np.floor(rank * most_scores / self.total[0].sum()), return_inverse=True)
        total, happened, weighed = (
            np.bincount(place, weights=values).astype(np.float64)
            for values in (self.total[0], self.happened[0], self.total[0] * self.score)
        )
        return Tally(weighed / total, happened[None, :], total[None, :])

    @cached_property
    def customers(self) -> Floats:
        """Customers in each sample, shape ``(n_samples,)``."""
        return np.asarray(self.total.sum(axis=1), dtype=np.float64)

    @cached_property
    def rate(self) -> Floats:
        """Share to whom it happened, shape ``(n_samples,)``."""
        return np.asarray(self.happened.sum(axis=1) / self.customers, dtype=np.float64)

    def metrics(self) -> dict[str, Floats]:
        """Every metric that needs no money, each of shape ``(n_samples,)``; NaN where it has no meaning."""
        return {
            "roc_auc": self.roc_auc(),
            "average_precision": self.average_precision(),
            "log_loss": self.log_loss(),
            "brier": self.brier(),
            "brier_skill": ratio(self.rate * (1 - self.rate) - self.brier(), self.rate * (1 - self.rate)),
            "ece": self.ece(),
            **{f"lift_at_{share:.0%}".replace("%", "pct"): self.lift(share) for share in LIST_SHARES},
        }

    def roc_auc(self) -> Floats:
        """Chance that one to whom it happened has a higher score than one to whom it did not; ties count half."""
        others = self.total - self.happened
        below = others.sum(axis=1, keepdims=True) - np.cumsum(others, axis=1)
        won = (self.happened * (below + others / 2)).sum(axis=1)
        return ratio(won, self.happened.sum(axis=1) * others.sum(axis=1))

    def average_precision(self) -> Floats:
        """Mean precision over those to whom it happened, each at the score of its own."""
        caught = np.cumsum(self.happened, axis=1)
        precision = caught / np.maximum(np.cumsum(self.total, axis=1), 1)
        return ratio((self.happened * precision).sum(axis=1), self.happened.sum(axis=1))

    def log_loss(self) -> Floats:
        """Mean negative log likelihood, in nats."""
        inside = np.clip(self.score, 1e-12, 1 - 1e-12)
        others = self.total - self.happened
        return ratio(-(self.happened @ np.log(inside) + others @ np.log1p(-inside)), self.customers)

    def brier(self) -> Floats:
        """Mean squared distance between the probability and what happened."""
        others = self.total - self.happened
        return ratio(self.happened @ np.square(1 - self.score) + others @ np.square(self.score), self.customers)

    def ece(self) -> Floats:
        """Mean distance between predicted and seen shares over bins of equal width, weighted by customers."""
        bins = self._bins()
        inside = np.eye(RELIABILITY_BINS)[bins]
        distance = np.abs((self.total * self.score) @ inside - self.happened @ inside)
        return ratio(distance.sum(axis=1), self.customers)

    def lift(self, share: float) -> Floats:
        """How many times the usual rate it happened to the ``share`` of customers with the highest scores."""
        return ratio(self.caught(share), share * self.customers * self.rate)

    def caught(self, share: float) -> Floats:
        """To how many of the ``share`` of customers with the highest scores it happened; within ties by their mean."""
        before = np.cumsum(self.total, axis=1) - self.total
        room = np.clip(share * self.customers[:, None] - before, 0, self.total)
        return np.asarray((self.happened * room / np.maximum(self.total, 1e-12)).sum(axis=1))

    def reliability(self) -> list[dict[str, float]]:
        """For each bin that holds customers: its bounds, customers, mean probability and the share seen."""
        bins = self._bins()
        table = []
        for number in np.unique(bins):
            rows = bins == number
            total = self.total[0, rows].sum()
            table.append(
                {
                    "from": float(number / RELIABILITY_BINS),
                    "to": float((number + 1) / RELIABILITY_BINS),
                    "customers": float(total),
                    "predicted": float(self.total[0, rows] @ self.score[rows] / total),
                    "seen": float(self.happened[0, rows].sum() / total),
                }
            )
        return table

    def _bins(self) -> Ints:
        return np.asarray(np.minimum(np.floor(self.score * RELIABILITY_BINS), RELIABILITY_BINS - 1), dtype=np.int64)
