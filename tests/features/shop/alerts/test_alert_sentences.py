"""What alerts say."""

from __future__ import annotations

from datetime import date

import pytest

from features.shop.alerts.alert_sentences import lost_words, odd_words, today_words
from features.shop.alerts.checked_numbers import Checked
from features.shop.promotions.day_sorts import AFTER_SALE, ON_HOLIDAY, ON_SALE, ORDINARY
from features.shop.promotions.promotion import Promotion

TUESDAY = date(2025, 11, 11)
DOUBLE_11 = Promotion("double_11", "sale", {"en": "Double 11", "zh": "双十一"}, date(2025, 11, 10), TUESDAY)


@pytest.mark.parametrize(
    ("checked", "value", "english", "chinese"),
    [
        (
            Checked("orders", "channel", "web"),
            62.0,
            "orders from web are 38 % below what is usual for a Tuesday (62; usual are 85 to 117)",
            "渠道“web”的订单数比周二的通常水平低38%（62；通常为85至117）",
        ),
        (
            Checked("net_revenue"),
            130.0,
            "net revenue is 30 % above what is usual for a Tuesday (130.00; usual are 85.20 to 117.30)",
            "净销售额比周二的通常水平高30%（130.00；通常为85.20至117.30）",
        ),
        (
            Checked("views", "category", ""),
            420.0,
            "views without a category are 4.2 times what is usual for a Tuesday (420; usual are 85 to 117)",
            "无类目商品的浏览次数是周二通常水平的4.2倍（420；通常为85至117）",
        ),
    ],
    ids=["channel", "shop", "nameless"],
)
def test_how_odd_a_number_is(checked: Checked, value: float, english: str, chinese: str) -> None:
    """The number, the part of the shop, how far off, for which weekday, and what is usual."""
    words = odd_words(checked, value, 100.0, (85.2, 117.3), (TUESDAY, ORDINARY, None), 1)
    assert words == {"en": english, "zh": chinese}


@pytest.mark.parametrize(
    ("sort", "english", "chinese"),
    [
        (ON_SALE, "for a Tuesday of a sale (Double 11)", "促销（双十一）期间的周二"),
        (AFTER_SALE, "for a Tuesday just after a sale (Double 11)", "促销（双十一）刚过后的周二"),
        (ON_HOLIDAY, "for a Tuesday of a holiday (Double 11)", "节日（双十一）期间的周二"),
    ],
)
def test_days_of_promotions_are_called_so(sort: int, english: str, chinese: str) -> None:
    """What is usual is that of such a day."""
    words = odd_words(Checked("orders"), 62.0, 100.0, (85, 117), (TUESDAY, sort, DOUBLE_11), 1)
    assert english in words["en"]
    assert chinese in words["zh"]


def test_days_in_a_row() -> None:
    """The third day in a row is said to be the third."""
    words = odd_words(Checked("orders"), 62.0, 100.0, (85, 117), (TUESDAY, ORDINARY, None), 3)
    assert words["en"].endswith("for the 3rd day in a row")
    assert words["zh"].endswith("已连续3天")


def test_missing_data() -> None:
    """A day that is not over and a lost day are told in both languages."""
    assert today_words(TUESDAY) == {
        "en": "2025-11-11 is not over: it is not judged yet",
        "zh": "2025-11-11 尚未结束，暂不判断",
    }
    assert "似乎丢失" in lost_words(TUESDAY)["zh"]
    assert "seems to be lost" in lost_words(TUESDAY)["en"]
