"""What writing to some people is expected to bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.shop_folder import ShopSettings
from serving.audiences.previewing.expected import expected
from serving.snapshot import Snapshot
from tests.serving.audiences.audience_shop import AudienceShop
from tests.serving.published_shop import PEOPLE, Person, small_shop

SETTINGS = ShopSettings(contact_cost=2.0, order_margin=0.5, contact_success_rate=0.1)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small shop: no uplift model."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def rows(snapshot: Snapshot, *who: str) -> np.ndarray:
    """Rows of some people."""
    return np.array([snapshot.customers.row(name) for name in who])


def person(name: str) -> Person:
    """A person of the small shop."""
    return next(each for each in PEOPLE if each.id == name)


def test_without_an_uplift_model(snapshot: Snapshot) -> None:
    """A tenth of those who would not order do, each worth half of the own mean order; the messages cost two each."""
    anna, bob = person("anna"), person("b/o b")
    found = expected(snapshot, rows(snapshot, "anna", "b/o b"), SETTINGS)
    assert anna.churn is not None
    assert bob.churn is not None
    extra = 0.1 * (anna.churn + bob.churn)
    value = 0.1 * (anna.churn * anna.spend + bob.churn * bob.spend) / 2 * 0.5 - 4
    assert found.orders_without_contact == pytest.approx(2 - anna.churn - bob.churn)
    assert found.extra_orders == pytest.approx(extra)
    assert found.orders_with_contact == pytest.approx(2 - anna.churn - bob.churn + extra)
    assert (found.cost, found.horizon_days, found.by) == (4.0, 91, "contact_success_rate")
    assert found.value == pytest.approx(value)


def test_nothing_is_assumed_of_visitors(snapshot: Snapshot) -> None:
    """They cannot be brought back, as they never were there; what they cost is told."""
    found = expected(snapshot, rows(snapshot, "visitor:v 1"), SETTINGS)
    assert (found.extra_orders, found.cost, found.value) == (0.0, 2.0, None)
    assert found.orders_without_contact == pytest.approx(0.1)


def test_nobody(snapshot: Snapshot) -> None:
    """Nobody brings nothing and costs nothing."""
    found = expected(snapshot, rows(snapshot)[:0].astype(np.int64), SETTINGS)
    assert (found.orders_with_contact, found.cost, found.value) == (0.0, 0.0, None)


def test_with_an_uplift_model(made: AudienceShop) -> None:
    """Its differences are the extra orders, its profit the value; nobody orders more than surely."""
    values = made.snapshot.audience.columns.values
    everybody = np.arange(len(made.snapshot.customers))
    found = expected(made.snapshot, everybody, replace(SETTINGS, contact_success_rate=1.0))
    chance, difference = (np.nan_to_num(values(name)) for name in ("order_probability_91d", "uplift_91d"))
    assert found.by == "uplift"
    assert found.orders_without_contact == pytest.approx(chance.sum())
    assert found.extra_orders == pytest.approx(np.minimum(difference, 1 - chance).sum())
    assert found.value == pytest.approx(np.nansum(values("expected_incremental_profit")))
