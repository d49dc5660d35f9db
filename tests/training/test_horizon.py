"""How far ahead a shop should look, and the reasons it is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings
from tests.small_shop import append, events, items, stored
from training.horizon import (
    chosen_horizon_days,
    fitting_horizons,
    horizons_side_by_side,
    in_days,
    nearest_horizon,
    offered_horizons,
    shop_horizon,
    shop_horizon_days,
)

FIRST = datetime(2024, 1, 1, 12, tzinfo=UTC)
YEAR = datetime(2025, 1, 1, tzinfo=UTC)
SINGLES = [(f"one-{number}", "purchase", "tea", FIRST) for number in range(10)]


def regulars(gap_days: int, count: int = 12, customers: int = 1, item: str = "tea") -> list[Any]:
    """Customers who order ``count`` times, always after the same number of days."""
    return [
        (f"{item}-{number}", "purchase", item, FIRST + timedelta(days=gap_days * place))
        for number in range(customers)
        for place in range(count)
    ]


def behaviour(path: Path, *rows: Any, described: pa.Table | None = None) -> Behaviour:
    return Behaviour.of(stored(path, events(*rows), described=described))


def test_a_quarter_of_the_history_is_the_most() -> None:
    """The horizons that fit into a quarter of the history; where none does, a quarter of it, at least a day."""
    assert fitting_horizons(720) == (7, 14, 30, 60, 90, 180)
    assert fitting_horizons(365) == (7, 14, 30, 60, 90)
    assert fitting_horizons(28) == (7,)
    assert fitting_horizons(27) == (6,)
    assert fitting_horizons(0) == (1,)


@pytest.mark.parametrize(("wanted", "horizon"), [(1, 7), (8, 7), (25, 30), (42, 30), (43, 60), (300, 90)])
def test_the_nearest_by_ratio_is_taken(wanted: int, horizon: int) -> None:
    """Wanted days are rounded to the horizon that is nearest by ratio."""
    assert nearest_horizon(wanted, fitting_horizons(365)) == horizon


def test_short_horizons_are_for_quick_shops() -> None:
    """A week and a fortnight are offered only where one of them is recommended."""
    assert offered_horizons(30, fitting_horizons(365)) == (30, 60, 90)
    assert offered_horizons(7, fitting_horizons(365)) == (7, 14, 30, 60, 90)
    assert offered_horizons(2, fitting_horizons(9)) == (2,)


def test_horizons_stand_side_by_side() -> None:
    """The main horizon comes with those that are offered, each once and rising."""
    assert horizons_side_by_side(60, (30, 60, 90)) == (30, 60, 90)
    assert horizons_side_by_side(45, (30, 60, 90)) == (30, 45, 60, 90)


def test_the_gaps_of_a_shop_say_its_horizon(tmp_path: Path) -> None:
    """Orders every 25 days over a year make it 30 days, for reasons with the shop's own numbers in two languages."""
    found = shop_horizon(behaviour(tmp_path / "shop", *regulars(25, 14, 4), ("v", "view", "tea", FIRST)), YEAR)
    assert (found.recommended_days, found.offered_days, found.settled_days) == (30, (30, 60, 90), 25)
    assert (found.curve.ended_count, found.curve.open_count, found.history_days) == (52, 4, 365)
    assert found.second_order.ended_count == 4
    assert found.reasons["en"] == (
        "52 of 56 orders were followed by another one so far",
        "with those still to come, 92.9% are followed by another one within 25 days",
        "four of five repeat orders come within 25 days; the history of 365 days allows up to 91; so 30 days",
    )
    assert found.reasons["zh"] == (
        "56笔订单中已有52笔之后再次下单",
        "计入尚未到来的订单，25天内会再次下单的占92.9%",
        "五分之四的再次下单发生在25天内；历史数据共365天，最多允许91天；因此取30天",
    )


def test_open_gaps_make_the_horizon_longer(tmp_path: Path) -> None:
    """Where half of the customers are still to come again, ended gaps alone would say 7 days and the curve says 60."""
    quick = regulars(7, 2, 60)
    slow = [(f"slow-{n}", "purchase", "tea", YEAR - timedelta(days=1 + n % 50)) for n in range(400)]
    late = [(f"late-{n}", "purchase", "tea", YEAR - timedelta(days=days)) for n in range(12) for days in (100, 48)]
    found = shop_horizon(behaviour(tmp_path / "shop", *quick, *slow, *late), YEAR)
    assert sorted([7] * 60 + [52] * 12)[int(0.8 * 72)] == 7
    assert (found.settled_days, found.recommended_days) == (52, 60)


def test_a_shop_without_a_rhythm_has_the_usual_horizon(tmp_path: Path) -> None:
    """With nine repeat orders nothing is concluded; with ten it is."""
    nine = shop_horizon(behaviour(tmp_path / "nine", *regulars(2, 10)), YEAR)
    assert (nine.recommended_days, nine.settled_days) == (30, None)
    counted, concluded = nine.reasons["en"]
    assert counted == "9 of 10 orders were followed by another one so far"
    assert concluded.startswith("too few orders were followed by another one, so 30 days are usual; the history of 365")
    assert nine.reasons["zh"][-1] == "再次下单的订单太少，通常取30天；历史数据共365天，最多允许91天；因此取30天"
    ten = shop_horizon(behaviour(tmp_path / "ten", *regulars(2, 11)), YEAR)
    assert (ten.recommended_days, ten.settled_days) == (7, 2)


