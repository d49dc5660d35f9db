"""Days of sales as numbers."""

from __future__ import annotations

from datetime import date

import numpy as np

from features.shop.promotions.promotion_days import PromotionDays


def test_the_days_hold_and_no_others() -> None:
    """Days in any order are found again; what lies before, between and after them is not."""
    days = PromotionDays.of({date(1970, 1, 8), date(1970, 1, 3)})
    assert days.hold(np.array([1, 2, 3, 7, 8])).tolist() == [False, True, False, True, False]


def test_without_sales_no_day_holds() -> None:
    """A shop without sales has no promotion day."""
    assert not PromotionDays.of(()).hold(np.array([0, 20_000])).any()
