"""How a learner and every baseline rank the people of one campaign that they had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.drift import drift
from training.uplift.baselines import baseline_scores
from training.uplift.campaign_table import CampaignTable
from training.uplift.choice import Choice, chosen_learner
from training.uplift.levelled import Levelled
from training.uplift.qini import QiniFigures, Trial, qini_figures

RFM = ("days_since_purchase", "purchase_day_count", "net_spend_all")
"""The features of the RFM rule."""

TENTHS = 10
"""Uplift is told for each tenth of the people, the highest score first."""


@dataclass(frozen=True)
class HeldOut:
    """The newest campaign, ranked by what was learned from those before it."""

    campaign: str
    """The campaign's id."""
    choice: Choice
    """Which learner was chosen without looking at it, and how all did."""
    methods: Mapping[str, QiniFigures]
    """Figures of the ``model`` and of each baseline, by name; the outcome is an order."""
    spend: QiniFigures
    """Figures of the model where the outcome is net spend."""
    tenths: tuple[Mapping[str, float | int | None], ...]
    """Uplift foretold and seen in each tenth of the people."""
    drift: Mapping[str, Any]
    """How its people differ from those that were learned from, see :func:`training.drift.drift`."""

    @classmethod
    def of(cls, known: CampaignTable, newest: CampaignTable, repeats: int = 3) -> HeldOut:
        """Choose and fit on ``known``, measure on ``newest``, which nothing was chosen by.

        ``repeats`` is how often learners are compared, see :func:`training.uplift.choice.chosen_learner`.
        """
        trial, features = known.orders, known.features.values
        choice = chosen_learner(features, trial, repeats=repeats)
        learner = Levelled.fit(choice.name, features, trial)
        score = learner.uplift(newest.features.values)
        scores = {"model": score} | dict(
            baseline_scores((features, trial.treated, trial.outcome), newest.features.values, _rfm(newest.features))
        )
        return cls(
            newest.campaigns[int(newest.campaign[0])].name,
            choice,
            {name: qini_figures(each, newest.orders) for name, each in scores.items()},
            qini_figures(score, newest.spend),
            tuple(tenths(score, newest.orders)),
            drift(known.features, newest.features, (learner.uplift(features), score)),
        )

    @property
    def passed(self) -> bool:
        """Whether the model surely ranks better than lots: the whole interval of its Qini is above zero."""
        low = self.methods["model"].qini.low
        return low is not None and low > 0

    def in_short(self) -> dict[str, Any]:
        """The campaign, the learner, and the model's figures without the curve, as plain JSON values."""
        told = self.methods["model"].as_dict()
        del told["curve"]
        return {"campaign": self.campaign, "learner": self.choice.name, **told}

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        return {
            "campaign": self.campaign,
            "learner": self.choice.name,
            "cross_fitted_qini": dict(self.choice.qini),
            "methods": {name: figures.as_dict() for name, figures in self.methods.items()},
            "net_spend": self.spend.as_dict(),
            "tenths": [dict(row) for row in self.tenths],
            "drift": {**self.drift, "features": self.drift["features"][:TENTHS]},
        }


def tenths(score: Floats, trial: Trial) -> list[Mapping[str, float | int | None]]:
    """Of each tenth of the people by falling score: how many, uplift foretold (the mean score) and uplift seen."""
    told: list[Mapping[str, float | int | None]] = []
    for number, rows in enumerate(np.array_split(np.argsort(-score, kind="stable"), TENTHS), start=1):
        part, weight = trial.take(rows), trial.take(rows).weight
        means = [
            np.average(part.outcome[arm], weights=weight[arm]) if arm.any() else np.nan
            for arm in (part.treated, ~part.treated)
        ]
        seen = float(means[0] - means[1])
        told.append(
            {
                "tenth": number,
                "people": len(rows),
                "foretold": float(score[rows].mean()) if len(rows) else None,
                "seen": seen if np.isfinite(seen) else None,
            }
        )
    return told


def _rfm(features: CustomerFeatures) -> tuple[Floats, Floats, Floats]:
    recency, frequency, monetary = (features.column(name) for name in RFM)
    return recency, frequency, monetary
