"""The linear part of the propensity model: a logistic regression on logs of what matters about customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from features.arrays import Floats, Ints
from features.customers import CustomerFeatures
from training.customers.explaining.concepts import REST, concept_places
from training.tables import CustomerTable, joined

LOGGED = (
    # Silence, age and rhythm of buying.
    "days_since_purchase",
    "days_since_first_purchase",
    "purchase_day_count",
    "purchase_gap_mean_days",
    "purchase_gap_last_days",
    "purchase_gap_std_days",
    "churn_factor",
    "longest_gap_share",
    "orders_per_year",
    # Orders and spend.
    "order_count_30d",
    "order_count_60d",
    "order_count_90d",
    "order_count_180d",
    "net_spend_90d",
    "net_spend_all",
    "order_value_mean",
    "order_value_last",
    "lines_per_order",
    "distinct_bought_item_count",
    "return_per_purchase",
    "days_since_return",
    # Presence.
    "days_since_any",
    "days_since_first",
    "active_days_7d",
    "active_days_30d",
    "active_days_all",
    "visit_gap_mean_days",
    "view_count_3d",
    "view_count_7d",
    "view_count_30d",
    "days_since_view",
    "distinct_item_count",
    "activity_trend_7d_30d",
    # Carts and favourites.
    "cart_count_7d",
    "cart_count_30d",
    "days_since_cart",
    "open_cart_count",
    "open_cart_newest_days",
    "favorite_count_30d",
    "days_since_favorite",
    "open_favorite_count",
)
"""Features that enter as the logarithm of one more than their size, with their sign: their tails are heavy."""

SHARES = (("days_since_purchase", "days_since_first_purchase"), ("days_since_any", "days_since_first"))
"""Ratios of two features, told as part of the first: the share of a customer's time that was silence."""

SOURCES = (*LOGGED, *(part for part, _ in SHARES))
"""The feature that each column of the design belongs to; the columns that say what is missing repeat it."""

EXTREME = 5.0
"""Standardised values are cut here: no single customer pulls the line."""

BLOCK = 8_192
"""So many rows at once: what is worked on stays in the processor's cache."""

_EFFECT_SCALE = 10.0
"""Cutoff effects are held back by this much less (squared) than the other coefficients."""


