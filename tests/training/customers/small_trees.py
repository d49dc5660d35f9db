"""Boosters on random tables with everything that makes trees hard: missing values, zeros, ties and tiny numbers."""

from __future__ import annotations

import lightgbm
import numpy as np

from features.arrays import Floats

FEATURES = 7


def numbers(rows: int, seed: int) -> Floats:
    """A table with ties, zeros, missing values, and numbers that are huge or nearly zero; single precision."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    values[:, 1] = rng.integers(0, 4, rows)
    values[:, 2] = np.round(values[:, 2], 1)
    values[rng.random(values.shape) < 0.15] = 0
    values[:, :5][rng.random((rows, 5)) < 0.15] = np.nan
    return values


def odd_numbers(rows: int, seed: int) -> Floats:
    """The same with numbers that no training saw."""
    rng = np.random.default_rng(seed + 100)
    values = numbers(rows, seed + 1)
    odd = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-35, -1e-35, 1e-40, -1e-40, 2e-35, -2e-35, 3e38], np.float32)
    found: Floats = np.where(rng.random(values.shape) < 0.3, rng.choice(odd, values.shape), values)
    return found


def booster(seed: int = 1, rounds: int = 20, **settings: object) -> lightgbm.Booster:
    """Trees of six leaves, or as ``settings`` say."""
    values = numbers(2_000, seed)
    known = np.nan_to_num(values)
    chance = known[:, 0] + 0.5 * known[:, 1] * (known[:, 2] > 0) - np.abs(known[:, 5]) + np.isnan(values[:, 3])
    rng = np.random.default_rng(seed)
    label = (chance + rng.normal(size=len(values)) > 0.5).astype(np.float32)
    asked: dict[str, object] = {
        "objective": "binary",
        "num_leaves": 6,
        "min_data_in_leaf": 5,
        "verbose": -1,
        "num_threads": 1,
    }
    data = lightgbm.Dataset(values, label, free_raw_data=False)
    asked |= {"seed": seed, "bagging_fraction": 0.8, "bagging_freq": 1}
    return lightgbm.train(asked | settings, data, rounds)
