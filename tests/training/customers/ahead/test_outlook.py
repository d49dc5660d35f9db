"""What lies ahead of everyone: one table, the same after saving, honest with next to nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.errors import HuitouError
from tests.small_shop import events, moment, shop, stored
from tests.training.customers.planted import AS_OF, DAYS, HORIZON_DAYS, planted_events, planted_shop
from training.customers.ahead.outlook import Outlook
from training.customers.ahead.timing import CustomerGaps, customer_gaps
from training.customers.fitting import training_tables
from training.tables import CustomerTable

COLUMNS = (
    "expected_orders_20d",
    "expected_net_spend_20d",
    "expected_orders_365d",
    "expected_net_spend_365d",
    "purchase_cycle_days",
    "purchase_cycle_gap_count",
    "next_order_days",
    "next_order_low_days",
    "next_order_high_days",
    "overdue_days",
)


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """A shop in which regulars come every 6 or 12 days, and some have left."""
    return planted_shop(tmp_path_factory.mktemp("outlook"), customers=200)


@pytest.fixture(scope="module")
def tables(behaviour: Behaviour) -> list[CustomerTable]:
    """Its training tables, visitors too."""
    return training_tables(behaviour, AS_OF, HORIZON_DAYS)


@pytest.fixture(scope="module")
def outlook(behaviour: Behaviour, tables: list[CustomerTable]) -> Outlook:
    """Its outlook."""
    return Outlook.fit(behaviour, AS_OF, HORIZON_DAYS, tables)


def people(behaviour: Behaviour) -> tuple[CustomerFeatures, CustomerGaps]:
    """The customers of the first bucket as of now."""
    found = behaviour.history(0, AS_OF, behaviour.catalogue(AS_OF))
    return customer_features(found), customer_gaps(found)


def test_every_column_has_its_unit(behaviour: Behaviour, outlook: Outlook) -> None:
    """Names say what, in which time and in which unit; each column has an entry for everybody."""
    features, gaps = people(behaviour)
    columns = outlook.columns(features, gaps)
    assert tuple(columns) == COLUMNS
    assert all(column.shape == (len(features),) for column in columns.values())
    for name in COLUMNS[:4]:
        assert (columns[name] >= 0).all()


def test_planted_habits_are_told(behaviour: Behaviour, outlook: Outlook) -> None:
    """Regulars get their own cycle of 6 or 12 days and as many orders as fit; who has left is overdue."""
    features, gaps = people(behaviour)
    columns = outlook.columns(features, gaps)
    names = features.customer_ids.to_pylist()
    cycle = np.array([6 if int(name.split("-")[1]) % 2 else 12 for name in names])
    regular = np.array([name.startswith("regular") for name in names])
    np.testing.assert_allclose(columns["purchase_cycle_days"][regular], cycle[regular], rtol=0.25)
    orders = columns["expected_orders_20d"]
    quick, slow = (orders[regular & (cycle == days)].mean() for days in (6, 12))
    assert quick == pytest.approx(20 / 6, rel=0.25)
    assert slow == pytest.approx(20 / 12, rel=0.25)
    np.testing.assert_allclose(columns["expected_net_spend_20d"][regular], 5 * orders[regular], rtol=0.05)
    left = np.array([name.startswith("leaver") for name in names]) & (gaps.silence_days > 40)
    assert left.sum() >= 5
    assert (columns["overdue_days"][left] > 20).all()
    assert np.isnan(columns["next_order_days"][left]).all()
    assert orders[left].max() < 0.5


def test_it_says_how_far_it_could_look(outlook: Outlook) -> None:
    """Customers were followed from the oldest moment on that leaves half a horizon of history."""
    assert DAYS - 30 < outlook.observed_days < DAYS - HORIZON_DAYS / 2
    assert outlook.horizon_days == HORIZON_DAYS


def test_a_saved_outlook_says_the_same(behaviour: Behaviour, outlook: Outlook, tmp_path: Path) -> None:
    """The outlook that is read again gives the same columns and the same cycles."""
    outlook.save(tmp_path / "outlook")
    again = Outlook.load(tmp_path / "outlook")
    features, gaps = people(behaviour)
    for name, column in outlook.columns(features, gaps).items():
        np.testing.assert_allclose(again.columns(features, gaps)[name], column, rtol=1e-9)
    assert again.cycles.as_dict() == outlook.cycles.as_dict()
    assert {file.suffix for file in (tmp_path / "outlook").iterdir()} == {".json"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cycles": 3}'])
def test_a_broken_outlook_is_told(outlook: Outlook, tmp_path: Path, text: str) -> None:
    """A folder that cannot be read raises with what to do."""
    outlook.save(tmp_path)
    (tmp_path / "outlook.json").write_text(text, encoding="utf-8")
    with pytest.raises(HuitouError, match="an outlook must be a folder as Huitou saved it; .* cannot be read"):
        Outlook.load(tmp_path)


def test_customers_and_gaps_must_be_the_same(behaviour: Behaviour, outlook: Outlook) -> None:
    """Gaps of other customers are refused."""
    features, gaps = people(behaviour)
    with pytest.raises(HuitouError) as caught:
        outlook.columns(features, gaps.of(np.arange(len(gaps)) > 0))
    assert caught.value.message == (
        f"gaps must be of the customers of the features; got {len(gaps) - 1} and {len(gaps)} customers. "
        "Make both from the same history."
    )


def test_tables_must_have_the_horizon(behaviour: Behaviour, tables: list[CustomerTable]) -> None:
    """Labels of another horizon are refused."""
    with pytest.raises(HuitouError) as caught:
        Outlook.fit(behaviour, AS_OF, 30, tables)
    assert caught.value.message == (
        "tables must have the horizon of the outlook, 30 days; got 20 days. Make them with the same horizon."
    )


def test_a_shop_with_three_orders(tmp_path: Path) -> None:
    """One customer came again after ten days: that is all that is known, and everyone gets an answer."""
    as_of = moment("2025-03-20T10:00Z")
    rows = [
        ("anna", "purchase", "tea", "2025-03-01T10:00Z", {"unit_price": 10}),
        ("anna", "purchase", "tea", "2025-03-11T10:00Z", {"unit_price": 20}),
        ("ben", "purchase", "cup", "2025-03-15T10:00Z", {"unit_price": 60}),
        ("cleo", "view", "cup", "2025-03-15T10:00Z"),
    ]
    behaviour = Behaviour.of(stored(tmp_path, events(*rows), buckets=1))
    outlook = Outlook.fit(behaviour, as_of, 30, training_tables(behaviour, as_of, 30))
    found = behaviour.history(0, as_of, behaviour.catalogue(as_of))
    columns = outlook.columns(customer_features(found), customer_gaps(found))
    anna, ben, cleo = ({name: column[place] for name, column in columns.items()} for place in range(3))
    assert 9 < anna["purchase_cycle_days"] < 16
    assert anna["next_order_days"] == pytest.approx(anna["purchase_cycle_days"] - 9)
    assert ben["purchase_cycle_gap_count"] == 0
    assert 4 < ben["next_order_days"] < 11
    assert np.isnan(cleo["next_order_days"])
    assert anna["expected_orders_30d"] > ben["expected_orders_30d"] > cleo["expected_orders_30d"] > 0
    assert 15 < anna["expected_net_spend_30d"] / anna["expected_orders_30d"] < 30
    assert 30 < ben["expected_net_spend_30d"] / ben["expected_orders_30d"] < 60


def test_a_shop_without_events(tmp_path: Path) -> None:
    """Nothing is known, nobody is there, and that can be saved and read."""
    behaviour = Behaviour.of(shop(tmp_path / "shop"))
    outlook = Outlook.fit(behaviour, AS_OF, 30, [])
    outlook.save(tmp_path / "outlook")
    found = behaviour.history(0, AS_OF, behaviour.catalogue(AS_OF))
    columns = Outlook.load(tmp_path / "outlook").columns(customer_features(found), customer_gaps(found))
    assert all(len(column) == 0 for column in columns.values())
    assert outlook.observed_days == 0


def test_the_future_never_matters(behaviour: Behaviour, tmp_path: Path) -> None:
    """A shop that knows what happened later learns the same as one that does not."""
    middle = AS_OF - timedelta(days=60)
    happened = planted_events(200)
    before = happened.filter(pc.less(happened["occurred_at"], pa.scalar(middle, pa.timestamp("us", tz="UTC"))))
    for name, one in (("later", behaviour), ("then", Behaviour.of(stored(tmp_path / "shop", before)))):
        tables = training_tables(one, middle, HORIZON_DAYS)
        Outlook.fit(one, middle, HORIZON_DAYS, tables).save(tmp_path / name)
    for file in ("outlook.json", "timing.json", "value.json"):
        assert (tmp_path / "later" / file).read_text() == (tmp_path / "then" / file).read_text()
