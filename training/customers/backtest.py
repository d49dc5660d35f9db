"""Churn as it would have been told at a past moment, beside what happened then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats
from features.behaviour import Behaviour
from features.customers import CustomerFeatures
from features.progress import Progress, Said
from training.baselines import Predictor, fit_baselines
from training.calibration import SMALLEST
from training.customers.evaluation import EvaluationSettings, evaluate
from training.customers.fitting import PropensityTraining, fit_propensity
from training.customers.propensity import PropensitySettings
from training.tables import CustomerTable, bucket_tables, buyers, high_value

GROUP_COLUMNS = ("purchase_day_count", "net_spend_all", "days_since_purchase")
"""The features that groups are made from."""


@dataclass(frozen=True)
class ChurnBacktest:
    """Every buyer before the cutoff, what was predicted and what happened."""

    table: pd.DataFrame
    """``customer_id``, ``probability`` (of no order within the horizon) and ``churned``, by customer."""
    report: dict[str, Any]
    """Figures of the model and every baseline, per group; tier, gate and training cutoffs. JSON-able, without NaN."""
    training: PropensityTraining
    """What was trained with what was known before the cutoff."""


def churn_backtest(
    behaviour: Behaviour,
    cutoff: datetime,
    horizon_days: int,
    *,
    settings: PropensitySettings | None = None,
    evaluation: EvaluationSettings | None = None,
    said: Said | None = None,
    progress: Progress | None = None,
) -> ChurnBacktest:
    """Train with what was known before ``cutoff``, then predict every buyer and look at the horizon after it.

    The model of the report is what would have served: the trained tier or the rules. ``progress`` is called as the
    buckets of the test are read.
    """
    training = fit_propensity(behaviour, cutoff, horizon_days, settings=settings, said=said)
    baselines, dropped = fit_baselines(training.tables, training.known) if training.tables else ({}, {})
    if said is not None:
        said(f"predicting everyone known before {cutoff:%Y-%m-%d}")
    methods: dict[str, Predictor] = {"model": training.propensity, **baselines}
    parts = [
        _predicted(table.take(buyers(table.features)), methods)
        for table in bucket_tables(behaviour, cutoff, horizon_days, progress=progress)
    ]
    found = pd.concat(parts, ignore_index=True)
    groups = _groups(found, behaviour.settings.lost_after_days)
    churned = found["churned"].to_numpy(dtype=bool)
    chances = {name: found[f"chance_{name}"].to_numpy(dtype=np.float64) for name in methods}
    report = {
        "cutoff": cutoff.isoformat(),
        "horizon_days": horizon_days,
        "tier": training.propensity.tier,
        "visitor_tier": training.propensity.visitor_tier,
        "gate": training.gate.as_dict(),
        "trial": dict(training.propensity.figures),
        "training_cutoffs": [moment.isoformat() for moment in training.cutoffs],
        "dropped_baselines": dropped,
        "methods": evaluate(chances, churned, groups, evaluation),
    }
    table = pd.DataFrame({"customer_id": found["customer_id"], "probability": chances["model"], "churned": churned})
    return ChurnBacktest(table, report, training)


def _predicted(table: CustomerTable, methods: dict[str, Predictor]) -> pd.DataFrame:
    """Labels, every method's chance of churn, and what groups are made from, for the buyers of one bucket."""
    features = table.features
    columns: dict[str, Any] = {"customer_id": features.customer_ids.to_pylist(), "churned": ~table.ordered}
    columns |= {f"chance_{name}": _churn(method, features) for name, method in methods.items()}
    columns |= {name: features.column(name) for name in GROUP_COLUMNS}
    return pd.DataFrame(columns)


def _churn(method: Predictor, features: CustomerFeatures) -> Floats:
    return np.clip(1 - method.order_probability(features), SMALLEST, 1 - SMALLEST)


def _groups(found: pd.DataFrame, lost_after_days: int) -> dict[str, Flags]:
    """The groups of ``METRICS``: by purchase days, by value, and those who are not lost yet."""
    days, spend, silence = (found[name].to_numpy(dtype=np.float64) for name in GROUP_COLUMNS)
    return {
        "one_order": days == 1,
        "repeat": days >= 2,
        "high_value": high_value(days > 0, spend),
        "not_lost": silence < lost_after_days,
    }
