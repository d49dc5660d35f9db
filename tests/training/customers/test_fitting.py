"""Training on shops of any size: nothing is too small to get an answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from tests.small_shop import events, moment, stored
from tests.training.customers.planted import AS_OF, HORIZON_DAYS, planted_shop
from training.customers.fitting import fit_propensity, known_customers
from training.customers.reasons import reasons
from training.cutoffs import shifted
from training.horizon import shop_horizon_days

END = moment("2025-03-01T00:00Z")


def days(*ago: float, customer: str = "anna", kind: str = "purchase", item: str = "tea") -> list[Any]:
    return [(customer, kind, item, END - timedelta(days=number)) for number in ago]


SHOPS = {
    "empty": [],
    "one event": days(1),
    "ten events": days(*range(1, 11)),
    "one customer": days(*range(1, 200, 3)) + days(*range(2, 200, 5), kind="view"),
    "one item": [row for number in range(30) for row in days(number % 17 + 1, 40, customer=f"c{number}")],
    "no purchases": [row for number in range(50) for row in days(1, 9, 30, customer=f"v{number}", kind="view")],
    "all purchases on one day": [row for number in range(300) for row in days(5, customer=f"c{number}")],
    "all on the first day": [row for number in range(300) for row in days(200, customer=f"c{number}")] + days(1),
    "returns only": days(3, 9, kind="return"),
    "odd ids": [row for name in ("a b", "a/b", 'a"b', "a'b", "🍵", "茶", "=1+1") for row in days(3, 30, customer=name)],
}


@pytest.mark.parametrize("name", SHOPS)
def test_a_small_shop_trains_on_rules(name: str, tmp_path: Path) -> None:
    """It never fails, says the rules tier, and gives chances strictly inside (0, 1) with reasons for everyone."""
    shop = Behaviour.of(stored(tmp_path / "shop", events(*SHOPS[name])))
    training = fit_propensity(shop, END, shop_horizon_days(shop, END))
    assert training.propensity.tier == "rules"
    assert not training.gate.passed
    known = known_customers(shop, END)
    chance = training.propensity.order_probability(known)
    assert chance.shape == (len(known),)
    assert np.all((chance > 0) & (chance < 1))
    assert len(reasons(training.propensity, known)) == len(known)


def test_labels_end_before_the_moment_of_training(tmp_path: Path) -> None:
    """Every training cutoff has its whole label window before ``as_of``, and steps are told as they are done."""
    said: list[str] = []
    training = fit_propensity(planted_shop(tmp_path / "shop", 100), AS_OF, HORIZON_DAYS, said=said.append)
    assert len(training.cutoffs) == 6
    assert all(shifted(cutoff, HORIZON_DAYS, "UTC") <= AS_OF for cutoff in training.cutoffs)
    assert said[0] == "customers 1 of 6, known before 2025-05-26"
    assert said[-1] == "fitting who will order"
