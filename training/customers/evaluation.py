"""How good probabilities were: every metric with a bootstrap interval over customers, for each group of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats
from training.customers.binary_metrics import LIST_SHARES, Tally


@dataclass(frozen=True)
class EvaluationSettings:
    """What the figures are made with."""

    resamples: int = 200
    """Bootstrap resamples of customers behind each interval."""
    interval: float = 0.95
    """Share of the resamples inside an interval."""
    seed: int = 11
    """Of the resamples; every method gets the same."""
    contact_cost: float = 1.0
    """Cost of writing to one customer, in the shop's currency."""
    margin: float = 40.0
    """What one customer who stays is worth, in the shop's currency."""
    success_rate: float = 0.1
    """The share of leaving customers that a contact makes stay."""


def evaluate(
    probabilities: Mapping[str, Floats],
    happened: Flags,
    groups: Mapping[str, Flags] | None = None,
    settings: EvaluationSettings | None = None,
) -> dict[str, Any]:
    """The figures of each method: ``{method: {group: figures}}``, in plain JSON values without NaN.

    ``probabilities`` are those of the event that ``happened``, for churn the chance of no order. The group ``all`` is
    everyone. Figures are ``customers``, ``happened``, ``base_rate``, ``reliability`` and ``metrics``, of which each is
    ``{"value", "low", "high"}``; a metric without meaning, such as the AUC of one outcome, is null.
    """
    settings = settings or EvaluationSettings()
    everyone = {"all": np.ones(len(happened), dtype=bool), **(groups or {})}
    return {
        method: {group: figures(chance[rows], happened[rows], settings) for group, rows in everyone.items()}
        for method, chance in probabilities.items()
    }


def figures(chance: Floats, happened: Flags, settings: EvaluationSettings) -> dict[str, Any]:
    """The figures of one method for one group of customers."""
    if not len(happened):
        return {"customers": 0, "happened": 0, "base_rate": None, "reliability": [], "metrics": {}}
    tally = Tally.of(chance, happened)
    drawn = tally.resampled(settings.resamples, np.random.default_rng(settings.seed))
    values, spread = _measured(tally, settings), _measured(drawn, settings)
    return {
        "customers": len(happened),
        "happened": int(np.count_nonzero(happened)),
        "base_rate": float(happened.mean()),
        "reliability": tally.reliability(),
        "metrics": {name: _told(values[name], spread[name], settings.interval) for name in values},
    }


def expected_profit(tally: Tally, share: float, settings: EvaluationSettings) -> Floats:
    """Profit of writing to the ``share`` with the highest chance of leaving, shape ``(n_samples,)``.

    Each contact costs, and makes some of those stay who would have left.
    """
    gained = tally.caught(share) * settings.success_rate * settings.margin
    return gained - share * tally.customers * settings.contact_cost


def _measured(tally: Tally, settings: EvaluationSettings) -> dict[str, Floats]:
    profits = {
        f"expected_profit_at_{share:.0%}".replace("%", "pct"): expected_profit(tally, share, settings)
        for share in LIST_SHARES
    }
    return {**tally.metrics(), **profits}


def _told(value: Floats, spread: Floats, interval: float) -> dict[str, float | None]:
    """A metric and its interval; null where there is none."""
    known = spread[~np.isnan(spread)]
    tail = (1 - interval) / 2
    low, high = np.quantile(known, (tail, 1 - tail)) if len(known) else (math.nan, math.nan)
    return {"value": _plain(float(value[0])), "low": _plain(float(low)), "high": _plain(float(high))}


def _plain(number: float) -> float | None:
    return number if math.isfinite(number) else None
