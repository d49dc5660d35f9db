"""The simple rules that the propensity model must beat, with its methods: fit on tables, then ``order_probability``.

They speak of buyers; for anyone else they give the buyers' rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.customers.scorers.priors import LAWS, RFT, LawPrior, LogisticPrior
from training.customers.scorers.rules import ChurnRule, mean_gap_days
from training.tables import CustomerTable, buyers, joined

BINS = 20
"""Bins of a rule that looks at one number."""

SCORES = 5
"""Recency, frequency and monetary scores go from 0 to one less than this."""

CELL_CUSTOMERS = 20.0
"""The rate of all buyers counts as much as so many customers of a bin or cell."""


class Predictor(Protocol):
    """What can tell a chance of an order."""

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon, inside (0, 1), shape ``(n,)``."""
        ...


Material = TypeVar("Material")
"""What methods are fitted on."""

Fit = Callable[[Sequence[CustomerTable]], Predictor]
"""Fits something on tables of customers."""


@dataclass(frozen=True)
class BaseRate:
    """The same chance for everyone: the share of buyers that ordered."""

    rate: float
    """Inside (0, 1)."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable]) -> BaseRate:
        """The rate over all ``tables``."""
        _, ordered = labelled(tables)
        return cls((np.count_nonzero(ordered) + 1) / (len(ordered) + 2))

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """The rate, shape ``(n,)``."""
        return np.full(len(features), self.rate)


@dataclass(frozen=True)
class RateByCell:
    """The share of buyers that ordered in each cell of a grid over a few numbers of theirs."""

    edges: tuple[Floats, ...]
    """Inner edges of the cells for each number."""
    rates: Floats
    """The rate of each cell, drawn towards that of all; one entry more, the rate of all, for missing numbers."""
    numbers: Callable[[CustomerFeatures], Floats]
    """The numbers, shape (n_customers, len(edges))."""

    @classmethod
    def fit(
        cls, tables: Sequence[CustomerTable], numbers: Callable[[CustomerFeatures], Floats], bins: int
    ) -> RateByCell:
        """Cells between quantiles of the ``numbers``, ``bins`` for each of them."""
        features, ordered = labelled(tables)
        values = numbers(features)
        shares = np.arange(1, bins) / bins
        known = ~np.isnan(values)
        edges = tuple(
            np.unique(np.quantile(column[there], shares)) if there.any() else np.zeros(0)
            for column, there in zip(values.T, known.T, strict=True)
        )
        cell = cells(values, edges)
        size = int(np.prod([len(edge) + 1 for edge in edges]))
        inside = cell < size
        overall = (np.count_nonzero(ordered) + 1) / (len(ordered) + 2)
        total = np.bincount(cell[inside], minlength=size)
        count = np.bincount(cell[inside], weights=ordered[inside], minlength=size)
        rates = (count + CELL_CUSTOMERS * overall) / (total + CELL_CUSTOMERS)
        return cls(edges, np.append(rates, overall), numbers)

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """The rate of each customer's cell, shape ``(n,)``."""
        return self.rates[cells(self.numbers(features), self.edges)]


def _hiatus(tables: Sequence[CustomerTable]) -> Predictor:
    return RateByCell.fit(tables, lambda features: features.column("days_since_purchase")[:, None], BINS)


def _churn_factor(tables: Sequence[CustomerTable]) -> Predictor:
    gap = mean_gap_days(labelled(tables)[0], tables[-1].horizon_days)

    def numbers(features: CustomerFeatures) -> Floats:
        own = features.column("purchase_gap_mean_days")
        usual = np.maximum(np.where(np.isnan(own), gap, own), 0.5)
        return (features.column("days_since_purchase") / usual)[:, None]

    return RateByCell.fit(tables, numbers, BINS)


def _rfm(tables: Sequence[CustomerTable]) -> Predictor:
    names = ("days_since_purchase", "order_count_all", "net_spend_all")
    return RateByCell.fit(tables, lambda features: np.column_stack([features.column(name) for name in names]), SCORES)


def _law(name: str) -> Fit:
    return lambda tables: LawPrior.fit(LAWS[name], tables[-1].features, tables[-1].horizon_days)


def _rule(tables: Sequence[CustomerTable]) -> Predictor:
    return ChurnRule.fit(tables, tables[-1].features, tables[-1].horizon_days)


BASELINES: Mapping[str, Fit] = {
    "base_rate": BaseRate.fit,
    "hiatus": _hiatus,
    "churn_factor": _churn_factor,
    "rfm": _rfm,
    **{name: _law(name) for name in LAWS},
    "logistic_rft": lambda tables: LogisticPrior.fit(_bought(tables), RFT),
    "rule": _rule,
}
"""Every baseline by name; ``rule`` is what serves where no model does."""


def fit_baselines(
    tables: Sequence[CustomerTable], known: CustomerFeatures | None = None
) -> tuple[dict[str, Predictor], dict[str, str]]:
    """The baselines that could be fitted on ``tables``, by name, and why the others could not.

    Buy-till-you-die laws need no labels: they are fitted on customers ``known`` as of now where they are given.
    """
    methods = dict(BASELINES)
    if known is not None:
        methods |= {name: _known_law(name, known) for name in LAWS}
    return each_fitted(methods, tables)


def each_fitted(
    methods: Mapping[str, Callable[[Material], Predictor]], material: Material
) -> tuple[dict[str, Predictor], dict[str, str]]:
    """The methods that could be fitted on the same material, by name, and why the others could not."""
    fitted: dict[str, Predictor] = {}
    dropped: dict[str, str] = {}
    for name, fit in methods.items():
        try:
            fitted[name] = fit(material)
        except HuitouError as error:
            dropped[name] = error.message
    return fitted, dropped


def _known_law(name: str, known: CustomerFeatures) -> Fit:
    return lambda tables: LawPrior.fit(LAWS[name], known, tables[-1].horizon_days)


def _bought(tables: Sequence[CustomerTable]) -> list[CustomerTable]:
    """The rows of buyers."""
    return [table.take(buyers(table.features)) for table in tables]


def labelled(tables: Sequence[CustomerTable]) -> tuple[CustomerFeatures, Flags]:
    """The buyers of all ``tables`` and whether they ordered; at least one table is needed."""
    bought = _bought(tables)
    return joined([table.features for table in bought]), np.concatenate([table.ordered for table in bought])


def cells(values: Floats, edges: Sequence[Floats]) -> Ints:
    """The number of each row's cell; one past the last for rows in which a number is missing."""
    cell = np.zeros(len(values), dtype=np.int64)
    size = 1
    for column, edge in zip(values.T, edges, strict=True):
        cell = cell * (len(edge) + 1) + np.searchsorted(edge, column, side="right")
        size *= len(edge) + 1
    return np.where(np.isnan(values).any(axis=1), size, cell)
