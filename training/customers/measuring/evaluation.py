"""How good probabilities were: every metric with a bootstrap interval over customers, for each group of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats
from features.shop_folder import ShopSettings
from training.customers.measuring.binary_metrics import LIST_SHARES, Tally

Measure = dict[str, float | None]
"""``{"value", "low", "high"}``; null where there is none."""


@dataclass(frozen=True)
class EvaluationSettings:
    """What the figures are made with."""

    resamples: int = 200
    """Bootstrap resamples of customers behind each interval."""
    interval: float = 0.95
    """Share of the resamples inside an interval."""
    seed: int = 11
    """Of the resamples; every method gets the same."""
    contact_cost: float = ShopSettings.contact_cost
    """Cost of writing to one customer, in the shop's currency."""
    success_rate: float = ShopSettings.contact_success_rate
    """The share of leaving customers that a contact makes stay."""

    @classmethod
    def of(cls, shop: ShopSettings) -> EvaluationSettings:
        """The usual settings with the shop's own costs."""
        return cls(contact_cost=shop.contact_cost, success_rate=shop.contact_success_rate)


def evaluate(
    probabilities: Mapping[str, Floats],
    happened: Flags,
    groups: Mapping[str, Flags] | None = None,
    settings: EvaluationSettings | None = None,
    worth: Floats | None = None,
) -> dict[str, Any]:
    """The figures of each method: ``{method: {group: figures}}``, in plain JSON values without NaN.

    ``probabilities`` are those of the event that ``happened``, for churn the chance of no order. The group ``all`` is
    everyone. Figures are ``customers``, ``happened``, ``base_rate``, ``reliability`` and ``metrics``, of which each is
    ``{"value", "low", "high"}``; a metric without meaning, such as the AUC of one outcome, is null. ``worth`` is what
    each customer who stays is worth to the shop, shape ``(n,)``; without it there is no expected profit.
    """
    settings = settings or EvaluationSettings()
    everyone = {"all": np.ones(len(happened), dtype=bool), **(groups or {})}
    return {
        method: {
            group: figures(chance[rows], happened[rows], settings, None if worth is None else worth[rows])
            for group, rows in everyone.items()
        }
        for method, chance in probabilities.items()
    }


def figures(
    chance: Floats, happened: Flags, settings: EvaluationSettings, worth: Floats | None = None
) -> dict[str, Any]:
    """The figures of one method for one group of customers."""
    if not len(happened):
        return {"customers": 0, "happened": 0, "base_rate": None, "reliability": [], "metrics": {}}
    tally = Tally.of(chance, happened, worth)
    drawn = tally.resampled(settings.resamples, np.random.default_rng(settings.seed))
    paid = LIST_SHARES if worth is not None else ()
    values, spread = _measured(tally, settings, paid), _measured(drawn, settings, paid)
    return {
        "customers": len(happened),
        "happened": int(np.count_nonzero(happened)),
        "base_rate": float(happened.mean()),
        "reliability": tally.reliability(),
        "metrics": {name: measure(values[name], spread[name], settings.interval) for name in values},
    }


def expected_profit(tally: Tally, share: float, settings: EvaluationSettings) -> Floats:
    """Profit of writing to the ``share`` with the highest scores, shape ``(n_samples,)``.

    Each contact costs, and makes some of those stay who would have left; the tally knows what they are worth.
    """
    gained = tally.caught_worth(share) * settings.success_rate
    return gained - share * tally.customers * settings.contact_cost


def measure(value: Floats, spread: Floats, interval: float) -> Measure:
    """The metric of one sample, shape ``(1,)``, with the interval of its resamples, shape ``(n_samples,)``."""
    known = spread[~np.isnan(spread)]
    tail = (1 - interval) / 2
    low, high = np.quantile(known, (tail, 1 - tail)) if len(known) else (math.nan, math.nan)
    return {"value": plain(float(value[0])), "low": plain(float(low)), "high": plain(float(high))}


def plain(number: float) -> float | None:
    """A number as JSON has it: null where there is none."""
    return number if math.isfinite(number) else None


def _measured(tally: Tally, settings: EvaluationSettings, paid: tuple[float, ...]) -> dict[str, Floats]:
    profits = {
        f"expected_profit_at_{share:.0%}".replace("%", "pct"): expected_profit(tally, share, settings) for share in paid
    }
    return {**tally.metrics(), **profits}
