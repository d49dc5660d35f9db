"""Whether several effects are one effect, and what can be expected of the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, t

from features.arrays import Floats
from features.estimate import CONFIDENCE, Estimate
from training.campaigns.proportions import QUANTILE


@dataclass(frozen=True)
class Heterogeneity:
    """How much effects differ beyond chance."""

    effects: int
    """How many there are with an interval."""
    chance: float | None
    """The chance that effects of one size look at least as different (W. G. Cochran's Q); None for fewer than two."""
    between: float
    """The variance of the true effects that explains it (R. DerSimonian and N. Laird, Controlled Clinical Trials 7,
    1986); 0 where chance does."""
    between_share: float
    """The share of what is seen of differences that is no chance (I squared), 0 to 1."""
    mean: float | None
    """The mean effect, each weighed by how sure it is and by ``between``."""
    next_one: Estimate
    """The effect to be expected of another one (J. P. T. Higgins and others, J. R. Statist. Soc. A 172, 2009); its
    interval is known from three on."""
    shrunk: tuple[float | None, ...]
    """Each effect drawn towards the mean, the less sure it is the more; None where it has no interval."""


def heterogeneity(effects: Sequence[Estimate], quantile: float = QUANTILE) -> Heterogeneity:
    """How much the effects differ; ``quantile`` is that of their intervals."""
    errors = np.array([_error(effect, quantile) for effect in effects])
    values = np.array([np.nan if effect.value is None else effect.value for effect in effects])
    known = np.isfinite(errors) & (errors > 0) & np.isfinite(values)
    number, value, variance = int(known.sum()), values[known], errors[known] ** 2
    if number < 2:
        single = float(value[0]) if number else None
        shrunk = tuple(float(one) if there else None for one, there in zip(values, known, strict=True))
        return Heterogeneity(number, None, 0.0, 0.0, single, Estimate(single, None, None), shrunk)
    weights = 1 / variance
    q = float(weights @ (value - weights @ value / weights.sum()) ** 2)
    spare = weights.sum() - (weights**2).sum() / weights.sum()
    between = max(0.0, (q - (number - 1)) / float(spare))
    weights = 1 / (variance + between)
    mean = float(weights @ value / weights.sum())
    return Heterogeneity(
        effects=number,
        chance=float(chi2.sf(q, number - 1)),
        between=between,
        between_share=max(0.0, 1 - (number - 1) / q) if q > 0 else 0.0,
        mean=mean,
        next_one=_next_one(mean, between, weights),
        shrunk=_shrunk(values, errors, known, mean, between),
    )


def _next_one(mean: float, between: float, weights: Floats) -> Estimate:
    if len(weights) < 3:
        return Estimate(mean, None, None)
    half = float(t.ppf(0.5 + CONFIDENCE / 2, len(weights) - 2)) * (between + 1 / float(weights.sum())) ** 0.5
    return Estimate(mean, mean - half, mean + half)


def _shrunk(
    values: Floats, errors: Floats, known: np.typing.NDArray[np.bool_], mean: float, between: float
) -> tuple[float | None, ...]:
    return tuple(
        float(mean + between / (between + error**2) * (value - mean)) if there else None
        for value, error, there in zip(values, errors, known, strict=True)
    )


def _error(effect: Estimate, quantile: float) -> float:
    if effect.low is None or effect.high is None:
        return np.nan
    return (effect.high - effect.low) / 2 / quantile
