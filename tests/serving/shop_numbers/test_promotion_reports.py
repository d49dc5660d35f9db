"""Promotions, trends and alerts as work on a shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.own_promotions import PROMOTIONS_FILE
from features.shop_folder import ShopFolder
from serving.desk.workroom import Workroom, workroom
from serving.shop_numbers.promotion_reports import (
    alerts_report,
    calendar_report,
    effect_report,
    past_promotion,
    trends_report,
)
from tests.small_shop import events, items, shop, stored

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 5, 11, 8, tzinfo=UTC)
OWN = {"name": {"en": "Tea days", "zh": "茶日"}, "from": "2025-03-10", "until": "2025-03-12", "discount": 0.2}
DAYS = 130


def busy_shop(path: Path) -> ShopFolder:
    """Ten orders a day until 2025-05-10, thirty on the three days of its own sale."""
    rows: list[tuple[Any, ...]] = []
    for day in range(DAYS):
        for number in range(30 if 68 <= day <= 70 else 9 + day % 3):
            at = FIRST + timedelta(days=day, hours=8 + number % 15)
            order = {"order_id": f"o{day}-{number}", "unit_price": 5, "channel": "web"}
            rows.append((f"c{(day * 13 + number * 7) % 300}", "purchase", "tea", at, order))
    folder = stored(path, events(*rows), described=items(("tea", "drinks", 5, {"unit_cost": 3})))
    (path / PROMOTIONS_FILE).write_text(json.dumps({"promotions": [OWN]}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workroom]:
    folder = busy_shop(tmp_path_factory.mktemp("busy") / "shop")
    with workroom(folder, None, lambda: NOW) as opened:
        yield opened


def test_the_calendar_of_some_days(room: Workroom) -> None:
    """What is coming is told with the days until it begins; what is running has none left."""
    found = calendar_report(room, None, 40, ("sale", "season"))
    assert found["calendars"] == ["chinese"]
    assert [(each["key"], each["days_ahead"]) for each in found["promotions"]] == [
        ("spring", -71),
        ("may_20", 9),
        ("summer", 21),
        ("june_18", 36),
    ]


def test_impossible_questions_about_the_calendar(room: Workroom) -> None:
    """A number of days or a kind that there is not is one clear error; the end of time is none."""
    with pytest.raises(HuitouError, match=r"days must be between 1 and 1,100; got 0"):
        calendar_report(room, None, 0)
    with pytest.raises(HuitouError, match="kind must be one of sale, holiday, season; got 'party'"):
        calendar_report(room, None, 9, ("party",))
    assert calendar_report(room, date.max, 1_100)["promotions"] == []


def test_the_effect_of_the_shops_own_sale(room: Workroom) -> None:
    """Asked for by either name or by a day, the sale is told with its sentences, its margin and its curve."""
    by_name, by_day = effect_report(room, "茶日", None), effect_report(room, None, date(2025, 3, 11))
    assert by_name == by_day
    assert by_name["during"]["orders"]["found"] == 90
    assert by_name["during"]["margin"]["found"] == 180
    assert by_name["during"]["orders"]["expected"]["value"] == pytest.approx(30, abs=1)
    assert by_name["sentences"][0]["en"].startswith("orders: 90, where 30 (")
    json.dumps(by_name, allow_nan=False)


def test_without_a_name_it_is_the_last_sale_that_is_over(room: Workroom) -> None:
    """In May that is the shop's own sale of March."""
    assert effect_report(room, None, None)["promotion"]["key"] == "own:Tea days"


def test_a_promotion_that_there_is_not(room: Workroom) -> None:
    """An unknown name and a day without a promotion are refused with those that there are."""
    with pytest.raises(HuitouError, match="there is no past promotion 'Coffee' in the shop's calendar; there are "):
        effect_report(room, "Coffee", None)
    with pytest.raises(HuitouError) as caught:
        past_promotion(Calendar(), date(2025, 5, 1), None, date(2025, 4, 1))
    assert caught.value.message == (
        "there is no past promotion on 2025-04-01 in the shop's calendar; there are none. "
        "Look with: huitou promotions calendar"
    )
    assert caught.value.code == "unknown_promotion"


def test_of_several_on_one_day_the_own_sale_is_meant() -> None:
    """A sale comes before a holiday, a holiday before a season."""
    calendar = Calendar(("chinese",))
    assert past_promotion(calendar, date(2026, 1, 1), None, date(2025, 10, 6)).kind == "holiday"
    assert past_promotion(calendar, date(2026, 1, 1), None, date(2025, 11, 11)).key == "double_11"


def test_trends_and_alerts_in_plain_types(room: Workroom) -> None:
    """Both can be written as JSON and tell in both languages."""
    trends, alerts = trends_report(room, 120), alerts_report(room, 3)
    assert set(trends["sentences"][0]) == {"en", "zh"}
    assert alerts["judged_days"][-1] == "2025-05-10"
    json.dumps([trends, alerts], allow_nan=False)


def test_an_empty_shop_has_no_effects(tmp_path: Path) -> None:
    """Without events there is one clear error."""
    with workroom(shop(tmp_path / "empty"), None, lambda: NOW) as opened:
        with pytest.raises(HuitouError, match="effects need events; this shop has none"):
            effect_report(opened, None, None)
        with pytest.raises(HuitouError, match="trends need events; this shop has none"):
            trends_report(opened, 100)
