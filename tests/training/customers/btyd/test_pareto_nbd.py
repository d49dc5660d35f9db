"""Pareto/NBD against published figures, its closed form with hypergeometric functions, and direct integration."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from tests.training.customers.btyd.fader_hardie import fader_hardie
from training.customers.btyd.pareto_nbd import ParetoNbd
from training.customers.btyd.purchases import Purchases

PUBLISHED = ParetoNbd(log_likelihood=-9595.0, r=0.553, alpha=10.578, s=0.606, beta=11.669)

shapes, scales = st.floats(0.1, 5.0), st.floats(0.5, 60.0)

far_shapes, far_scales = st.floats(0.05, 15.0), st.floats(0.5, 5_000.0)
"""Also what is seen when days are the unit and hardly anyone leaves."""


@pytest.mark.real_data
def test_the_published_fit_is_reproduced(real_data: Path) -> None:
    """Of the Fader-Hardie sample all four parameters and the likelihood come out to three digits."""
    found = ParetoNbd.fit(fader_hardie(real_data))
    assert found.log_likelihood == pytest.approx(-9595.0, abs=0.05)
    assert [found.r, found.alpha, found.s, found.beta] == pytest.approx([0.553, 10.578, 0.606, 11.669], rel=1e-3)


def parts(law: ParetoNbd, frequency: int, recency: float, age: float) -> tuple[float, float]:
    """Logarithms of the two terms of the likelihood: still there, and left since the last order.

    In the form of Fader and Hardie, "A note on deriving the Pareto/NBD model" (2005), which is one formula for alpha
    of at least beta and another for the rest.
    """
    r, alpha, s, beta = law.r, law.alpha, law.s, law.beta
    power, larger, apart = r + s + frequency, max(alpha, beta), abs(alpha - beta)
    second = s + 1 if alpha >= beta else r + frequency

    def term(time: float) -> float:
        function = hyp2f1(power, second, power + 1, apart / (larger + time))
        return float(function) * ((larger + recency) / (larger + time)) ** power

    common = gammaln(r + frequency) - gammaln(r) + r * math.log(alpha) + s * math.log(beta)
    alive = common - (r + frequency) * math.log(alpha + age) - s * math.log(beta + age)
    since = term(recency) - term(age)
    left = common + math.log(s / power) + math.log(since) - power * math.log(larger + recency)
    return alive, left


@given(shapes, scales, shapes, scales, st.integers(0, 30), st.floats(0, 0.9), st.floats(2.0, 100.0))
def test_the_likelihood_is_the_published_closed_form(
    r: float, alpha: float, s: float, beta: float, frequency: int, share: float, age: float
) -> None:
    """The quadrature gives what the hypergeometric functions give, whichever of alpha and beta is larger."""
    recency = share * age if frequency else 0.0
    smaller, larger = sorted((alpha, beta))
    for law in (ParetoNbd(0.0, r, larger, s, smaller), ParetoNbd(0.0, r, smaller, s, larger)):
        who = Purchases(np.array([float(frequency)]), np.array([recency]), np.array([age]))
        alive, left = parts(law, frequency, recency, age)
        assert law.log_likelihoods(who)[0] == pytest.approx(np.logaddexp(alive, left), abs=1e-8)
        assert law.alive_probability(who)[0] == pytest.approx(1 / (1 + math.exp(left - alive)), abs=1e-8)


@given(far_shapes, far_scales, far_shapes, far_scales, st.integers(0, 300), st.floats(0, 0.9), st.floats(5.0, 4_000.0))
def test_the_likelihood_is_exact_however_far_apart_its_parameters(
    r: float, alpha: float, s: float, beta: float, frequency: int, share: float, age: float
) -> None:
    """Every moment of leaving since the last order, integrated step by step, gives the same chance of being alive."""
    recency = share * age if frequency else 0.0

    def leaving(step: float) -> float:
        """The density of leaving at a moment, over that of still being there, on a scale of logarithms."""
        moment = recency + math.expm1(step)
        logs = (r + frequency) * math.log((alpha + age) / (alpha + moment)) + s * math.log((beta + age) / beta)
        return s / (beta + moment) * math.exp(min(logs + s * math.log(beta / (beta + moment)) + step, 600.0))

    odds, _ = quad(leaving, 0, math.log1p(age - recency), epsabs=0, epsrel=1e-10, limit=300)
    who = Purchases(np.array([float(frequency)]), np.array([recency]), np.array([age]))
    assert ParetoNbd(0.0, r, alpha, s, beta).alive_probability(who)[0] == pytest.approx(1 / (1 + odds), abs=1e-8)


@given(
    far_shapes, far_scales, far_shapes, far_scales, st.integers(0, 300), st.floats(1.0, 4_000.0), st.floats(0.1, 400)
)
def test_orders_of_the_living_are_integrated(
    r: float, alpha: float, s: float, beta: float, frequency: int, age: float, horizon: float
) -> None:
    """The density of the next order, over all rates and with nobody gone before it, integrated step by step."""
    shape, start = r + frequency, alpha + age

    def density(step: float) -> float:
        later = math.expm1(step)
        ordering = shape / start * (start / (start + later)) ** (shape + 1)
        return float(ordering * ((beta + age) / (beta + age + later)) ** s * math.exp(step))

    who = Purchases(np.array([float(frequency)]), np.array([0.0]), np.array([age]))
    wanted, _ = quad(density, 0, math.log1p(horizon), epsabs=0, epsrel=1e-10, limit=300)
    assert ParetoNbd(0.0, r, alpha, s, beta).order_given_alive(who, horizon)[0] == pytest.approx(wanted, abs=1e-8)


def test_orders_of_the_living_are_those_of_drawn_customers() -> None:
    """Rates of ordering and of leaving drawn from what is known of a customer order as often."""
    rng = np.random.default_rng(6)
    frequency, age, horizon = 4.0, 30.0, 25.0
    rate = rng.gamma(PUBLISHED.r + frequency, 1 / (PUBLISHED.alpha + age), 400_000)
    leaving = rng.gamma(PUBLISHED.s, 1 / (PUBLISHED.beta + age), 400_000)
    drawn = rate / (rate + leaving) * -np.expm1(-(rate + leaving) * horizon)
    who = Purchases(np.array([frequency]), np.array([20.0]), np.array([age]))
    assert PUBLISHED.order_given_alive(who, horizon)[0] == pytest.approx(drawn.mean(), abs=0.002)


def test_one_order_customers_may_have_left() -> None:
    """Unlike in BG/NBD, silence after the first order counts."""
    once = Purchases(np.zeros(3), np.zeros(3), np.array([0.0, 10.0, 1000.0]))
    alive = PUBLISHED.alive_probability(once)
    assert alive[0] == 1.0
    assert alive[0] > alive[1] > alive[2] > 0


def test_a_law_in_which_nobody_leaves_is_at_fault() -> None:
    """Rates of leaving that are nothing beside those of ordering say no more than that."""
    assert PUBLISHED.fault() is None
    assert ParetoNbd(0.0, r=0.8, alpha=12.0, s=5e-4, beta=8_000.0).fault() == "nobody ever leaves"


def test_one_alone_is_as_in_the_crowd() -> None:
    """To the last bit, in the likelihood and in every chance."""
    rng = np.random.default_rng(7)
    age = rng.uniform(1, 300, 200)
    frequency = rng.integers(0, 40, 200).astype(np.float64)
    crowd = Purchases(frequency, np.where(frequency > 0, age * rng.random(200), 0.0), age)
    for told in (
        PUBLISHED.log_likelihoods,
        PUBLISHED.alive_probability,
        lambda who: PUBLISHED.order_given_alive(who, 30.0),
    ):
        together = told(crowd)
        alone = [told(crowd.take(slice(row, row + 1)))[0] for row in range(len(crowd))]
        np.testing.assert_array_equal(together, alone)
