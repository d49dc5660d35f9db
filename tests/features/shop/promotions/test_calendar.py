"""The shop's calendar."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop.promotions.calendar import Calendar, kept_calendars
from features.shop.promotions.promotion import Promotion
from features.shop_folder import ShopFolder, ShopSettings

OWN = Promotion("own:Tea", "sale", {"en": "Tea", "zh": "茶"}, date(2025, 11, 5), date(2025, 11, 7))
CHINESE = Calendar(("chinese",), (OWN,))


@pytest.mark.parametrize(
    ("timezone", "currency", "said", "kept"),
    [
        ("Asia/Shanghai", "USD", None, ("chinese",)),
        ("Asia/Hong_Kong", "HKD", None, ("chinese",)),
        ("UTC", "CNY", None, ("chinese",)),
        ("UTC", "EUR", None, ("international",)),
        ("Europe/London", "CNY", None, ("international",)),
        ("Asia/Shanghai", "CNY", ("international",), ("international",)),
        ("Asia/Shanghai", "CNY", (), ()),
        ("Asia/Shanghai", "CNY", ("chinese", "international"), ("chinese", "international")),
    ],
)
def test_which_calendars_hold(
    timezone: str, currency: str, said: tuple[str, ...] | None, kept: tuple[str, ...]
) -> None:
    """A shop's time zone chooses, its currency where that says nothing, and its own word before both."""
    assert kept_calendars(ShopSettings(timezone=timezone, currency=currency, promotion_calendars=said)) == kept


def test_between_is_half_open_and_in_order() -> None:
    """What has a day in the span is in it; what begins on its end is not."""
    found = [each.key for each in CHINESE.between(date(2025, 11, 7), date(2025, 12, 12), ("sale", "holiday"))]
    assert found == ["own:Tea", "double_11"]


def test_what_began_in_the_year_before_is_found() -> None:
    """Winter begins in December and still holds in January."""
    assert [each.key for each in CHINESE.between(date(2026, 1, 10), date(2026, 1, 11))] == ["winter"]


def test_next_begins_on_the_day_or_later() -> None:
    """What is already running is not next, what begins today is; other kinds are passed over."""
    assert [each.key for each in CHINESE.next(date(2025, 11, 6), 2, ("sale",))] == ["double_11", "double_12"]
    assert CHINESE.next(date(2025, 11, 5))[0] == OWN
    assert [each.key for each in CHINESE.next(date(2025, 9, 20), 2, ("holiday",))] == ["national_day", "mid_autumn"]


def test_next_of_calendars_that_end() -> None:
    """Own dates far ahead are found, and where nothing comes any more fewer are given."""
    only = Calendar(own=(OWN,))
    assert only.next(date(2020, 1, 1), 3) == [OWN]
    assert only.next(date(2026, 1, 1)) == []
    assert Calendar(("chinese",)).next(date(2099, 12, 31)) == []
    assert Calendar().next(date.max) == []


def test_promotion_days_are_days_of_sales() -> None:
    """Every day of a sale in the span, and no holiday unless asked for."""
    first = date(2025, 11, 6)
    assert CHINESE.days(first, date(2025, 11, 12)) == {first + timedelta(days=days) for days in (0, 1, 4, 5)}
    assert CHINESE.days(date(2025, 10, 1), date(2025, 10, 4)) == set()
    assert len(CHINESE.days(date(2025, 10, 1), date(2025, 10, 4), ("holiday",))) == 3


def test_two_calendars_tell_what_they_share_once() -> None:
    """New Year is in both, and comes once."""
    both = Calendar(("chinese", "international"))
    keys = [each.key for each in both.between(date(2025, 1, 1), date(2026, 1, 1))]
    assert keys.count("new_year") == 1


def test_the_calendar_of_a_shop(tmp_path: Path) -> None:
    """Settings and promotions.json of the folder make it; a mistake in the file is told."""
    folder = ShopFolder.create(tmp_path, ShopSettings(timezone="Asia/Shanghai"))
    assert Calendar.of(folder) == Calendar(("chinese",))
    said = {"promotions": [{"name": "Tea", "from": "2025-11-05", "until": "2025-11-07"}]}
    (tmp_path / "promotions.json").write_text(json.dumps(said))
    assert [each.key for each in Calendar.of(folder).own] == ["own:Tea"]
    (tmp_path / "promotions.json").write_text("{")
    with pytest.raises(HuitouError, match=r"promotions\.json: it must be JSON"):
        Calendar.of(folder)
