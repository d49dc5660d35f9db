"""Reports answer in plain values, for the days that are meant, and remember what they worked out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.desk.workroom import Workroom, workroom
from serving.shop_numbers import reports
from serving.shop_numbers.days_asked import DaysAsked
from tests.serving.shop_numbers.asked_shop import asked_shop
from tests.small_shop import append, events

NOW = datetime(2025, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return asked_shop(tmp_path / "shop")


@pytest.fixture
def room(shop: ShopFolder) -> Iterator[Workroom]:
    with workroom(shop, None, lambda: NOW) as room:
        yield room


def test_the_last_days_of_the_shop_are_meant(room: Workroom) -> None:
    """Without any day the thirty up to the shop's last event are told, beside those before."""
    found = reports.overview_report(room, DaysAsked())
    days = found["periods"]["current"]
    assert (days["from"], days["to"], days["days"]) == ("2025-01-27", "2025-02-26", 30)
    orders = found["figures"]["orders"]
    assert (orders["value"], orders["previous"], orders["last_year"]) == (2, 1, None)
    assert found["figures"]["net_revenue"]["value"] == 5.0


def test_days_that_are_said(room: Workroom) -> None:
    """A first and a last day are taken as they are, and a number of days is counted back."""
    march = reports.overview_report(room, DaysAsked(date(2025, 1, 1), date(2025, 2, 1)))
    assert (march["periods"]["current"]["days"], march["figures"]["orders"]["value"]) == (31, 1)
    week = reports.overview_report(room, DaysAsked(until=date(2025, 1, 15), days=7))
    assert week["periods"]["current"]["from"] == "2025-01-08"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"first": date(2025, 3, 1)},
            "from must be one of the shop's days, 2025-01-10 to before 2025-02-26; got 2025-03-01.",
        ),
        (
            {"first": date(2025, 2, 1), "until": date(2025, 2, 1)},
            (
                "the first day of a period must lie before the day it ends; got 2025-02-01 to 2025-02-01. 'to' is "
                "the day after the last one, so 2025-03-01 to 2025-04-01 is March."
            ),
        ),
        ({"days": 0}, "days must be between 1 and 3,660; got 0. Ask for 30 days, or name the first one."),
    ],
    ids=["after the end", "no day", "no days"],
)
def test_impossible_days(room: Workroom, asked: dict[str, Any], message: str) -> None:
    """Days that nothing can be told of are refused in words."""
    with pytest.raises(HuitouError) as raised:
        reports.overview_report(room, DaysAsked(**asked))
    assert raised.value.message == message


def test_every_report_is_json(room: Workroom) -> None:
    """Whatever is asked, the answer can be sent as it is, and speaks of the same days."""
    asked = DaysAsked()
    found = {
        "funnel": reports.funnel_report(room, asked, "category", 7),
        "habits": reports.habits_report(room, asked),
        "best": reports.best_report(room, asked, "item", "net_revenue", 5),
        "attention": reports.attention_report(room, asked, 5, 2),
        "second orders": reports.second_order_report(room, asked),
    }
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {each["periods"]["current"]["from"] for each in found.values()} == {"2025-01-27"}
    assert found["best"]["best"][0]["title"] == "绿茶"
    assert [cohort["month"] for cohort in reports.cohorts_report(room, None, 13, False)["cohorts"]] == [
        "2025-01",
        "2025-02",
    ]
    assert reports.definitions_report(room)["definitions"]["orders"]["title"]["zh"]


def test_an_answer_is_worked_out_once_for_each_version(room: Workroom, shop: ShopFolder) -> None:
    """The same question gives the very same figures until something was stored."""
    before = reports.overview_report(room, DaysAsked())
    assert reports.overview_report(room, DaysAsked())["figures"] is before["figures"]
    append(shop, events(("dora", "purchase", "tea", "2025-02-25T12:00Z", {"order_id": "o9", "unit_price": 5})))
    after = reports.overview_report(room, DaysAsked())
    assert after["figures"]["orders"]["value"] == before["figures"]["orders"]["value"] + 1


def test_who_is_set_aside_is_left_out(room: Workroom, shop: ShopFolder) -> None:
    """A test account is not counted, unless everyone is asked for; the answer says which."""
    from features.events.warehouse import Warehouse
    from tests.small_shop import people

    Warehouse.open(shop).put_customers(people("ben", internal=True))
    found, everyone = (reports.overview_report(room, DaysAsked(everyone=each)) for each in (False, True))
    assert (found["figures"]["orders"]["value"], found["set_aside_people"]) == (1, 1)
    assert (everyone["figures"]["orders"]["value"], everyone["set_aside_left_out"]) == (2, False)


def test_periods_say_how_many_of_their_days_are_in_a_sale(room: Workroom) -> None:
    """Six days of the shop's own sale fall into the period, two of them before it; a change counts at once."""
    asked = DaysAsked(date(2025, 2, 1), date(2025, 3, 1))
    assert reports.overview_report(room, asked)["periods"]["current"]["promotion_days"] == 0
    own = {"promotions": [{"name": "Tea days", "from": "2025-01-30", "until": "2025-02-06"}]}
    (room.shop.path / "promotions.json").write_text(json.dumps(own))
    periods = reports.overview_report(room, asked)["periods"]
    assert {name: period["promotion_days"] for name, period in periods.items()} == {
        "current": 6,
        "previous": 2,
        "last_year": 0,
    }
