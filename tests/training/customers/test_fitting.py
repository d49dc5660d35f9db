"""Training on shops of any size: nothing is too small to get an answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.shop_folder import ShopFolder, ShopSettings
from tests.odd_people import CUTOFF, crowd, viewed
from tests.small_shop import append, events, moment, stored
from tests.training.customers.planted import AS_OF, DAYS, HORIZON_DAYS, START, planted_events, planted_shop
from training.customers import fitting
from training.customers.explaining.reasons import reasons
from training.customers.fitting import fit_propensity, known_customers, training_tables
from training.cutoffs import shifted
from training.horizon import shop_horizon_days

END = moment("2025-03-01T00:00Z")
MIDDLE = START + timedelta(days=DAYS * 0.3)


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
    """It never fails, says the rules tier for every kind, and gives chances inside (0, 1) with reasons for everyone."""
    shop = Behaviour.of(stored(tmp_path / "shop", events(*SHOPS[name])))
    training = fit_propensity(shop, END, shop_horizon_days(shop, END))
    assert set(training.propensity.tiers.values()) == {"rules"}
    assert training.gate == training.propensity.gate
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
    assert said[-1] == "fitting who will order within 20 days"
    assert [table.cutoff for table in training.tables] == list(training.cutoffs)
    assert training.propensity.horizon_days == HORIZON_DAYS


def test_half_a_horizon_of_history_is_enough(tmp_path: Path) -> None:
    """Five horizons make six cutoffs a third of a horizon apart, the oldest not less than half a horizon old."""
    shop = planted_shop(tmp_path / "shop", 100)
    for age_days, count in ((29, 0), (30, 1), (37, 2), (65, 6)):
        tables = training_tables(shop, START + timedelta(days=age_days + 1), HORIZON_DAYS)
        assert len(tables) == count
        assert all(table.cutoff >= START + timedelta(days=HORIZON_DAYS // 2) for table in tables)


def test_a_large_shop_is_sampled_by_bucket(tmp_path: Path) -> None:
    """With room for few rows each cutoff takes the first buckets that fill its share, the same at every cutoff."""
    shop = planted_shop(tmp_path / "shop", 200)
    whole = training_tables(shop, AS_OF, HORIZON_DAYS)
    sample = training_tables(shop, AS_OF, HORIZON_DAYS, most_rows=6 * 60)
    for table, full in zip(sample, whole, strict=True):
        names = table.features.customer_ids.to_pylist()
        assert 60 <= len(table) < len(full)
        assert names == full.features.customer_ids.to_pylist()[: len(names)]


def test_enough_customers_say_what_the_rhythm_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those known as of now are everyone, or whole buckets until there are enough."""
    shop = planted_shop(tmp_path / "shop", 200)
    everyone = known_customers(shop, AS_OF)
    assert len(everyone) == 200
    monkeypatch.setattr(fitting, "KNOWN_CUSTOMERS", 60)
    some = known_customers(shop, AS_OF)
    assert 60 <= len(some) < 200
    assert some.customer_ids.to_pylist() == everyone.customer_ids.to_pylist()[: len(some)]


def test_who_is_set_aside_says_nothing_of_the_rhythm(tmp_path: Path) -> None:
    """A bot is among those known as of now only where the shop sets nobody aside."""
    rows = events(*crowd(), *viewed("bot", 2_000))
    for place, (set_aside, there) in enumerate(((True, False), (False, True))):
        folder = ShopFolder.create(tmp_path / str(place), ShopSettings(buckets=2, set_aside=set_aside))
        append(folder, rows)
        known = known_customers(Behaviour.of(folder), CUTOFF)
        assert ("bot" in known.customer_ids.to_pylist()) is there


def test_what_happens_later_changes_no_training(tmp_path: Path) -> None:
    """Events from the moment of training on, and older ones that become known then, leave every number as it is."""
    table = planted_events(100)
    early = table.filter(pc.less(table["occurred_at"], pa.scalar(MIDDLE, table["occurred_at"].type)))
    older = events(("late", "purchase", "tea", START - timedelta(days=400), {"known_at": MIDDLE}))
    shops = [
        Behaviour.of(stored(tmp_path / name, found))
        for name, found in (("past", early), ("all", pa.concat_tables([table, older])))
    ]
    past, everything = (fit_propensity(shop, MIDDLE, HORIZON_DAYS) for shop in shops)
    assert past.cutoffs == everything.cutoffs
    assert past.propensity.figures == everything.propensity.figures
    assert past.propensity.gate == everything.propensity.gate
    chances = [each.propensity.order_probability(past.known) for each in (past, everything)]
    np.testing.assert_array_equal(chances[0], chances[1])
