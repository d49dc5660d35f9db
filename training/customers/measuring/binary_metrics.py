"""Metrics of probabilities, computed from how many customers of each kind have each score.

Every metric depends on the customers only through the distinct scores and the counts of those to whom it happened and
those to whom it did not. So a bootstrap over customers is a multinomial draw of counts: many resamples are one array.
What people are worth is drawn with the counts: at each score it has the mean and the spread of those seen there.
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
    worth: Floats
    """What those to whom it happened are worth together; shape (n_samples, n_scores)."""
    spread: Floats
    """Standard deviation of that worth from one of them to another at each score; shape (n_scores,)."""

    @classmethod
    def of(cls, chance: Floats, happened: Flags, worth: Floats | None = None) -> Tally:
        """One sample: the customers themselves, each worth one unless ``worth`` says otherwise."""
        score, place = np.unique(-chance.astype(np.float64), return_inverse=True)
        value = np.ones(len(chance)) if worth is None else worth.astype(np.float64)
        total, count, sums, squares = (
            np.bincount(place, weights=weights, minlength=len(score)).astype(np.float64)
            for weights in (None, happened, happened * value, happened * np.square(value))
        )
        spread = np.sqrt(np.maximum(_mean(squares, count) - np.square(_mean(sums, count)), 0.0))
        return cls(-score, count[None, :], total[None, :], sums[None, :], spread)

    def resampled(self, samples: int, rng: np.random.Generator, most_scores: int = 1000) -> Tally:
        """``samples`` bootstrap resamples of the customers; beyond ``most_scores`` near scores are joined."""
        joined = self.joined(most_scores)
        size = int(joined.total.sum())
        cells = np.concatenate([joined.happened[0], joined.total[0] - joined.happened[0]])
        drawn = rng.multinomial(size, cells / cells.sum(), size=samples).astype(np.float64)
        happened, others = np.split(drawn, 2, axis=1)
        # The sum over those drawn at one score, as a normal draw: exact where one customer has the score.
        noise = np.sqrt(happened) * joined.spread * rng.standard_normal(happened.shape)
        worth = happened * _mean(joined.worth[0], joined.happened[0]) + noise
        return Tally(joined.score, happened, happened + others, worth, joined.spread)

    def joined(self, most_scores: int) -> Tally:
        """At most about ``most_scores`` scores, each the mean of customers next to each other, equally many."""
        if len(self.score) <= most_scores:
            return self
        rank = np.cumsum(self.total[0]) - self.total[0]
        _, place = np.unique(np.floor(rank * most_scores / self.total[0].sum()), return_inverse=True)
        squares = self.happened[0] * (np.square(self.spread) + np.square(_mean(self.worth[0], self.happened[0])))
        total, happened, weighed, worth, squared = (
            np.bincount(place, weights=values).astype(np.float64)
            for values in (self.total[0], self.happened[0], self.total[0] * self.score, self.worth[0], squares)
        )
        spread = np.sqrt(np.maximum(_mean(squared, happened) - np.square(_mean(worth, happened)), 0.0))
        return Tally(weighed / total, happened[None, :], total[None, :], worth[None, :], spread)

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
        return np.asarray((self.happened * self._listed(share)).sum(axis=1))

    def caught_worth(self, share: float) -> Floats:
        """What those to whom it happened are worth together among the ``share`` with the highest scores."""
        return np.asarray((self.worth * self._listed(share)).sum(axis=1))

    def _listed(self, share: float) -> Floats:
        """The share of the customers of each score that is on a list of ``share`` of all."""
        before = np.cumsum(self.total, axis=1) - self.total
        room = np.clip(share * self.customers[:, None] - before, 0, self.total)
        return np.asarray(room / np.maximum(self.total, 1e-12))

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


def _mean(total: Floats, count: Floats) -> Floats:
    """``total / count``, 0 where there is nobody."""
    return total / np.maximum(count, 1.0)
