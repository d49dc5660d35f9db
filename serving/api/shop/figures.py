"""What answers about the shop's numbers share: days, figures beside earlier ones, definitions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.shop_numbers.days_asked import USUAL_DAYS, DaysAsked

FIGURE: dict[str, Any] = {
    "value": 120.0,
    "previous": 100.0,
    "last_year": None,
    "change": 20.0,
    "change_share": 0.2,
    "change_last_year": None,
    "change_last_year_share": None,
}
"""A figure in examples."""

DEFINITION: dict[str, Any] = {
    "unit": "orders",
    "title": {"en": "Orders", "zh": "订单数"},
    "meaning": {"en": "Orders placed in the period.", "zh": "所选时间段内的订单数。"},
}
"""A definition in examples."""

_DAYS = {"from": "2025-02-01", "to": "2025-03-01", "days": 28, "known_days": 28, "coverage": "full"}
SCOPE: dict[str, Any] = {
    "periods": {
        "current": {**_DAYS, "promotion_days": 3},
        "previous": {
            "from": "2025-01-04",
            "to": "2025-02-01",
            "days": 28,
            "known_days": 10,
            "coverage": "partial",
            "promotion_days": 0,
        },
        "last_year": {
            "from": "2024-02-01",
            "to": "2024-03-01",
            "days": 29,
            "known_days": 0,
            "coverage": "none",
            "promotion_days": 2,
        },
    },
    "set_aside_left_out": True,
    "set_aside_people": 3,
    "definitions": {"orders": DEFINITION},
}
"""Days and definitions in examples."""

BothLanguages = dict[Literal["en", "zh"], str]
"""A text in English and Chinese."""


class Days(BaseModel):
    """The days of a period."""

    first: date = Field(alias="from", description="The first day, of the shop's time zone.")
    until: date = Field(alias="to", description="The day after the last one.")
    days: int = Field(description="How many days it has.")


class CoveredDays(Days):
    """The days of a period, and how many of them the shop's history covers."""

    known_days: int = Field(description="How many lie between the first and the last day with an event.")
    coverage: Literal["full", "partial", "none"]


class AskedPeriod(CoveredDays):
    """The days of a period that figures are about."""

    promotion_days: int = Field(description="How many of them belong to a sale of the shop's calendar.")


class Figure(BaseModel):
    """One number beside the previous period's and last year's; null where the history does not reach."""

    value: float | None
    previous: float | None = Field(description="In the period of the same length just before.")
    last_year: float | None = Field(description="In the same days of the year before.")
    change: float | None = Field(description="How much more it is than in the previous period, in its own unit.")
    change_share: float | None = Field(description="The same as a share of the previous period's.")
    change_last_year: float | None = Field(description="How much more it is than last year.")
    change_last_year_share: float | None = Field(description="The same as a share of last year's.")


class Definition(BaseModel):
    """What a number means."""

    unit: Literal["people", "times", "orders", "pieces", "money", "share", "ratio", "flag"] = Field(
        description="What it counts; a share is from 0 to 1, money is in the shop's currency."
    )
    title: BothLanguages
    meaning: BothLanguages


class Scoped(BaseModel):
    """What figures are about."""

    periods: dict[Literal["current", "previous", "last_year"], AskedPeriod]
    set_aside_left_out: bool = Field(description="Whether bots, resellers, test orders and staff are left out.")
    set_aside_people: int | None = Field(description="How many those are; null where they are counted.")
    definitions: dict[str, Definition] = Field(description="What each figure means, by its name.")


def shown(example: dict[str, Any]) -> ConfigDict:
    """The settings of a model of answers with an example."""
    return ConfigDict(json_schema_extra={"examples": [example]})


_FROM = Query(alias="from", description="The first day, in the shop's time zone; without it the last days.")
_TO = Query(alias="to", description="The day after the last one; without it the day after the shop's last event.")
_LENGTH = Query(ge=1, le=3_660, description="How many days before 'to', where no first day is given.")
_EVERYONE = Query(description="True counts bots, resellers, test orders and staff as well.")


def _asked(
    first: Annotated[date | None, _FROM] = None,
    until: Annotated[date | None, _TO] = None,
    days: Annotated[int, _LENGTH] = USUAL_DAYS,
    everyone: Annotated[bool, _EVERYONE] = False,
) -> DaysAsked:
    return DaysAsked(first, until, days, everyone)


Asked = Annotated[DaysAsked, Depends(_asked)]
"""The days that are asked about, for routes."""
EveryoneCounts = Annotated[bool, _EVERYONE]
"""Whether those who are set aside count, for routes."""
Until = Annotated[date | None, _TO]
"""The day after the last one, for routes."""
