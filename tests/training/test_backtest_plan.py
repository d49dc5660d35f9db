"""Where a backtest looks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.event import EVENT_SCHEMA
from tests.small_shop import events, moment, stored
from training.backtest_plan import BacktestPlan
from training.backtest_plan import moment as said_moment

FIRST = moment("2025-01-01T10:00Z")


def shop_of(path: Path, days: int, timezone: str = "UTC") -> Behaviour:
    """A shop with an order at its beginning and one so many days later."""
    orders = [("anna", "purchase", "tea", FIRST + timedelta(days=day)) for day in (0, days)]
    return Behaviour.of(stored(path, events(*orders), timezone))


def days_of(plan: BacktestPlan) -> list[str]:
    """The cutoffs as days."""
    return [f"{cutoff:%m-%d}" for cutoff in plan.cutoffs]


def test_cutoffs_are_a_horizon_apart(tmp_path: Path) -> None:
    """The newest has a whole horizon after it, and where there is room each other one is a horizon earlier."""
    plan = BacktestPlan.rolling(shop_of(tmp_path, 120), 4, horizon_days=10)
    assert days_of(plan) == ["03-22", "04-01", "04-11", "04-21"]
    assert plan.horizon_days == 10
    assert plan.notes == ()


def test_they_move_together_where_there_is_less_room(tmp_path: Path) -> None:
    """With room for fewer than asked, they are a third of a horizon apart."""
    assert days_of(BacktestPlan.rolling(shop_of(tmp_path, 50), 4, 12)) == ["01-27", "01-31", "02-04", "02-08"]


def test_fewer_are_laid_and_it_is_said_why(tmp_path: Path) -> None:
    """Each cutoff has one and a half horizons before it; where that leaves fewer than asked, the plan says so."""
    plan = BacktestPlan.rolling(shop_of(tmp_path, 32), 4, 12)
    assert days_of(plan) == ["01-21"]
    assert plan.notes == (
        (
            "4 cutoffs were asked for; a history of 32 days has room for 1: each needs 1.5 horizons of 12 days "
            "before it and one after it"
        ),
    )
    two = BacktestPlan.rolling(shop_of(tmp_path / "two", 36), 4, 12)
    assert days_of(two) == ["01-21", "01-25"]
    assert "room for 2, 4 days apart" in two.notes[0]


def test_one_is_shown_where_nothing_can_be_trained(tmp_path: Path) -> None:
    """A shop of two horizons is looked at once, on rules, and told about."""
    plan = BacktestPlan.rolling(shop_of(tmp_path, 25), 4, 12)
    assert days_of(plan) == ["01-14"]
    assert "room for none that a model can be trained before; one is shown" in plan.notes[0]


def test_a_shop_younger_than_a_horizon_is_refused(tmp_path: Path) -> None:
    """Without a whole horizon there is nothing to compare with."""
    with pytest.raises(HuitouError) as caught:
        BacktestPlan.rolling(shop_of(tmp_path, 12), 4, 12)
    assert str(caught.value) == (
        "a backtest needs more than one horizon of history; got 12 days for a horizon of 12. "
        "Choose a shorter --horizon-days."
    )


def test_a_shop_without_events_is_refused(tmp_path: Path) -> None:
    """There is nothing to look at."""
    empty = Behaviour.of(stored(tmp_path, EVENT_SCHEMA.empty_table()))
    with pytest.raises(HuitouError, match="a backtest needs events; this shop has none. Import events first."):
        BacktestPlan.rolling(empty, 4)


@pytest.mark.parametrize("wanted", [0, -3, 101])
def test_a_number_that_makes_no_sense_is_refused(tmp_path: Path, wanted: int) -> None:
    """Between one and a hundred cutoffs can be asked for."""
    with pytest.raises(HuitouError) as caught:
        BacktestPlan.asked(shop_of(tmp_path, 50), (), wanted)
    assert str(caught.value) == f"cutoffs must be between 1 and 100; got {wanted}. Leave it out for 4."


def test_moments_and_their_number_exclude_each_other(tmp_path: Path) -> None:
    """Who names cutoffs cannot ask for a number of them as well."""
    with pytest.raises(HuitouError) as caught:
        BacktestPlan.asked(shop_of(tmp_path, 50), ["2025-02-01"], 3)
    assert str(caught.value) == ("either cutoffs or their number can be given; got 1 and 3. Leave out --cutoffs.")


def test_said_moments_are_the_shops_and_in_order(tmp_path: Path) -> None:
    """Days are the shop's midnights; they are sorted, and one that is said twice counts once."""
    shop = shop_of(tmp_path, 120, "Asia/Shanghai")
    plan = BacktestPlan.asked(shop, ["2025-03-01", "2025-02-01", "2025-03-01T00:00:00+08:00"], None, 10)
    assert plan.cutoffs == (moment("2025-02-01T00:00+08:00"), moment("2025-03-01T00:00+08:00"))
    assert plan.notes == ()


def test_an_unfinished_horizon_is_told(tmp_path: Path) -> None:
    """A cutoff whose horizon goes beyond the last event is taken, with a word of warning."""
    plan = BacktestPlan.asked(shop_of(tmp_path, 50), ["2025-02-15"], None, 10)
    assert plan.notes == (
        (
            "the horizon after 2025-02-15 is not over: the last event is of 2025-02-20, so some who count as lost may "
            "still order"
        ),
    )


def test_four_are_laid_when_nobody_says_how_many(tmp_path: Path) -> None:
    """The usual number of cutoffs, with the shop's own horizon."""
    plan = BacktestPlan.asked(shop_of(tmp_path, 400))
    assert len(plan.cutoffs) == 4
    assert plan.horizon_days == 30


def test_what_is_no_moment_is_refused() -> None:
    """The message shows how to write one."""
    with pytest.raises(HuitouError, match="cutoff must be a moment; got 'soon'. Write it as 2025-09-01 or"):
        said_moment("soon", "UTC")
    assert said_moment(" 2025-03-01T10:00:00+08:00 ", "UTC") == datetime.fromisoformat("2025-03-01T02:00:00+00:00")
