"""``/v1/shop/promotions`` and what follows from it: the calendar, what a past promotion did, and trends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from serving.api.interval import Interval
from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.api.shop.figures import BothLanguages, shown
from serving.shop_numbers.promotion_reports import calendar_report, effect_report, trends_report

router = APIRouter(prefix="/v1/shop", tags=["shop"], route_class=StrictRoute)

Kind = Literal["sale", "holiday", "season"]

_PROMOTION: dict[str, Any] = {
    "key": "double_11",
    "kind": "sale",
    "names": {"en": "Double 11", "zh": "双十一"},
    "first_day": "2025-11-11",
    "last_day": "2025-11-11",
    "categories": [],
    "discount": None,
}
_INTERVAL: dict[str, Any] = {"value": 0.31, "low": 0.12, "high": 0.52}
_CHANGE: dict[str, Any] = {"found": 420.0, "days": 1, "expected": _INTERVAL, "extra": _INTERVAL, "relative": _INTERVAL}
_SENTENCES = [{"en": "orders rises by 3.1 % in 30 days", "zh": "订单数：每30天上升3.1%"}]


class Promotion(BaseModel):
    """A sale, a holiday or a season."""

    key: str
    kind: Kind
    names: BothLanguages
    first_day: date
    last_day: date = Field(description="Its last day, which still belongs to it.")
    categories: list[str] = Field(description="What it is about; empty for the whole shop.")
    discount: float | None = Field(description="The part taken off the price, 0 to 1; null where not told.")


class ComingPromotion(Promotion):
    """A promotion of the calendar."""

    days_ahead: int = Field(description="Days until it begins; 0 or less when it has begun.")


class PromotionCalendar(BaseModel):
    """The promotions of some days."""

    model_config = shown(
        {"calendars": ["chinese"], "today": "2025-11-01", "promotions": [{**_PROMOTION, "days_ahead": 10}]}
    )

    calendars: list[str] = Field(description="The built-in calendars that hold, beside the shop's own dates.")
    today: date
    promotions: list[ComingPromotion]


class Change(BaseModel):
    """A number over some days, and what was to be expected of them."""

    found: float
    days: int
    expected: Interval
    extra: Interval = Field(description="What came on top; below 0 where less came.")
    relative: Interval = Field(description="The same as a part of what was expected.")


class OneTimeBuyers(BaseModel):
    """The buyers whom a promotion won, beside those won on ordinary days."""

    followed_days: int = Field(description="For so many days each of them was followed.")
    won: int
    once: int = Field(description="Those who did not order again in that time.")
    ordinary_won: int
    ordinary_once: int
    share: Interval
    ordinary_share: Interval
    difference: Interval


class DayByDay(BaseModel):
    """The orders of the days around a promotion."""

    days: list[date]
    orders: list[float]
    expected: list[float | None]


class PromotionEffect(BaseModel):
    """What a past promotion did."""

    model_config = shown(
        {
            "promotion": _PROMOTION,
            "during": {"orders": _CHANGE},
            "after": {"orders": _CHANGE},
            "comparable_days": 96,
            "one_time_buyers": {
                "followed_days": 90,
                "won": 120,
                "once": 90,
                "ordinary_won": 300,
                "ordinary_once": 180,
                "share": _INTERVAL,
                "ordinary_share": _INTERVAL,
                "difference": _INTERVAL,
            },
            "cost_known_share": 1.0,
            "day_by_day": {"days": ["2025-11-11"], "orders": [420.0], "expected": [310.5]},
            "sentences": _SENTENCES,
        }
    )

    promotion: Promotion
    during: dict[str, Change] = Field(description="By number, over its own days; margin only where costs are known.")
    after: dict[str, Change] = Field(description="By number, over the days after it.")
    comparable_days: int
    one_time_buyers: OneTimeBuyers | None = Field(description="Null where it is too young to tell.")
    cost_known_share: float
    day_by_day: DayByDay
    sentences: list[BothLanguages]


class Trend(BaseModel):
    """How a number goes."""

    number: str
    monthly_change: Interval = Field(description="What it rises by in 30 days, as a part of itself.")


class Correlation(BaseModel):
    """How two numbers move together from day to day."""

    one: str
    other: str
    rank_correlation: Interval


class Trends(BaseModel):
    """Which numbers rise or fall, and which move together; all intervals hold together in 95 of 100 cases."""

    model_config = shown(
        {
            "first": "2025-05-01",
            "last": "2025-10-29",
            "ordinary_days": 150,
            "trends": [{"number": "orders", "monthly_change": _INTERVAL}],
            "correlations": [{"one": "views", "other": "orders", "rank_correlation": _INTERVAL}],
            "sentences": _SENTENCES,
        }
    )

    first: date
    last: date
    ordinary_days: int = Field(description="Days that are neither in a sale nor a holiday.")
    trends: list[Trend]
    correlations: list[Correlation]
    sentences: list[BothLanguages]


From = Annotated[date | None, Query(alias="from", description="The first day; without it today.")]
Days = Annotated[int, Query(ge=1, le=1_100, description="So many days of the calendar.")]
Kinds = Annotated[Sequence[Kind], Query(max_length=3, description="Only these kinds; without it all.")]
Name = Annotated[
    str | None,
    Query(max_length=300, description="Its key or what it is called; without it the last sale."),
]
On = Annotated[date | None, Query(description="One of its days.")]
TrendDays = Annotated[int, Query(ge=60, le=1_100, description="So many newest days.")]


@router.get("/promotions", summary="The calendar of sales, holidays and seasons")
def get_promotions(service: TheService, first: From = None, days: Days = 90, kind: Kinds = ()) -> PromotionCalendar:
    """Built-in dates of the calendars that the shop chose, and its own."""
    found = service.desk.ask(calendar_report, first, days, kind or ("sale", "holiday", "season"))
    return PromotionCalendar.model_validate(found)


@router.get("/promotions/effect", summary="What a past promotion did")
def get_effect(service: TheService, name: Name = None, on: On = None) -> PromotionEffect:
    """Orders, buyers and revenue beside what was to be expected, what was pulled forward, and the buyers it won."""
    return PromotionEffect.model_validate(service.desk.ask(effect_report, name, on))


@router.get("/trends", summary="Which numbers rise or fall, and which move together")
def get_trends(service: TheService, days: TrendDays = 182) -> Trends:
    """Trends and correlations with their uncertainty, weekdays, sales and holidays taken out."""
    return Trends.model_validate(service.desk.ask(trends_report, days))
