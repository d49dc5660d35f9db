"""Every method that may serve, from the simplest to the richest, in three tiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.calibration import LEAST_OF_EACH
from training.customers.scorers.blend import Blend, BlendSettings
from training.customers.scorers.boosted import BoostedModel
from training.customers.scorers.by_kind import ByKind, Scorer
from training.customers.scorers.linear import LinearModel
from training.customers.scorers.priors import LAWS, RFT, VISITS, LawPrior, LogisticPrior
from training.customers.scorers.rules import ChurnRule, VisitorRate
from training.customers.scorers.stacked import Stacked, stacked_tables
from training.customers.trial import enough
from training.tables import KINDS, CustomerTable, kind_codes

TIERS: Mapping[str, tuple[str, ...]] = {
    "rules": ("rule", "rate"),
    "priors": (*LAWS, "logistic_rft", "logistic_visits"),
    "model": ("blend", "stacked"),
}
"""The methods of each tier, the simplest tier first."""

BUYER_KINDS, VISITOR_KINDS = KINDS[1:], KINDS[:1]


def tier_of(method: str) -> str:
    """The tier that a method belongs to."""
    return next(tier for tier, methods in TIERS.items() if method in methods)


@dataclass(frozen=True)
class Material:
    """What the methods are fitted on: rows of all buyers, or of all visitors."""

    tables: Sequence[CustomerTable]
    """Labelled, the oldest first."""
    known: CustomerFeatures
    """Customers as they are known when the method is to answer; laws without labels see when these ordered."""
    horizon_days: int
    """How far ahead."""
    settings: BlendSettings
    """How the model tier is fitted."""

    def of_kind(self, kind: str) -> list[CustomerTable]:
        """The rows of one kind of people; those of all where that kind has too few of either outcome."""
        own = [table.take(kind_codes(table.features) == KINDS.index(kind)) for table in self.tables]
        own = [table for table in own if len(table)]
        return own if enough(own) else list(self.tables)

    @cached_property
    def trees(self) -> BoostedModel:
        """Trees that have learned from everyone: they tell the kinds apart by themselves."""
        return BoostedModel.fit(self.tables, self.settings.boosted)

    def linear(self, kind: str) -> LinearModel:
        """The regression of one kind, fitted once."""
        if kind not in self._linear:
            self._linear[kind] = LinearModel.fit(self.of_kind(kind), self.settings.linear_ridge)
        return self._linear[kind]

    @cached_property
    def _linear(self) -> dict[str, LinearModel]:
        return {}


Method = Callable[[Material], ByKind]
"""Fits one method for several kinds of people; raises :class:`HuitouError` where it cannot."""


def _for_all(scorer: Scorer, kinds: Sequence[str]) -> ByKind:
    return ByKind(dict.fromkeys(kinds, scorer))


def _rule(material: Material) -> ByKind:
    """The rule at the level of each kind; a few customers are enough for a level."""

    def fit(kind: str) -> ChurnRule:
        own = [table.take(kind_codes(table.features) == KINDS.index(kind)) for table in material.tables]
        return ChurnRule.fit(own, material.known, material.horizon_days)

    return ByKind({kind: fit(kind) for kind in BUYER_KINDS})


def _rate(material: Material) -> ByKind:
    return _for_all(VisitorRate.fit(material.tables), VISITOR_KINDS)


def _law(name: str) -> Method:
    def fit(material: Material) -> ByKind:
        return _for_all(LawPrior.fit(LAWS[name], material.known, material.horizon_days), BUYER_KINDS)

    return fit


def _logistic(columns: tuple[str, ...], kinds: Sequence[str]) -> Method:
    return lambda material: ByKind({kind: LogisticPrior.fit(material.of_kind(kind), columns) for kind in kinds})


def _blend(kinds: Sequence[str]) -> Method:
    def fit(material: Material) -> ByKind:
        _check_enough(material)
        return ByKind({kind: Blend.of(material.linear(kind), material.trees, material.of_kind(kind)) for kind in kinds})

    return fit


def _stacked(material: Material) -> ByKind:
    _check_enough(material)
    laws, tables = stacked_tables(material.tables, material.known, material.horizon_days)
    trees = BoostedModel.fit(tables, material.settings.boosted)
    return ByKind(
        {
            kind: Stacked.of(laws, material.horizon_days, material.linear(kind), trees, material.of_kind(kind))
            for kind in BUYER_KINDS
        }
    )


def _check_enough(material: Material) -> None:
    if not enough(material.tables):
        raise HuitouError(
            f"a trained model must have {LEAST_OF_EACH} rows that ordered and as many that did not; it is left out.",
            code="too_few_rows",
        )


BUYER_METHODS: Mapping[str, Method] = {
    "rule": _rule,
    **{name: _law(name) for name in LAWS},
    "logistic_rft": _logistic(RFT, BUYER_KINDS),
    "logistic_visits": _logistic(RFT + VISITS, BUYER_KINDS),
    "blend": _blend(BUYER_KINDS),
    "stacked": _stacked,
}
"""What may serve those who have ordered."""

VISITOR_METHODS: Mapping[str, Method] = {
    "rate": _rate,
    "logistic_visits": _logistic(VISITS, VISITOR_KINDS),
    "blend": _blend(VISITOR_KINDS),
}
"""What may serve those who have not."""
