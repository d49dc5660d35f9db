"""Numbers as people say them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.customers.explaining.wording.one_customer import known
from tests.training.customers.planted import no_features, odd_features
from training.customers.explaining.usual import Usual
from training.customers.explaining.wording.known import OWN, Known, rounded


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("days_since_purchase", 0.99, 0),
        ("days_since_purchase", 1.4, 1),
        ("purchase_gap_mean_days", 30.6, 31),
        ("days_since_any", -0.5, np.nan),
        ("view_count_30d", 3, 3),
        ("view_count_30d", -3, np.nan),
        ("net_spend_all", 1234.56, 1235),
        ("net_spend_90d", -20.4, np.nan),
        ("bought_price_mean", 12.345, 1234),
        ("discounted_share", 0, 0),
        ("discounted_share", 0.001, 1),
        ("discounted_share", 0.374, 37),
        ("discounted_share", 0.999, 99),
        ("discounted_share", 1, 100),
        ("discounted_share", 1.2, np.nan),
        ("orders_per_year", np.inf, np.nan),
        ("net_spend_all", -np.inf, np.nan),
        ("net_spend_all", 1e30, np.nan),
        ("view_count_30d", np.nan, np.nan),
    ],
)
def test_numbers_are_rounded_for_people(name: str, value: float, said: float) -> None:
    """Whole days, counts and money, hundredths of a price, whole percent; nonsense counts as missing."""
    np.testing.assert_array_equal(rounded(name, np.array([value])), [said])


def test_no_minus_before_nothing() -> None:
    """What rounds to nothing is plain zero."""
    assert str(rounded("net_spend_90d", np.array([-0.2]))[0]) == "0.0"


def test_own_numbers_and_usual_ones_stand_side_by_side() -> None:
    """Both are rounded the same way, the usual ones taken by the customer's kind."""
    customer = known({"view_count_30d": 2}, {"view_count_30d": 8.6}, raises=False)
    assert customer["view_count_30d"] == [2]
    assert customer["usual_view_count_30d"] == [9]
    assert np.isnan(customer["usual_net_spend_all"]).all()


def test_strange_customers_and_nobody() -> None:
    """Of impossible numbers nothing is known, and there may be no customers at all."""
    features, kinds = odd_features(), np.zeros(4, dtype=np.int64)
    found = Known.of(features, Usual.unknown(), kinds, kinds == 0)
    for name in OWN:
        numbers = found[name][~np.isnan(found[name])]
        assert (np.abs(numbers) < 1e12).all()
    assert len(Known.of(no_features(), Usual.unknown(), kinds[:0], kinds[:0] == 0)["view_count_30d"]) == 0
