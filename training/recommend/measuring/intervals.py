"""Means over customers with 95 % bootstrap intervals: how sure a measure is, and how sure a difference."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from features.arrays import Floats

RESAMPLES = 200
"""Bootstrap resamples of customers behind each interval."""

Told = dict[str, float | None]
"""A measure as ``{"value", "low", "high"}``, plain floats, None where nobody has a value."""


def intervals(per_customer: Mapping[str, Floats], seed: int) -> dict[str, Told]:
    """Mean and interval of each measure; customers with NaN are left out of it.

    Whole customers are drawn, the same ones for every measure. All arrays have shape ``(n_customers,)``.
    """
    names = [name for name, values in per_customer.items() if not np.isnan(values).all()]
    told: dict[str, Told] = {name: {"value": None, "low": None, "high": None} for name in per_customer}
    if not names:
        return told
    values = np.stack([per_customer[name] for name in names], axis=1)
    low, high = np.nanquantile(_resampled_means(values, seed), (0.025, 0.975), axis=0)
    for place, name in enumerate(names):
        told[name] = {
            "value": float(np.nanmean(values[:, place])),
            "low": float(low[place]),
            "high": float(high[place]),
        }
    return told


def differences(first: Mapping[str, Floats], second: Mapping[str, Floats], seed: int) -> dict[str, Told]:
    """Mean and interval of ``first - second``, paired: both are of the same customers in the same order."""
    return intervals({name: values - second[name] for name, values in first.items()}, seed)


def _resampled_means(values: Floats, seed: int) -> Floats:
    """The mean of each column over customers drawn with replacement, shape ``(RESAMPLES, n_measures)``."""
    defined = ~np.isnan(values)
    columns = np.concatenate([np.where(defined, values, 0.0), defined], axis=1)
    rng = np.random.default_rng(seed)
    size = len(values)
    sums = np.stack(
        [np.bincount(rng.integers(0, size, size), minlength=size) @ columns for _ in range(RESAMPLES)], axis=0
    )
    count = sums[:, values.shape[1] :]
    means: Floats = np.full((RESAMPLES, values.shape[1]), np.nan)
    return np.divide(sums[:, : values.shape[1]], count, out=means, where=count > 0)
