"""BG/NBD and MBG/NBD against published figures and their formulas written out."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gamma

from tests.training.customers.btyd.fader_hardie import fader_hardie
from training.customers.btyd.bg_nbd import BgNbd, MbgNbd
from training.customers.btyd.purchases import Purchases

PUBLISHED = BgNbd(log_likelihood=-9582.4, r=0.2426, alpha=4.414, a=0.793, b=2.426)

customers = st.tuples(st.integers(0, 8), st.floats(0.1, 0.9), st.floats(1.0, 30.0))
"""Repeat orders, the last of them as a share of the age, and the age."""


@pytest.mark.real_data
def test_the_published_fit_is_reproduced(real_data: Path) -> None:
    """Of the Fader-Hardie sample all four parameters and the likelihood come out to three digits."""
    sample = fader_hardie(real_data)
    assert len(sample) == 2357
    found = BgNbd.fit(sample)
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert [found.r, found.alpha, found.a, found.b] == pytest.approx([0.2426, 4.414, 0.793, 2.426], rel=5e-4)


@pytest.mark.real_data
def test_the_modified_fit_on_the_same_sample(real_data: Path) -> None:
    """MBG/NBD is a little likelier there: -9582.14 by our own measure, and none other is published."""
    found = MbgNbd.fit(fader_hardie(real_data))
    assert found.log_likelihood == pytest.approx(-9582.14, abs=0.005)


def purchases(customer: tuple[int, float, float]) -> Purchases:
    frequency, share, age = customer
    return Purchases(np.array([float(frequency)]), np.array([share * age if frequency else 0.0]), np.array([age]))


def mean_chances(a: float, b: float, stayed: int) -> tuple[float, float]:
    """Of having stayed so many times, and of having left the next time after staying one time less."""
    both = gamma(a + b) / (gamma(a) * gamma(b))
    stay = both * gamma(a) * gamma(b + stayed) / gamma(a + b + stayed)
    leave = both * gamma(a + 1) * gamma(b + stayed - 1) / gamma(a + b + stayed) if stayed else 0.0
    return stay, leave


def orders(r: float, alpha: float, frequency: int, until: float) -> float:
    """The mean over customers of ``rate ** frequency * exp(-rate * until)``."""
    return float(gamma(r + frequency) / gamma(r) * alpha**r / (alpha + until) ** (r + frequency))


@given(customers)
def test_the_likelihood_is_the_formula_of_the_paper(customer: tuple[int, float, float]) -> None:
    """Equation (6) written out with gamma functions gives the same number; its two parts give who is alive."""
    law, who = BgNbd(0.0, r=0.6, alpha=5.0, a=0.9, b=2.0), purchases(customer)
    frequency, _, age = customer
    stay, leave = mean_chances(0.9, 2.0, frequency)
    alive = stay * orders(0.6, 5.0, frequency, age)
    left = leave * orders(0.6, 5.0, frequency, float(who.recency[0]))
    assert law.log_likelihoods(who)[0] == pytest.approx(math.log(alive + left))
    assert law.alive_probability(who)[0] == pytest.approx(alive / (alive + left))


@given(customers)
def test_the_modified_likelihood_has_one_more_chance_to_leave(customer: tuple[int, float, float]) -> None:
    """After the first order as well: who has ordered once may have left at once."""
    law, who = MbgNbd(0.0, r=0.6, alpha=5.0, a=0.9, b=2.0), purchases(customer)
    frequency, _, age = customer
    stay, leave = mean_chances(0.9, 2.0, frequency + 1)
    alive = stay * orders(0.6, 5.0, frequency, age)
    left = leave * orders(0.6, 5.0, frequency, float(who.recency[0]))
    assert law.log_likelihoods(who)[0] == pytest.approx(math.log(alive + left))
    assert law.alive_probability(who)[0] == pytest.approx(alive / (alive + left))


@given(customers, st.floats(0.1, 50))
def test_orders_of_the_living_come_at_their_rate(customer: tuple[int, float, float], horizon: float) -> None:
    """The rate is gamma(r + frequency, alpha + age): no order with ((alpha + age) / (alpha + age + horizon)) ** r."""
    frequency, _, age = customer
    wanted = 1 - ((4.414 + age) / (4.414 + age + horizon)) ** (0.2426 + frequency)
    assert PUBLISHED.order_given_alive(purchases(customer), horizon)[0] == pytest.approx(wanted)


def test_one_order_customers_are_alive_with_certainty_or_not() -> None:
    """BG/NBD's known weakness: who ordered once cannot have left. In the modified form they can."""
    once = Purchases(np.zeros(2), np.zeros(2), np.array([1.0, 1000.0]))
    assert PUBLISHED.alive_probability(once).tolist() == [1.0, 1.0]
    alive = MbgNbd(0.0, r=0.53, alpha=6.2, a=0.9, b=1.6).alive_probability(once)
    assert 1 > alive[0] > alive[1] > 0


def test_the_leaving_is_the_mean_of_the_beta_law() -> None:
    """About a quarter leave after each order of the published sample."""
    assert PUBLISHED.leaving == pytest.approx(0.793 / (0.793 + 2.426))
    assert PUBLISHED.fault() is None
    assert BgNbd(0.0, r=1.0, alpha=1.0, a=0.01, b=100.0).fault() == "nobody ever leaves"
