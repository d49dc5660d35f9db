"""What more people want than before, beyond what chance and the growth of the whole shop explain.

Given that an item had n people in two periods together, the number in the newer one is binomial; its probability would
be the shop's own if the item grew as the shop did. The items' true probabilities are taken to spread around that by a
beta distribution whose width comes from all items (empirical Bayes; Efron and Morris 1975): an item that three people
found yesterday is drawn far towards the shop, one that three thousand found hardly at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import betaln
from scipy.stats import beta, binom

from features.arrays import Flags, Floats
from features.estimate import CONFIDENCE, Estimate
from features.false_discoveries import false_discoveries_held

FALSE_SHARE = 0.05
"""At most so many of what is called certain are false in the mean (Benjamini and Hochberg 1995)."""

LEAST_WEIGHT, MOST_WEIGHT = 1.0, 30.0
"""The shop's own growth weighs as so many people. Where all items but one move together the likeliest weight is
endless, and that one hit would be drawn to the others; thirty people are enough to keep small counts quiet."""


CERTAINTY = 1e-9
"""Nothing is more certain than this short of 1."""


@dataclass(frozen=True)
class Growth:
    """How much more each thing grew than the whole shop did, 1 being the same; arrays of shape ``(n_things,)``."""

    ratio: Floats
    """The estimate, drawn towards 1 where few people were counted."""
    low: Floats
    """The lower end of its 95 % interval."""
    high: Floats
    """The upper end."""
    p_value: Floats
    """How often chance alone would bring as many people or more, were the thing growing as the shop does."""
    certain: Flags
    """Whether it rose beyond chance, all things having been looked at."""

    @classmethod
    def of(cls, now: Floats, before: Floats) -> Growth:
        """The growth of things that ``now`` and ``before`` so many people wanted; both of shape ``(n_things,)``."""
        both = now + before
        share = _share(now.sum(), before.sum())
        weight = np.exp(_log_weight(now, before, share))
        shape = weight * share + now, weight * (1 - share) + before
        tail = (1 - CONFIDENCE) / 2
        chances = (shape[0] / (shape[0] + shape[1]), beta.ppf(tail, *shape), beta.ppf(1 - tail, *shape))
        odds = share / (1 - share)
        # Of very few people the upper end may round to certainty.
        ratio, low, high = (chance / np.maximum(1 - chance, CERTAINTY) / odds for chance in chances)
        p_value: Floats = np.asarray(binom.sf(now - 1, both, share))
        return cls(ratio, low, high, p_value, false_discoveries_held(p_value, FALSE_SHARE))


def growth_of(counts: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str) -> dict[str, tuple[Estimate, bool]]:
    """For each thing how the count called ``name`` grew against the shop's, and whether that is beyond chance.

    ``counts`` holds the counts of each thing by period; without a current and a previous one there is no growth.
    """
    if "current" not in counts or "previous" not in counts:
        return {}
    things = sorted({*counts["current"], *counts["previous"]})
    now, before = (
        np.array([counts[period].get(thing, {name: 0})[name] for thing in things], dtype=np.float64)
        for period in ("current", "previous")
    )
    growth = Growth.of(now, before)
    ends = zip(growth.ratio.tolist(), growth.low.tolist(), growth.high.tolist(), growth.certain.tolist(), strict=True)
    return {
        thing: (Estimate(value, low, high), rose) for thing, (value, low, high, rose) in zip(things, ends, strict=True)
    }


def _share(now: float, before: float) -> float:
    """The part of all people that came in the newer period, a little inside 0 to 1."""
    return float((now + 0.5) / (now + before + 1))


def _log_weight(now: Floats, before: Floats, share: float) -> float:
    """Logarithm of how many people the shop's growth weighs as, the likeliest by all things together."""
    if not len(now):
        return float(np.log(LEAST_WEIGHT))

    def surprise(log_weight: float) -> float:
        one, two = np.exp(log_weight) * share, np.exp(log_weight) * (1 - share)
        return -float(np.sum(betaln(now + one, before + two) - betaln(one, two)))

    bounds = float(np.log(LEAST_WEIGHT)), float(np.log(MOST_WEIGHT))
    return float(minimize_scalar(surprise, bounds=bounds, method="bounded").x)
