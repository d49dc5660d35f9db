"""The alerts of a real small shop."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.alerts.shop_alerts import shop_alerts
from features.shop_folder import ShopFolder
from tests.small_shop import events, items, shop, stored

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 130


def rows(web_orders_of_last_day: int) -> list[tuple[Any, ...]]:
    """Thirty views and some twenty orders a day from two channels; on the last day as many from the web as told."""
    rng = np.random.default_rng(3)
    found: list[tuple[Any, ...]] = []
    for day in range(DAYS):
        web = web_orders_of_last_day if day == DAYS - 1 else int(rng.poisson(30))
        for channel, count in (("web", web), ("app", int(rng.poisson(20)))):
            for number in range(count):
                who = f"c{rng.integers(400)}"
                at = FIRST + timedelta(days=day, minutes=int(rng.integers(1380)))
                order = {"order_id": f"{channel}{day}-{number}", "unit_price": 5, "channel": channel}
                found.append((who, "purchase", "tea", at, order))
        found.append(("c0", "view", "tea", FIRST + timedelta(days=day, hours=23), {"channel": "app"}))
    return found


@pytest.fixture(scope="module")
def fallen(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A shop whose web orders fall to six on the last day, 2025-05-10."""
    folder = tmp_path_factory.mktemp("fallen") / "shop"
    return stored(folder, events(*rows(6)), described=items(("tea", "drinks", 5)))


def test_a_planted_drop_is_told(fallen: ShopFolder) -> None:
    """Orders from the web are told to be far below what is usual for a Saturday, with what is usual."""
    found = shop_alerts(Behaviour.of(fallen), datetime(2025, 5, 11, 8, tzinfo=UTC))
    assert found.judged_days == (date(2025, 5, 10),)
    web = [
        each for each in found.alerts if each.checked and (each.checked.number, each.checked.group) == ("orders", "web")
    ]
    assert len(web) == 1
    assert web[0].kind == "low"
    assert web[0].value == 6
    assert web[0].usual_low is not None
    assert 12 < web[0].usual_low < 28
    assert web[0].sentences["en"].startswith("orders from web are ")
    assert "below what is usual for a Saturday" in web[0].sentences["en"]
    assert not [each for each in found.alerts if each.checked and each.checked.group == "app"]
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["alerts"][0]["number"]


def test_the_days_before_it_were_quiet(fallen: ShopFolder) -> None:
    """Of the four weeks before, at most one day has an alarm."""
    found = shop_alerts(Behaviour.of(fallen), datetime(2025, 5, 11, 8, tzinfo=UTC), 29)
    assert len({each.day for each in found.alerts} - {date(2025, 5, 10)}) <= 1


def test_missing_data_is_an_alert_of_its_own(fallen: ShopFolder) -> None:
    """A day that is not over is told and not judged; days that never arrived are told."""
    today = shop_alerts(Behaviour.of(fallen), datetime(2025, 5, 10, 23, tzinfo=UTC))
    assert today.alerts[0].kind == "today_not_over"
    assert today.judged_days == (date(2025, 5, 9),)
    stopped = shop_alerts(Behaviour.of(fallen), datetime(2025, 5, 15, 8, tzinfo=UTC))
    assert stopped.alerts[0].kind == "data_stopped"
    assert "4 whole days are missing" in stopped.alerts[0].sentences["en"]


def test_an_empty_shop_and_impossible_days(tmp_path: Path, fallen: ShopFolder) -> None:
    """Without events there are no alerts but one clear error, and so for a number of days that makes no sense."""
    with pytest.raises(HuitouError, match="alerts need events; this shop has none"):
        shop_alerts(Behaviour.of(shop(tmp_path / "empty")), FIRST)
    with pytest.raises(HuitouError, match="days must be between 1 and 366; got 0"):
        shop_alerts(Behaviour.of(fallen), FIRST, 0)


def test_a_shop_of_three_days_is_not_judged(tmp_path: Path) -> None:
    """A short history has no usual days: nothing is odd, and the answer says how many numbers were judged."""
    few = [("anna", "purchase", "tea", f"2025-01-0{day}T10:00Z", {"unit_price": 5}) for day in (1, 2, 3)]
    found = shop_alerts(Behaviour.of(stored(tmp_path / "shop", events(*few))), datetime(2025, 1, 4, tzinfo=UTC))
    assert (found.alerts, found.judged_numbers) == ((), 0)
    assert found.numbers == 10
