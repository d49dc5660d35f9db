"""The priors tier: buy-till-you-die laws and regressions on a few numbers, as scorers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.customers import CustomerFeatures
from features.errors import HuitouError
from tests.model_checks import ScorerChecks
from tests.small_shop import events, features, moment
from tests.training.customers.btyd.planted_orders import planted_orders
from training.baselines import Predictor
from training.calibration import Calibration
from training.customers.btyd.bg_nbd import BgNbd, MbgNbd
from training.customers.btyd.pareto_nbd import ParetoNbd
from training.customers.btyd.purchases import Purchases
from training.customers.explaining.concepts import CONCEPTS
from training.customers.scorers.priors import LAW_CUSTOMERS, LAWS, RFT, VISITS, LawPrior, LogisticPrior
from training.tables import CustomerTable, taken

CUTOFF = moment("2025-03-01T00:00Z")


class LawChecks(ScorerChecks):
    """A law keeps the promises of every model; it is fitted on order dates, so other labels change nothing."""

    name = ""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return LawPrior.fit(LAWS[self.name], tables[-1].features, tables[-1].horizon_days)

    def test_a_second_fit_forgets_the_first(self, fitted: Predictor, tables: list[CustomerTable]) -> None:
        """Fitted on an earlier cutoff, it no longer says the same."""
        people = tables[0].features
        earlier = self.fit(tables[:1]).order_probability(people)
        assert np.abs(fitted.order_probability(people) - earlier).max() > 0.01


class TestBgNbd(LawChecks):
    """BG/NBD as a scorer."""

    name = "bg_nbd"


class TestMbgNbd(LawChecks):
    """MBG/NBD as a scorer."""

    name = "mbg_nbd"


class TestParetoNbd(LawChecks):
    """Pareto/NBD as a scorer, fitted on customers as it has them: in the planted shop none leave as it says."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        own = planted_orders(ParetoNbd, seed=len(tables), size=1_500)
        return LawPrior(ParetoNbd.fit(own.purchases), tables[-1].horizon_days)


class TestLogisticOfOrders(ScorerChecks):
    """A regression on recency, frequency and time since the first order."""

    columns: tuple[str, ...] = RFT
    planted_auc = 0.75

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return LogisticPrior.fit(tables, self.columns)


class TestLogisticOfVisits(TestLogisticOfOrders):
    """The same on visits and what waits in the cart, of people who may never have ordered."""

    columns = VISITS


PUBLISHED = LawPrior(BgNbd(0.0, r=0.2426, alpha=30.9, a=0.793, b=2.426), horizon_days=30)


def bought(*days_ago: float) -> CustomerFeatures:
    """A customer who bought so many days before the cutoff."""
    rows = [("anna", "purchase", "tea", CUTOFF - timedelta(days=days)) for days in days_ago]
    return features(events(*rows), CUTOFF)


def test_the_chance_is_that_of_the_law() -> None:
    """Times in days, so many days ahead, nothing added by a calibration that does nothing."""
    who = bought(100, 40, 10)
    wanted = PUBLISHED.law.order_probability(Purchases(np.array([2.0]), np.array([90.0]), np.array([100.0])), 30.0)
    np.testing.assert_allclose(PUBLISHED.order_probability(who), wanted, rtol=1e-6)


def test_a_law_tells_rhythm_and_silence_apart() -> None:
    """Of two who differ in nothing but their silence, only what silence adds differs; what is left is one due order."""
    fresh, stale = (PUBLISHED.concept_contributions(bought(100, *days))[0] for days in ((40, 10), (90, 80)))
    rhythm, silence = list(CONCEPTS).index("rhythm"), list(CONCEPTS).index("silence")
    assert fresh[rhythm] == pytest.approx(stale[rhythm], abs=1e-5)
    assert fresh[silence] > stale[silence] + 0.5
    assert fresh[-1] == stale[-1]
    assert set(np.flatnonzero(fresh)) == {rhythm, silence, len(CONCEPTS)}


def test_steady_customers_gain_by_their_rhythm() -> None:
    """Who has ordered every ten days for long is likelier than someone who ordered once, and that is what is told."""
    steady = PUBLISHED.concept_contributions(bought(*range(5, 200, 10)))[0]
    assert steady[list(CONCEPTS).index("rhythm")] > 2


def test_visitors_do_not_matter_to_a_law(everyone_tables: list[CustomerTable], tables: list[CustomerTable]) -> None:
    """People who have not ordered are left out of the fit."""
    fits = [LawPrior.fit(MbgNbd, known[-1].features, 20) for known in (everyone_tables, tables)]
    assert fits[0] == fits[1]


def test_a_large_shop_is_thinned_evenly(tables: list[CustomerTable]) -> None:
    """Of more customers than are needed every so many are taken: the law stays, whoever comes first."""
    known = tables[-1].features
    times = 2 * LAW_CUSTOMERS // len(known) + 1
    many = taken(known, np.repeat(np.arange(len(known)), times))
    few, thinned = (LawPrior.fit(MbgNbd, who, 20).law for who in (known, many))
    used = thinned.log_likelihood / few.log_likelihood * len(known)
    assert LAW_CUSTOMERS / 2 < used <= LAW_CUSTOMERS < len(many)
    purchases = Purchases.of(known)
    chances = [law.order_probability(purchases, 20.0) for law in (few, thinned)]
    np.testing.assert_allclose(chances[0], chances[1], atol=0.01)


def test_a_law_without_a_fit_says_why(tables: list[CustomerTable]) -> None:
    """Three customers are too few, however it is asked for."""
    with pytest.raises(HuitouError, match="Pareto/NBD must have a maximum likelihood fit; 3 customers"):
        LawPrior.fit(ParetoNbd, taken(tables[-1].features, np.arange(3)), 20)


def test_a_regression_needs_both_outcomes(tables: list[CustomerTable]) -> None:
    """Where everyone did the same it is left out, and says so."""
    same = [replace(table, order_count=np.ones(len(table), dtype=np.int64)) for table in tables]
    with pytest.raises(HuitouError) as error:
        LogisticPrior.fit(same, RFT)
    assert error.value.message == ("a logistic regression needs both outcomes; everyone did the same. It is left out.")


def test_the_usual_customer_has_the_intercept(tables: list[CustomerTable]) -> None:
    """Contributions are measured from the mean of training: over everyone they cancel out."""
    prior = LogisticPrior.fit(tables, RFT)
    told = np.concatenate([prior.contributions(table.features) for table in tables])
    np.testing.assert_allclose(told[:, :-1].mean(axis=0), 0.0, atol=1e-6)
    assert set(told[:, -1]) == {prior.intercept}
    assert prior.calibration == Calibration(centre=prior.intercept)


@pytest.mark.parametrize("prior", ["law", "logistic"])
def test_another_line_moves_chances_and_not_margins(tables: list[CustomerTable], prior: str, tmp_path: Path) -> None:
    """A season or a calibration changes the chance only, and is saved with the rest."""
    people = tables[-1].features
    plain = LogisticPrior.fit(tables, RFT) if prior == "logistic" else LawPrior.fit(MbgNbd, people, 20)
    busy = plain.calibrated(replace(plain.calibration, shift=0.5))
    np.testing.assert_array_equal(busy.margin(people), plain.margin(people))
    assert np.all(busy.order_probability(people) > plain.order_probability(people))
    busy.save(tmp_path)
    assert type(busy).load(tmp_path).calibration == busy.calibration
    for file in tmp_path.iterdir():
        json.dumps(json.loads(file.read_text(encoding="utf-8")), allow_nan=False)