def test_an_empty_shop_has_a_horizon(tmp_path: Path) -> None:
    """A shop of which nothing was known then looks a day ahead, whatever came later, and says why."""
    shop = behaviour(tmp_path / "empty")
    assert shop_horizon_days(shop, YEAR) == 1
    assert shop_horizon(shop, YEAR).reasons["en"][0] == "nobody has ordered yet"
    later = behaviour(tmp_path / "later", *regulars(7, 40))
    assert shop_horizon_days(later, FIRST - timedelta(days=9)) == 1


def test_the_future_changes_nothing(tmp_path: Path) -> None:
    """Orders after the moment of looking do not move the horizon."""
    known = regulars(7, 52)
    later = [("late", "purchase", "tea", YEAR + timedelta(days=300 * place)) for place in range(20)]
    alone = shop_horizon(behaviour(tmp_path / "alone", *known), YEAR).as_dict()
    assert shop_horizon(behaviour(tmp_path / "both", *known, *later), YEAR).as_dict() == alone
    assert alone["recommended_days"] == 7


def test_categories_have_horizons_of_their_own(tmp_path: Path) -> None:
    """A category with a hundred repeat orders has its own horizon, one with fewer has none; the most come first."""
    described = items(("tea", "drinks", 5), ("oil", "skin", 9), ("pot", "dishes", 80))
    rows = [*regulars(8, 6, 21), *regulars(55, 6, 40, "oil"), *regulars(30, 10, 11, "pot")]
    found = shop_horizon(behaviour(tmp_path / "shop", *rows, described=described), YEAR)
    assert list(found.category_curves) == ["skin", "drinks"]
    assert found.settled_by_category == {"skin": 55, "drinks": 8}
    assert found.by_category == {"skin": 60, "drinks": 7}


def test_reading_stops_when_enough_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more buckets are read than are needed, and the reasons say from how many the numbers are."""
    monkeypatch.setattr("training.horizon.GAPS_WANTED", 20)
    found = shop_horizon(behaviour(tmp_path / "shop", *regulars(7, 11, 40)), YEAR)
    assert 1 <= found.buckets_read < found.buckets == 4
    assert found.reasons["en"][0].endswith(f"(in {found.buckets_read} of 4 buckets of customers)")
    assert found.reasons["zh"][0].endswith(f"（取自4个客户分桶中的{found.buckets_read}个）")


def test_a_record_is_plain(tmp_path: Path) -> None:
    """A record is JSON; a share that was not observed is null, and so is an interval where everyone came again."""
    shop = behaviour(tmp_path / "shop", *regulars(7, 40, 3))
    record = json.loads(json.dumps(shop_horizon(shop, FIRST + timedelta(days=276)).as_dict(), allow_nan=False))
    assert record["order_again_within"]["7d"] == {"value": 1.0, "low": None, "high": None}
    assert record["order_again_within"]["14d"] is None
    assert (record["recommended_days"], record["offered_days"]) == (7, [7, 14, 30, 60])
    assert (record["gaps_ended"], record["gaps_open"], record["observed_days"]) == (117, 3, 7)
    assert len(record["reasons"]["en"]) == len(record["reasons"]["zh"]) == 3
    later = shop_horizon(behaviour(tmp_path / "later", *regulars(7, 40, 3), *SINGLES), YEAR).as_dict()
    share = later["order_again_within"]["7d"]
    assert share["value"] == pytest.approx(117 / 130)
    assert 0.5 < share["low"] < share["value"] < share["high"] < 1


def test_the_horizon_is_asked_for_or_set_or_the_shops_own(tmp_path: Path) -> None:
    """What was asked for wins over the setting, and the setting over the data; a senseless one is refused."""
    folder = ShopFolder.create(tmp_path / "shop", ShopSettings(horizon_days=45))
    append(folder, events(*regulars(7, 52)))
    assert chosen_horizon_days(Behaviour.of(folder), YEAR, 20) == 20
    assert chosen_horizon_days(Behaviour.of(folder), YEAR, None) == 45
    with pytest.raises(HuitouError, match="horizon_days must be between 1 and 3650; got 0. Leave it out to use the"):
        chosen_horizon_days(Behaviour.of(folder), YEAR, 0)
    (folder.path / "shop.json").write_text('{"buckets": 16}', encoding="utf-8")
    assert chosen_horizon_days(Behaviour.of(ShopFolder.open(folder.path)), YEAR, None) == 7


def test_days_in_words() -> None:
    """One day is singular, and thousands are set apart."""
    assert [in_days(number) for number in (1, 2, 1_500)] == ["1 day", "2 days", "1,500 days"]