@dataclass(frozen=True)
class LinearModel:
    """Log-odds of an order as a sum over columns of the design."""

    centre: Floats
    """Mean of each raw column in training; shape (n_columns,)."""
    scale: Floats
    """Standard deviation of each raw column in training, 1 where it never changed; shape (n_columns,)."""
    usual: Floats
    """Mean of each standardised column in training; shape (n_columns,)."""
    coefficients: Floats
    """Log-odds for one standard deviation; shape (n_columns,)."""
    intercept: float
    """Log-odds of a customer who is usual in every column, at an average cutoff."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], ridge: float) -> LinearModel:
        """Fit rows of several cutoffs, each cutoff with an effect of its own.

        Without these effects a column that moves with the calendar, like the age of the log, takes over the
        difference between busy and quiet seasons and carries it into the future. A prediction uses the mean effect.
        """
        raw = design(joined([table.features for table in tables]))
        centre, scale = moments(raw)
        columns = _standardised(raw, centre, scale)
        usual = columns.mean(axis=0)
        sizes = np.array([len(table) for table in tables])
        effects = np.repeat(np.eye(len(tables)) * _EFFECT_SCALE, sizes, axis=0)
        model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", max_iter=100)
        model.fit(np.hstack([columns - usual, effects]), np.concatenate([table.ordered for table in tables]))
        found = model.coef_[0]
        effect = _EFFECT_SCALE * float(np.average(found[len(usual) :], weights=sizes))
        return cls(centre, scale, usual, found[: len(usual)], float(model.intercept_[0]) + effect)

    def margin(self, features: CustomerFeatures) -> Floats:
        """Log-odds of an order, shape ``(n,)``."""
        return self._sums(features, np.zeros(len(SOURCES), dtype=np.int64), 0)[:, 0]

    def contributions(self, features: CustomerFeatures) -> Floats:
        """What each feature adds to the margin, the intercept last; shape ``(n, n_features + 1)``."""
        places = np.array([features.names.index(source) for source in SOURCES])
        return self._sums(features, places, len(features.names))

    def concept_contributions(self, features: CustomerFeatures) -> Floats:
        """What each concept adds to the margin, the intercept last; shape ``(n, n_concepts + 1)``."""
        return self._sums(features, concept_places(SOURCES), REST)

    def _sums(self, features: CustomerFeatures, places: Ints, rest: int) -> Floats:
        """What the sources add, each in its place, and the intercept in the place ``rest``; shape ``(n, rest + 1)``.

        One source after the other, not a matrix product: one customer alone gets the very same number as in a crowd.
        """
        told = np.empty((len(features), rest + 1))
        for start in range(0, len(features), BLOCK):
            terms = self._terms(known_columns(features.values[start : start + BLOCK], features.names))
            sums = np.zeros((rest + 1, terms.shape[1]))
            sums[rest] = self.intercept
            for place, term in zip(places, terms, strict=True):
                sums[place] += term
            told[start : start + BLOCK] = sums.T
        return told

    def _terms(self, known: Floats) -> Floats:
        """What each source adds, whether it is there or missing; shape ``(len(SOURCES), n)``, like ``known``."""
        absent = np.isnan(known)
        value, flag = slice(0, len(SOURCES)), slice(len(SOURCES), None)
        flags = np.repeat([[0.0], [1.0]], len(SOURCES), axis=1)
        there, missing = (_standardised(flags, self.centre[flag], self.scale[flag]) - self.usual[flag]) * (
            self.coefficients[flag]
        )
        missing = missing - self.usual[value] * self.coefficients[value]
        terms = known - self.centre[value, None]
        terms /= self.scale[value, None]
        np.clip(terms, -EXTREME, EXTREME, out=terms)
        terms -= self.usual[value, None]
        terms *= self.coefficients[value, None]
        terms += there[:, None]
        np.copyto(terms, missing[:, None], where=absent)
        return terms

    def as_dict(self) -> dict[str, Any]:
        """The model in plain types, for JSON; :meth:`from_dict` reads it."""
        arrays = {name: getattr(self, name).tolist() for name in ("centre", "scale", "usual", "coefficients")}
        return {"columns": list(SOURCES), **arrays, "intercept": self.intercept}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> LinearModel:
        """The model that :meth:`as_dict` wrote."""
        arrays = {name: np.array(said[name]) for name in ("centre", "scale", "usual", "coefficients")}
        return cls(**arrays, intercept=said["intercept"])


def design(features: CustomerFeatures) -> Floats:
    """The raw columns of the regression, NaN where missing, then one column each that says what is missing.

    Shape ``(n, 2 * len(SOURCES))``, float64.
    """
    columns = known_columns(features.values, features.names).T
    return np.hstack([columns, np.isnan(columns)])


def known_columns(values: Floats, names: tuple[str, ...]) -> Floats:
    """Logs and shares of a feature table, NaN where missing; shape ``(len(SOURCES), n)``, float64."""
    place = {name: position for position, name in enumerate(names)}
    columns = np.empty((len(SOURCES), len(values)))
    logged = columns[: len(LOGGED)]
    logged[:] = values[:, [place[name] for name in LOGGED]].T
    np.copysign(np.log1p(np.abs(logged)), logged, out=logged)
    for column, (part, whole) in zip(columns[len(LOGGED) :], SHARES, strict=True):
        column[:] = values[:, place[part]] / np.maximum(values[:, place[whole]].astype(np.float64), 1e-3)
    return columns


def moments(raw: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column over the rows that have it; 0 and 1 where nothing differs."""
    known = ~np.isnan(raw)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, raw, 0).sum(axis=0) / count
    scale = np.sqrt(np.where(known, np.square(raw - centre), 0).sum(axis=0) / count)
    return centre, np.where(scale > 1e-9, scale, 1.0)


def _standardised(raw: Floats, centre: Floats, scale: Floats) -> Floats:
    """Columns with mean 0 and deviation 1, cut at the extremes; a missing value is as the mean."""
    standard: Floats = np.clip(np.nan_to_num((raw - centre) / scale), -EXTREME, EXTREME)
    return standard
