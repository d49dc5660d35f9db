"""The priors tier: what a few numbers on when someone came and ordered say about the next order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.calibration import Calibration, log_odds
from training.customers.btyd.bg_nbd import BgNbd, MbgNbd
from training.customers.btyd.law import Law
from training.customers.btyd.pareto_nbd import ParetoNbd
from training.customers.btyd.purchases import Purchases
from training.customers.explaining.concepts import grouped
from training.tables import CustomerTable, buyers, joined, taken

LAWS: Mapping[str, type[Law]] = {"bg_nbd": BgNbd, "mbg_nbd": MbgNbd, "pareto_nbd": ParetoNbd}
"""The buy-till-you-die laws by name."""

LAW_CUSTOMERS = 5_000
"""A law is fitted on at most so many customers: its four parameters are exact to two digits then."""

RFT = ("days_since_purchase", "purchase_day_count", "days_since_first_purchase")
"""Recency, frequency and time since the first order, of buyers."""

VISITS = ("days_since_any", "active_days_all", "days_since_first", "open_cart_count")
"""The same of visits, and what waits in the cart, of people who have not ordered."""


@dataclass(frozen=True)
class LawPrior:
    """A buy-till-you-die law as a scorer of buyers."""

    law: Law
    """Its times are in days."""
    horizon_days: int
    """How far ahead."""
    calibration: Calibration = field(default_factory=Calibration)
    """The line on the margin."""

    @classmethod
    def fit(cls, law: type[Law], known: CustomerFeatures, horizon_days: int) -> LawPrior:
        """Fit the buyers among ``known``; raises :class:`HuitouError` when the fit degenerates."""
        # Hundredths of a day are exact enough, and let customers with equal times be counted together.
        purchases = Purchases.of(taken(known, buyers(known))).rounded(2)
        step = max(1, -(-len(purchases) // LAW_CUSTOMERS))
        return cls(law.fit(purchases.take(slice(None, None, step))), horizon_days)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        return self._margin(Purchases.of(features))

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What the rhythm of orders and the silence add to the margin of someone who ordered once and is due now.

        Shape ``(n, n_features + 1)``, the log-odds of that order last.
        """
        own = Purchases.of(features)
        usual_gap = own.age / (own.frequency + 1)
        due = Purchases(own.frequency, np.maximum(own.age - usual_gap, 0) * (own.frequency > 0), own.age)
        once = Purchases(np.zeros(len(own)), np.zeros(len(own)), np.full(len(own), float(self.horizon_days)))
        steps = [self._margin(purchases) for purchases in (once, due, own)]
        told = np.zeros((len(features), len(features.names) + 1))
        told[:, -1] = steps[0]
        for place, name in enumerate(("purchase_gap_mean_days", "days_since_purchase")):
            told[:, features.names.index(name)] = steps[place + 1] - steps[place]
        return told

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """The contributions by concept, the rest last; shape ``(n, n_concepts + 1)``."""
        return grouped(self.contributions(features), features.names)

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        return self.calibration.probability(self.margin(features))

    def calibrated(self, calibration: Calibration) -> LawPrior:
        """The same with another line."""
        return replace(self, calibration=calibration)

    def _margin(self, purchases: Purchases) -> Floats:
        return log_odds(self.law.order_probability(purchases, float(self.horizon_days)))

    def save(self, folder: Path) -> None:
        """Write ``law.json`` below ``folder``."""
        name = next(name for name, kind in LAWS.items() if type(self.law) is kind)
        said = {"law": name, **asdict(self)["law"], "horizon_days": self.horizon_days}
        _write(folder / "law.json", {"parameters": said, "calibration": asdict(self.calibration)})

    @classmethod
    def load(cls, folder: Path) -> LawPrior:
        """The prior that :meth:`save` wrote."""
        said = _read(folder / "law.json")
        parameters = said["parameters"]
        law, horizon_days = LAWS[parameters.pop("law")], parameters.pop("horizon_days")
        return cls(law(**parameters), horizon_days, Calibration(**said["calibration"]))


@dataclass(frozen=True)
class LogisticPrior:
    """Logistic regression on the logarithms of a few numbers."""

    columns: tuple[str, ...]
    """The features whose logarithms enter."""
    usual: Floats
    """Mean of each logarithm in training; shape (n_columns,)."""
    coefficients: Floats
    """Log-odds for one unit of each logarithm; shape (n_columns,)."""
    intercept: float
    """Log-odds of someone who is usual in every column."""
    calibration: Calibration = field(default_factory=Calibration)
    """The line on the margin."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], columns: tuple[str, ...]) -> LogisticPrior:
        """Fit all rows of ``tables``; raises :class:`HuitouError` when everyone did the same."""
        ordered = np.concatenate([table.ordered for table in tables])
        if len(np.unique(ordered)) < 2:
            raise HuitouError("a logistic regression needs both outcomes; everyone did the same. It is left out.")
        logs = _logs(joined([table.features for table in tables]), columns)
        usual = logs.mean(axis=0)
        model = LogisticRegression(solver="newton-cholesky", max_iter=100).fit(logs - usual, ordered)
        centre = float(model.intercept_[0])
        return cls(columns, usual, model.coef_[0], centre, Calibration(centre=centre))

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order before calibration, shape ``(n,)``."""
        found: Floats = self.intercept + self._terms(features).sum(axis=1)
        return found

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the intercept last; shape ``(n, n_features + 1)``."""
        told = np.zeros((len(features), len(features.names) + 1))
        told[:, [features.names.index(name) for name in self.columns]] = self._terms(features)
        told[:, -1] = self.intercept
        return told

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """The contributions by concept, the rest last; shape ``(n, n_concepts + 1)``."""
        return grouped(self.contributions(features), features.names)

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, shape ``(n,)``."""
        return self.calibration.probability(self.margin(features))

    def calibrated(self, calibration: Calibration) -> LogisticPrior:
        """The same with another line."""
        return replace(self, calibration=calibration)

    def _terms(self, features: CustomerFeatures) -> Floats:
        terms: Floats = (_logs(features, self.columns) - self.usual) * self.coefficients
        return terms

    def save(self, folder: Path) -> None:
        """Write ``logistic.json`` below ``folder``."""
        said = asdict(self) | {"usual": self.usual.tolist(), "coefficients": self.coefficients.tolist()}
        _write(folder / "logistic.json", said)

    @classmethod
    def load(cls, folder: Path) -> LogisticPrior:
        """The prior that :meth:`save` wrote."""
        said = _read(folder / "logistic.json")
        arrays = {name: np.array(said[name]) for name in ("usual", "coefficients")}
        return cls(
            tuple(said["columns"]),
            **arrays,
            intercept=said["intercept"],
            calibration=Calibration(**said["calibration"]),
        )


def _logs(features: CustomerFeatures, columns: Sequence[str]) -> Floats:
    """Logarithms of one more than the columns, 0 where missing; shape ``(n, n_columns)``."""
    found = np.column_stack([features.column(name) for name in columns]).astype(np.float64)
    return np.nan_to_num(np.log1p(np.maximum(found, 0)))


def _write(file: Path, said: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(said, indent=1), encoding="utf-8")


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
