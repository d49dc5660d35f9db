"""Expected orders, spend and dates beside what came, gathered from a shop whose habits are planted."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from tests.small_shop import append, events, moment, people, stored
from tests.training.customers.planted import AS_OF, HORIZON_DAYS, planted_events
from training.customers.fitting import training_tables
from training.customers.measuring import outlook_backtest
from training.customers.measuring.outlook_backtest import OutlookBacktest
from training.cutoffs import shifted
from training.tables import CustomerTable, bucket_tables, buyers, kind_codes

CUTOFF = shifted(AS_OF, -HORIZON_DAYS, "UTC")


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """A shop in which regulars come every 6 or 12 days; one of them belongs to the shop itself."""
    folder = stored(tmp_path_factory.mktemp("outlook"), planted_events(200))
    Warehouse.open(folder).put_customers(people("regular-7", internal=True))
    return Behaviour.of(folder)


@pytest.fixture(scope="module")
def parts(behaviour: Behaviour) -> list[CustomerTable]:
    """Everyone known before the cutoff, bucket by bucket."""
    return list(bucket_tables(behaviour, CUTOFF, HORIZON_DAYS))


def looked_at(behaviour: Behaviour, parts: list[CustomerTable]) -> OutlookBacktest:
    """The outlook of what was known before the cutoff, with everyone added."""
    tables = training_tables(behaviour, CUTOFF, HORIZON_DAYS)
    found = OutlookBacktest.fit(behaviour, CUTOFF, HORIZON_DAYS, tables)
    for part in parts:
        found.add(part)
    return found


@pytest.fixture(scope="module")
def report(behaviour: Behaviour, parts: list[CustomerTable]) -> dict[str, Any]:
    """What is told of all of them."""
    return looked_at(behaviour, parts).report()


def test_everyone_is_counted_once(report: dict[str, Any], parts: list[CustomerTable]) -> None:
    """Totals are those of the tables; who is set aside is in neither part; the report is plain JSON."""
    json.dumps(report, allow_nan=False)
    everyone, timing = report["value"]["all"], report["timing"]["all"]
    assert everyone["customers"] == report["timed_customers"] == sum(map(len, parts))
    assert everyone["orders"] == sum(int(part.order_count.sum()) for part in parts)
    assert everyone["net_spend"] == 5 * everyone["orders"]
    bought = [part.take(buyers(part.features)) for part in parts]
    assert timing["buyers"] == sum(map(len, bought))
    assert timing["ordered"] == sum(np.count_nonzero(part.ordered) for part in bought)
    assert report["timing"]["repeat"]["buyers"] == sum(
        np.count_nonzero(kind_codes(part.features) == 2) for part in parts
    )


def test_planted_habits_are_expected(report: dict[str, Any]) -> None:
    """What is expected comes within a quarter, and regulars come within two days of their date in the middle."""
    model = report["value"]["all"]["methods"]["model"]
    assert 0.8 < model["orders_ratio"] < 1.25
    assert 0.8 < model["net_spend_ratio"] < 1.25
    found = report["timing"]["repeat"]
    assert found["dated_ordered"] > 50
    assert found["median_error_days"]["model"] < 2
    assert found["median_error_days"]["model"] < 0.8 * found["median_error_days"]["one_date"]
    assert found["rank_correlation"]["model"] > 0.5


def test_of_a_large_shop_the_dates_of_some_are_looked_at(
    behaviour: Behaviour, parts: list[CustomerTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole buckets until there are enough people; orders and spend are still those of everybody."""
    monkeypatch.setattr(outlook_backtest, "MOST_TIMED", len(parts[0]) + 1)
    report = looked_at(behaviour, parts).report()
    assert report["timed_customers"] == len(parts[0]) + len(parts[1])
    assert report["value"]["all"]["customers"] == sum(map(len, parts))
    some = [part.take(buyers(part.features)) for part in parts[:2]]
    assert report["timing"]["all"]["ordered"] == sum(np.count_nonzero(part.ordered) for part in some)


def test_the_past_alone_is_learned_from(behaviour: Behaviour, report: dict[str, Any], tmp_path: Path) -> None:
    """With other orders after the cutoff the same is expected of everyone, and what came is another thing."""
    folder = stored(tmp_path, planted_events(200))
    Warehouse.open(folder).put_customers(people("regular-7", internal=True))
    made = {"unit_price": 70, "order_id": "late"}
    append(folder, events(("regular-9", "purchase", "item-1", CUTOFF + timedelta(days=1), made)))
    other = Behaviour.of(folder)
    changed = looked_at(other, list(bucket_tables(other, CUTOFF, HORIZON_DAYS))).report()
    one, two = (each["value"]["all"] for each in (report, changed))
    assert two["net_spend"] == one["net_spend"] + 70
    for method, told in one["methods"].items():
        assert (two["methods"][method]["orders"], two["methods"][method]["net_spend"]) == (
            told["orders"],
            told["net_spend"],
        )
    assert changed["timing"]["all"]["dated"] == report["timing"]["all"]["dated"]


def test_a_shop_with_nothing_to_learn_from(tmp_path: Path) -> None:
    """Without training tables there is no date for all, and next to nothing is expected."""
    cutoff = moment("2025-03-20T00:00Z")
    rows = [("anna", "purchase", "tea", f"2025-03-{day}T10:00Z", {"unit_price": 10}) for day in ("01", "11", "25")]
    behaviour = Behaviour.of(stored(tmp_path, events(*rows), buckets=2))
    found = OutlookBacktest.fit(behaviour, cutoff, 30, [])
    for part in bucket_tables(behaviour, cutoff, 30):
        found.add(part)
    report = found.report()
    assert (report["value"]["all"]["orders"], report["value"]["all"]["net_spend"]) == (1, 10)
    assert report["timing"]["repeat"]["median_error_days"]["one_date"] is None
    assert report["timing"]["repeat"]["median_error_days"]["model"] < 5
    json.dumps(report, allow_nan=False)
