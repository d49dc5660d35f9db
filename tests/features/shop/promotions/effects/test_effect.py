"""What a past promotion did."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.moments import day_number
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.day_sorts import DaySorts
from features.shop.promotions.effects.buyers import NEVER, Buyers
from features.shop.promotions.effects.effect import PromotionEffect, effect_of, promotion_effect
from features.shop.promotions.effects.effect_sentences import effect_words
from features.shop.promotions.promotion import Promotion
from tests.small_shop import events, items, stored

DAYS = [date(2025, 1, 1) + timedelta(days=day) for day in range(240)]
SALE = Promotion("own:Tea", "sale", {"en": "Tea days", "zh": "茶日"}, DAYS[120], DAYS[123])
NOBODY = Buyers(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0, np.zeros(0), 0.0)


def effect(during: float, after: float, buyers: Buyers = NOBODY) -> PromotionEffect:
    """The effect of a sale that multiplies orders on its days, and on the seven after it."""
    rng = np.random.default_rng(11)
    mean = np.full(len(DAYS), 60.0)
    mean[120:124] *= during
    mean[124:131] *= after
    orders = rng.poisson(mean).astype(float)
    values = {"orders": orders, "buyers": orders, "net_revenue": orders * 25.0}
    return effect_of(SALE, DAYS, DaySorts.of(Calendar(own=(SALE,)), DAYS), values, buyers)


def test_planted_orders_are_found_with_what_was_pulled_forward() -> None:
    """A sale that doubles orders, with a fifth less afterwards, is told so, and its intervals hold the truth."""
    found = effect(2.0, 0.8)
    extra, after = found.during["orders"].relative, found.after["orders"].relative
    assert extra.low is not None
    assert extra.high is not None
    assert extra.low <= 1.0 <= extra.high
    assert extra.leaves_out_zero
    assert after.value is not None
    assert after.value < 0
    assert found.during["orders"].extra.value == pytest.approx(240, abs=60)


def test_a_sale_that_does_nothing_is_not_certain() -> None:
    """Without an effect the sentences say that there is no certain one."""
    told = [words["en"] for words in effect_words(effect(1.0, 1.0))]
    assert any("orders" in sentence and "an effect is not certain" in sentence for sentence in told)
    assert any("no certain change" in sentence for sentence in told)


def test_margin_is_told_where_costs_are_known() -> None:
    """With known costs margin is judged like the other numbers; without, the sentence says what is missing."""
    days = np.arange(day_number(DAYS[0]), day_number(DAYS[0]) + len(DAYS))
    rich = Buyers(days[:0], days[:0], int(days[0]), np.full(len(DAYS), 50.0), 1.0)
    found = effect(2.0, 1.0, rich)
    assert found.during["margin"].found == 200
    assert "margin" not in effect(2.0, 1.0).during
    assert any("unit_cost" in words["en"] and "unit_cost" in words["zh"] for words in effect_words(effect(2.0, 1.0)))


def test_one_time_buyers_of_the_promotion() -> None:
    """Buyers won in the sale who never came again are told beside those of ordinary days."""
    first = day_number(DAYS[0])
    won, ordinary = np.full(40, first + 121), np.repeat(first + np.arange(40, 80), 2)
    second = np.concatenate([np.full(40, NEVER), ordinary + 20])
    found = effect(2.0, 1.0, Buyers(np.concatenate([won, ordinary]), second, 0, np.zeros(0), 0.0))
    assert found.one_time is not None
    assert (found.one_time.won, found.one_time.once, found.one_time.ordinary_once) == (40, 40, 0)
    told = effect_words(found)[-1]
    assert "of 40 new buyers whom it won 100 % (91 to 100) did not come again within 90 days" in told["en"]
    assert "more one-time buyers" in told["en"]
    assert "一次性买家更多" in told["zh"]


def test_sentences_say_how_sure_they_are() -> None:
    """Each number stands beside what was to be expected with its interval, in both languages."""
    words = effect_words(effect(2.0, 0.8))
    assert "were to be expected without it: +" in words[0]["en"]
    assert "95 % interval" in words[0]["en"]
    assert "若无此活动预计为" in words[0]["zh"]
    assert "95% 区间" in words[0]["zh"]
    assert all(set(each) == {"en", "zh"} and "None" not in each["en"] for each in words)


def test_everything_in_plain_types() -> None:
    """What was found can be written as JSON, the curve included."""
    said = json.loads(json.dumps(effect(2.0, 1.0).as_dict(), allow_nan=False))
    assert said["promotion"]["key"] == "own:Tea"
    assert len(said["day_by_day"]["days"]) == len(said["day_by_day"]["orders"])


def small(path: Path) -> Behaviour:
    """A shop with two orders a day in two categories, six on the days of a sale of tea."""
    rows = []
    for day in range(120):
        for number in range(6 if 60 <= day < 63 else 2):
            item = "tea" if number % 2 == 0 or 60 <= day < 63 else "pot"
            at = datetime(2025, 1, 1, 10 + number, tzinfo=UTC) + timedelta(days=day)
            order = {"order_id": f"o{day}-{number}", "unit_price": 5}
            rows.append((f"c{(day * 7 + number * 3) % 50}", "purchase", item, at, order))
    described = items(("tea", "drinks", 5, {"unit_cost": None}), ("pot", "pots", 5))
    return Behaviour.of(stored(path, events(*rows), described=described))


def test_a_promotion_of_a_category_in_a_real_shop(tmp_path: Path) -> None:
    """A sale of drinks is judged by the orders of drinks: eighteen on three days where one a day is usual."""
    first = date(2025, 1, 1) + timedelta(days=60)
    sale = Promotion("own:x", "sale", {"en": "x", "zh": "x"}, first, first + timedelta(days=2), ("drinks",))
    found = promotion_effect(small(tmp_path / "shop"), sale, datetime(2026, 1, 1, tzinfo=UTC))
    change = found.during["orders"]
    assert change.found == 18
    assert change.expected.value == pytest.approx(3, abs=0.2)


def test_a_promotion_that_is_not_over_is_refused(tmp_path: Path) -> None:
    """Neither a coming promotion nor one before the shop's first day can be judged."""
    behaviour = small(tmp_path / "shop")
    for first in (date(2025, 4, 29), date(2024, 12, 30)):
        sale = Promotion("own:x", "sale", {"en": "Tea", "zh": "茶"}, first, first + timedelta(days=5))
        with pytest.raises(HuitouError, match="a promotion is judged once it is over and where its days are known"):
            promotion_effect(behaviour, sale, datetime(2026, 1, 1, tzinfo=UTC))
