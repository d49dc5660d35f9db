"""What would have been told at a past moment beside what happened: who leaves, which visitors order, how much, when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Floats
from features.behaviour import Behaviour
from features.progress import Progress, Said
from features.shop_folder import ShopSettings
from training.customers.explaining.drivers import KindSample, drivers
from training.customers.fitting import PropensityTraining, fit_propensity
from training.customers.measuring.contenders import MODEL, TRAINED, Contenders
from training.customers.measuring.curves import gain_rows, lift_rows, score_rows
from training.customers.measuring.evaluation import EvaluationSettings, evaluate
from training.customers.measuring.outcomes import Outcomes, split
from training.customers.measuring.outlook_backtest import OutlookBacktest
from training.customers.measuring.profit import profit_by_size, stay_worth
from training.customers.methods import TIERS
from training.customers.propensity import PropensitySettings
from training.customers.treatment import treatment_report
from training.tables import bucket_tables


@dataclass(frozen=True)
class ChurnBacktest:
    """Everyone known before the cutoff, what was predicted and what happened."""

    table: pd.DataFrame
    """``customer_id``, ``probability`` (of no order within the horizon) and ``churned`` of the buyers, by customer."""
    report: dict[str, Any]
    """Figures of what serves, of each tier's methods and of every baseline for buyers, per group; tiers, gate, curves,
    profit, drivers, how many people were ``set_aside`` and why, and how many buyers were ``treated``: written to before
    they ordered within the horizon. JSON-able, without NaN."""
    visitors: dict[str, Any]
    """The same for people who had not ordered yet, about the chance that they do."""
    outlook: dict[str, Any]
    """Expected orders, spend and dates beside what came (see :meth:`OutlookBacktest.report`), also without NaN."""
    training: PropensityTraining
    """What was trained with what was known before the cutoff."""
    sample: KindSample
    """Some of the people of each kind as they were known at the cutoff."""


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
    """Train with what was known before ``cutoff``, then predict everyone and look at the horizon after it.

    The model of the report is what would have served: the tier that was chosen for each kind of people. ``progress``
    is called as the buckets of the test are read.
    """
    evaluation = evaluation or EvaluationSettings.of(behaviour.settings)
    training = fit_propensity(behaviour, cutoff, horizon_days, settings=settings, said=said)
    if said is not None:
        said("fitting what it is compared with")
    methods = Contenders.of(training)
    outlook = OutlookBacktest.fit(behaviour, cutoff, horizon_days, training.tables, said=said)
    if said is not None:
        said(f"predicting everyone known before {cutoff:%Y-%m-%d}")
    sample, aside, treated = KindSample(), Counter[str](), 0
    parts: list[tuple[Outcomes, Outcomes]] = []
    for table in bucket_tables(behaviour, cutoff, horizon_days, progress=progress):
        sample.add(table.features)
        outlook.add(table)
        aside.update(table.set_aside)
        bought, visited = split(table)
        treated += int(np.count_nonzero(bought.treated))
        parts.append((Outcomes.of(bought, methods.buyers), Outcomes.of(visited, methods.visitors)))
    bought_by, visited_by = (Outcomes.joined(each) for each in zip(*parts, strict=True))
    report = {
        "cutoff": cutoff.isoformat(),
        "horizon_days": horizon_days,
        "set_aside": dict(aside),
        "treated": treated,
        **_trained(training),
        "dropped_baselines": dict(methods.dropped),
        **_measured(bought_by, behaviour.settings, evaluation),
        "drivers": drivers(training.propensity, sample),
    }
    visitors = _of_visitors(visited_by, training, evaluation)
    return ChurnBacktest(_told(bought_by), report, visitors, outlook.report(), training, sample)


def _trained(training: PropensityTraining) -> dict[str, Any]:
    propensity = training.propensity
    return {
        "tier": propensity.tier,
        "tiers": dict(propensity.tiers),
        "serving": dict(propensity.methods),
        "tier_methods": {tier: list(methods) for tier, methods in TIERS.items()},
        "gate": training.gate.as_dict(),
        "trial": dict(propensity.figures),
        "training_cutoffs": [moment.isoformat() for moment in training.cutoffs],
        "contacts": treatment_report(training.tables),
    }


def _told(bought: Outcomes) -> pd.DataFrame:
    columns = {"probability": bought.churn_chances[MODEL], "churned": ~bought.ordered}
    return pd.DataFrame({"customer_id": bought.frame["customer_id"], **columns})


def _measured(bought: Outcomes, shop: ShopSettings, evaluation: EvaluationSettings) -> dict[str, Any]:
    """Figures of every method for buyers, and what charts show of them."""
    chances, churned = bought.churn_chances, ~bought.ordered
    worth = stay_worth(bought.column("order_value_mean"), shop)
    methods = evaluate(chances, churned, bought.groups(shop.lost_after_days), evaluation, worth)
    baselines = best_baselines(methods)
    lists = {} if worth is None else _rankings(chances, worth, baselines[:1])
    return {
        "methods": methods,
        "best_baselines": baselines,
        "curves": {
            "lift": lift_rows(chances[MODEL], churned),
            "gain": gain_rows({name: chances[name] for name in (MODEL, *baselines[:3])}, churned),
            "scores": score_rows(chances[MODEL], churned),
        },
        "profit": {
            "currency": shop.currency,
            "contact_cost": evaluation.contact_cost,
            "order_margin": shop.order_margin,
            "contact_success_rate": evaluation.success_rate,
            "mean_worth": None if worth is None or not len(worth) else float(worth.mean()),
            "lists": {} if worth is None else profit_by_size(lists, churned, worth, evaluation),
        },
    }


def best_baselines(methods: dict[str, Any]) -> list[str]:
    """The baselines by log loss over everyone, the lowest first."""
    losses = {
        name: groups["all"]["metrics"]["log_loss"]["value"]
        for name, groups in methods.items()
        if name not in (MODEL, *TRAINED) and groups["all"]["metrics"]
    }
    return sorted(losses, key=losses.__getitem__)


def _rankings(chances: dict[str, Floats], worth: Floats, baselines: list[str]) -> dict[str, Floats]:
    """What recall lists are made by: the model, the same times what is at stake, the best baseline, and the lot."""
    return {
        MODEL: chances[MODEL],
        "model_by_value": chances[MODEL] * worth,
        **{name: chances[name] for name in baselines},
        "by_lot": np.zeros(len(worth)),
    }


def _of_visitors(visited: Outcomes, training: PropensityTraining, evaluation: EvaluationSettings) -> dict[str, Any]:
    chances, ordered = visited.order_chances, visited.ordered
    return {
        "tier": training.propensity.tiers["visitor"],
        "serving": training.propensity.methods["visitor"],
        "methods": evaluate(chances, ordered, None, evaluation),
        "curves": {"lift": lift_rows(chances[MODEL], ordered)},
    }
