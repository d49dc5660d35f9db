"""What every buy-till-you-die law keeps: it finds planted customers, and notices when a fit says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from tests.training.customers.btyd.planted_orders import AHEAD_DAYS, LEAVING, RATES, planted_orders
from training.customers.btyd.bg_nbd import BgNbd, MbgNbd
from training.customers.btyd.law import LARGEST_LOG, Law
from training.customers.btyd.pareto_nbd import ParetoNbd
from training.customers.btyd.purchases import Purchases

LAWS: tuple[type[Law], ...] = (BgNbd, MbgNbd, ParetoNbd)
every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)

FITTED = (BgNbd(0.0, 0.24, 4.4, 0.8, 2.4), MbgNbd(0.0, 0.53, 6.2, 0.9, 1.6), ParetoNbd(0.0, 0.55, 10.6, 0.6, 11.7))
every_fit = pytest.mark.parametrize("law", FITTED, ids=lambda law: law.title)

logs = st.floats(-4, 6)
"""Logarithms of parameters, far beyond those that shops have."""


@every_law
def test_planted_customers_are_found(law: type[Law]) -> None:
    """Fitted on simulated customers, it tells how many of them order again, of the unlikely and of the likely ones."""
    planted = planted_orders(law, seed=3)
    found = law.fit(planted.purchases)
    chance = found.order_probability(planted.purchases, AHEAD_DAYS)
    assert chance.mean() == pytest.approx(planted.ordered.mean(), abs=0.02)
    for rows in np.array_split(np.argsort(chance), 4):
        assert chance[rows].mean() == pytest.approx(planted.ordered[rows].mean(), abs=0.04)


@pytest.mark.parametrize("law", [BgNbd, MbgNbd], ids=lambda law: law.title)
def test_planted_parameters_are_found(law: type[BgNbd] | type[MbgNbd]) -> None:
    """How often they order, and how many leave after an order."""
    found = law.fit(planted_orders(law, seed=3).purchases)
    assert found.r / found.alpha == pytest.approx(RATES[0] / RATES[1], rel=0.1)
    assert found.leaving == pytest.approx(LEAVING[0] / sum(LEAVING), abs=0.03)


@every_law
def test_the_true_law_is_the_likeliest(law: type[Law]) -> None:
    """Of customers as one law has them, the others tell less well."""
    purchases = planted_orders(law, seed=3).purchases
    assert max(LAWS, key=lambda other: other.fit(purchases).log_likelihood) is law


@every_law
def test_the_fit_is_a_maximum(law: type[Law]) -> None:
    """A little more or less of any parameter is less likely; the likelihood told is that of the customers."""
    purchases = planted_orders(law, seed=5, size=1_000).purchases
    found = law.fit(purchases)
    assert found.log_likelihoods(purchases).sum() == pytest.approx(found.log_likelihood)
    values = np.array([getattr(found, name) for name in law.parameter_names()])
    for step in 0.1 * np.vstack([np.eye(4), -np.eye(4)]):
        near = law.from_logs(np.log(values) + step)
        assert near.log_likelihoods(purchases).sum() < found.log_likelihood


@every_law
def test_customers_who_never_leave_make_the_fit_degenerate(law: type[Law]) -> None:
    """Without leaving the likelihood has no maximum inside: the error says so and gives the parameters."""
    purchases = planted_orders(law, seed=1, size=1_500, leaving=False).purchases
    shown = ", ".join(rf"{name} [\d.e+-]+" for name in law.parameter_names())
    pattern = rf"^{law.title} must have a maximum likelihood fit; nobody ever leaves \({shown}\)\. It is left out\.$"
    with pytest.raises(HuitouError, match=pattern) as error:
        law.fit(purchases)
    assert error.value.code == "degenerate_fit"


@every_law
def test_parameters_that_ran_away_are_refused(law: type[Law]) -> None:
    """At the edge of what is searched there is no maximum, and the sentence shows where the search ended."""
    edge = law.from_logs(np.array([0.0, LARGEST_LOG, 0.0, 0.0]))
    names = law.parameter_names()
    with pytest.raises(HuitouError) as error:
        edge.checked()
    assert error.value.message == (
        f"{law.title} must have a maximum likelihood fit; its parameters run away "
        f"({names[0]} 1, alpha 8.1e+03, {names[2]} 1, {names[3]} 1). It is left out."
    )


@every_law
@pytest.mark.parametrize(("customers", "repeated"), [(0, 0), (49, 49), (500, 24)])
def test_too_few_customers_are_not_fitted(law: type[Law], customers: int, repeated: int) -> None:
    """Four parameters need fifty customers and half as many who came back."""
    frequency = (np.arange(customers) < repeated).astype(np.float64)
    with pytest.raises(HuitouError) as error:
        law.fit(Purchases(frequency, frequency * 3, np.full(customers, 10.0)))
    assert error.value.message == (
        f"{law.title} must have a maximum likelihood fit; {customers} customers, {repeated} with a repeat order, "
        "are too few. It is left out."
    )


@every_law
def test_the_unit_of_time_does_not_matter(law: type[Law]) -> None:
    """Told in weeks instead of days, customers have the same chances."""
    purchases = planted_orders(law, seed=4, size=1_000).purchases
    weeks = Purchases(purchases.frequency, purchases.recency / 7, purchases.age / 7)
    days_chance = law.fit(purchases).order_probability(purchases, 14)
    np.testing.assert_allclose(law.fit(weeks).order_probability(weeks, 2), days_chance, atol=1e-4)


@every_fit
def test_more_time_brings_more_orders(law: Law) -> None:
    """Within no time nobody orders; within more time more do, up to who is alive."""
    who = Purchases(np.array([0.0, 3.0]), np.array([0.0, 20.0]), np.array([30.0, 38.0]))
    none, some, most = (law.order_probability(who, horizon) for horizon in (0.0, 10.0, 1e9))
    assert none.tolist() == [0.0, 0.0]
    assert np.all((some > 0) & (some < most))
    assert np.all(most <= law.alive_probability(who))


@every_fit
def test_silence_means_leaving(law: Law) -> None:
    """Of two with as many orders, the one who has been silent for longer is less likely alive and orders less."""
    who = Purchases(np.array([3.0, 3.0]), np.array([35.0, 5.0]), np.array([38.0, 38.0]))
    for told in (law.alive_probability(who), law.order_probability(who, 10.0)):
        assert told[0] > told[1] + 0.1


@every_law
@given(logs, logs, logs, logs, st.integers(0, 500), st.floats(0, 1), st.floats(0.01, 5_000), st.floats(0.01, 1_000))
def test_chances_are_chances(
    law: type[Law],
    first: float,
    second: float,
    third: float,
    fourth: float,
    frequency: int,
    share: float,
    age: float,
    horizon: float,
) -> None:
    """Whatever the parameters and the customer, likelihoods are finite and chances between 0 and 1."""
    found = law.from_logs(np.array([first, second, third, fourth]))
    who = Purchases(np.array([float(frequency)]), np.array([share * age if frequency else 0.0]), np.array([age]))
    assert np.isfinite(found.log_likelihoods(who)).all()
    for told in (found.alive_probability(who), found.order_given_alive(who, horizon)):
        assert 0 <= told[0] <= 1 + 1e-12


@every_fit
def test_a_law_in_plain_numbers_is_the_law(law: Law) -> None:
    """What is written of it gives it back."""
    assert type(law)(**law.as_dict()) == law
    assert list(law.as_dict()) == ["log_likelihood", *law.parameter_names()]
