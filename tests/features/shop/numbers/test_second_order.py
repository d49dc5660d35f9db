"""The curve of second orders, young customers counted as open."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.shop.numbers.period import Period
from features.shop.numbers.second_order import second_order
from features.shop.numbers.shop_tables import ShopTables
from tests.small_shop import events, stored

FIRST = date(2025, 1, 1)


def a_shop(path: Path) -> Behaviour:
    """A hundred buyers of 1 January, forty of whom come again after twenty days; then two hundred of 20 April."""
    rows = []
    for person in range(100):
        days = (0, 20) if person < 40 else (0,)
        rows += [(f"c{person}", "purchase", "tea", f"{FIRST + timedelta(days=day)}T10:00Z") for day in days]
    rows += [(f"young{person}", "purchase", "tea", "2025-04-20T10:00Z") for person in range(200)]
    return Behaviour.of(stored(path, events(*rows)))


def test_young_customers_do_not_pull_it_down(tmp_path: Path) -> None:
    """Ten days after two hundred came, the share within 30 days is still the 40 % of those who could be watched."""
    with ShopTables.on_duckdb(a_shop(tmp_path / "shop")) as tables:
        found = second_order(tables, Period.parse("2025-04-01", "2025-05-01"))
    within = found.within(30)
    assert within.value == pytest.approx(0.4)
    assert within.low is not None
    assert within.high is not None
    assert 0.30 < within.low < 0.4 < within.high < 0.51


def test_the_curve_is_as_it_was_known_then(tmp_path: Path) -> None:
    """At the end of March nobody knew of April; last year is unknown; beyond what was observed nothing is told."""
    with ShopTables.on_duckdb(a_shop(tmp_path / "shop")) as tables:
        found = second_order(tables, Period.parse("2025-04-01", "2025-05-01"))
    assert found.curves["current"].open_count == 260
    assert found.curves["previous"].open_count == 60
    assert "last_year" not in found.curves
    assert found.within(90, "previous").value is None
    assert found.within(60, "previous").value == pytest.approx(0.4)


def test_an_order_of_the_same_day_is_no_second_one(tmp_path: Path) -> None:
    """Two orders of one day are one day with orders."""
    bought = [("anna", "purchase", "tea", f"2025-01-01T1{hour}:00Z", {"order_id": f"o{hour}"}) for hour in (0, 1)]
    rows = (*bought, ("anna", "view", "tea", "2025-01-31T10:00Z"))
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "shop", events(*rows)))) as tables:
        found = second_order(tables, Period.parse("2025-01-01", "2025-02-01"))
    assert (found.curves["current"].ended_count, found.curves["current"].open_count) == (0, 1)


def test_it_is_said_in_plain_types(tmp_path: Path) -> None:
    """The answer is JSON with the shares by name and the whole curve, day by day."""
    with ShopTables.on_duckdb(a_shop(tmp_path / "shop")) as tables:
        said = json.loads(json.dumps(second_order(tables, Period.parse("2025-04-01", "2025-05-01")).as_dict()))
    assert said["within"]["second_order_within_30d"]["value"] == pytest.approx(0.4)
    assert said["curve"][20] == {"days": 20, "at_risk": 100, "share": pytest.approx(0.4), **ends(said["curve"][20])}


def ends(point: dict[str, float]) -> dict[str, float]:
    assert point["low"] < point["share"] < point["high"]
    return {"low": point["low"], "high": point["high"]}
