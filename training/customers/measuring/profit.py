"""What a recall list would have earned at every size, by the shop's own costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.arrays import Flags, Floats
from features.shop_folder import ShopSettings
from training.customers.measuring.binary_metrics import Tally
from training.customers.measuring.evaluation import EvaluationSettings, expected_profit, measure

LIST_SIZES = tuple(step / 50 for step in range(51))
"""The sizes of lists that profit is told for, as shares of the customers."""


def stay_worth(order_value_mean: Floats, settings: ShopSettings) -> Floats | None:
    """What the next order of each customer is worth to the shop, shape ``(n,)``; None where no price is known.

    ``order_margin`` of the customer's own mean order value, of the mean over the customers where there is none.
    """
    value = np.maximum(order_value_mean.astype(np.float64), 0.0)
    known = ~np.isnan(value)
    if not known.any():
        return None
    return settings.order_margin * np.where(known, value, value[known].mean())


def profit_by_size(
    scores: Mapping[str, Floats], happened: Flags, worth: Floats, settings: EvaluationSettings | None = None
) -> dict[str, Any]:
    """The expected profit of writing to the highest of each of the ``scores``, for every size of list.

    ``{name: {"sizes": [{"share", "customers", "profit", "low", "high"}, ...], "best": one of them}}``: money with
    bootstrap intervals over customers. ``happened`` says who left, ``worth`` what each is worth who stays, both of
    shape ``(n,)``. ``best`` is the most profitable size in hindsight. Empty where there are no customers.
    """
    settings = settings or EvaluationSettings()
    if not len(happened):
        return {}
    return {name: _curve(Tally.of(score, happened, worth), settings) for name, score in scores.items()}


def _curve(tally: Tally, settings: EvaluationSettings) -> dict[str, Any]:
    drawn = tally.resampled(settings.resamples, np.random.default_rng(settings.seed))
    customers = float(tally.customers[0])
    sizes = []
    for share in LIST_SIZES:
        found = measure(
            expected_profit(tally, share, settings), expected_profit(drawn, share, settings), settings.interval
        )
        profit = {"profit": found["value"], "low": found["low"], "high": found["high"]}
        sizes.append({"share": share, "customers": round(share * customers), **profit})
    return {"sizes": sizes, "best": max(sizes, key=lambda row: row["profit"] or 0.0)}
