"""Power: the numbers of people that the shop's definitions name, and a simulation that agrees with them."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import HuitouError
from training.campaigns.power import needed_people, power, smallest_lift


@pytest.mark.parametrize(("share", "people"), [(0.5, 42_000), (0.1, 109_000)], ids=["50/50", "90/10"])
def test_the_known_example(share: float, people: int) -> None:
    """At 2 % a lift of +20 % needs about 42,000 people at 50/50 and 109,000 at 90/10."""
    assert needed_people(0.02, 0.2, share) == pytest.approx(people, rel=0.01)


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("rate", [0.005, 0.05])
def test_the_three_agree(rate: float, share: float) -> None:
    """So many people as are needed have the power that was wanted, and the smallest lift that they show is the one."""
    people = needed_people(rate, 0.2, share)
    assert power(people, rate, 0.2, share) == pytest.approx(0.8, abs=1e-3)
    assert smallest_lift(people, rate, share) == pytest.approx(0.2, abs=1e-4)


def test_power_is_how_often_a_difference_is_seen() -> None:
    """Of simulated campaigns of that size as many show the difference as is said."""
    people, random = needed_people(0.05, 0.3, 0.3), np.random.default_rng(1)
    control = round(0.3 * people)
    a = random.binomial(people - control, 0.065, 4_000) / (people - control)
    b = random.binomial(control, 0.05, 4_000) / control
    error = np.sqrt(a * (1 - a) / (people - control) + b * (1 - b) / control)
    assert np.mean(np.abs(a - b) > 1.96 * error) == pytest.approx(0.8, abs=0.03)


def test_a_list_that_shows_nothing() -> None:
    """Where even everybody ordering would be missed there is no smallest lift."""
    assert smallest_lift(3, 0.5, 0.1) is None


@pytest.mark.parametrize(
    ("rate", "lift", "share", "message"),
    [
        (0.0, 0.2, 0.1, "control_rate must be above 0 and below 1; got 0. Two per cent is 0.02."),
        (0.02, 0.2, 1.0, "control_share must be above 0 and below 1; got 1. Two per cent is 0.02."),
        (
            0.5,
            2.0,
            0.1,
            (
                "relative_lift must not be 0 and must lead to a rate of 0 to 1; got 2 on a rate of 0.5. "
                "A lift of 20 % is 0.2."
            ),
        ),
    ],
    ids=["rate", "share", "lift"],
)
def test_rates_that_cannot_be(rate: float, lift: float, share: float, message: str) -> None:
    """One sentence says which value makes no sense."""
    with pytest.raises(HuitouError) as error:
        needed_people(rate, lift, share)
    assert error.value.message == message
