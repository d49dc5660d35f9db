"""``/v1/shop/funnel``, ``/v1/shop/cohorts`` and ``/v1/shop/habits``: where people drop out, who stays, and when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.api.shop.figures import (
    FIGURE,
    SCOPE,
    Asked,
    Days,
    Definition,
    EveryoneCounts,
    Figure,
    Scoped,
    Until,
    shown,
)
from serving.shop_numbers.reports import cohorts_report, funnel_report, habits_report

router = APIRouter(prefix="/v1/shop", tags=["shop"], route_class=StrictRoute)

_FIGURES: dict[str, Any] = {"orders": FIGURE}


class FunnelRow(BaseModel):
    """The funnel of the whole shop, of one category, or of some days."""

    category: str | None = Field(description="The category; null for the whole shop and for items without one.")
    days: Days | None = Field(description="The days, when it is told over time.")
    figures: dict[str, Figure]


class Funnel(Scoped):
    """From browsing to favouriting or carting to buying."""

    model_config = shown({**SCOPE, "by": "category", "rows": [{"category": "tea", "days": None, "figures": _FIGURES}]})

    by: Literal["category", "days"] | None
    rows: list[FunnelRow]


class CohortMonth(BaseModel):
    """What a cohort did in one month."""

    months_since: int = Field(description="Months since that of the first order.")
    is_partial: bool = Field(description="Whether the month is not over, or the history begins within it.")
    figures: dict[str, Figure]


class Cohort(BaseModel):
    """The customers whose first order came in one month."""

    month: str = Field(description="Year and month.")
    customers: Figure
    months: list[CohortMonth]


class Cohorts(BaseModel):
    """The newest cohorts, the oldest first."""

    model_config = shown(
        {
            "to": "2025-03-01",
            "set_aside_left_out": True,
            "set_aside_people": 3,
            "definitions": SCOPE["definitions"],
            "cohorts": [
                {
                    "month": "2025-02",
                    "customers": FIGURE,
                    "months": [{"months_since": 0, "is_partial": False, "figures": _FIGURES}],
                }
            ],
        }
    )

    until: date = Field(alias="to", description="The day after the last one that counts.")
    set_aside_left_out: bool
    set_aside_people: int | None
    definitions: dict[str, Definition]
    cohorts: list[Cohort]


class Hour(BaseModel):
    """One hour of the day."""

    hour: int
    figures: dict[str, Figure]


class Weekday(BaseModel):
    """One weekday."""

    weekday: int = Field(description="0 is Monday.")
    figures: dict[str, Figure]


class Habits(Scoped):
    """At which hours and on which weekdays people look and buy."""

    model_config = shown(
        {
            **SCOPE,
            "hours": [{"hour": 20, "figures": _FIGURES}],
            "weekdays": [{"weekday": 0, "figures": _FIGURES}],
            "weekday_hours": {"orders": [[3.0, 1.0]]},
        }
    )

    hours: list[Hour]
    weekdays: list[Weekday]
    weekday_hours: dict[str, list[list[float]] | None] = Field(
        description="Each number of the period by weekday, 0 is Monday, and hour."
    )


By = Annotated[Literal["category", "days"] | None, Query(description="What it is told apart by; without it the shop.")]
SliceDays = Annotated[int, Query(ge=1, le=3_660, description="With by=days: so many days to a row.")]
Months = Annotated[int, Query(ge=1, le=120, description="So many of the newest cohorts.")]


@router.get("/funnel", summary="Where people drop out")
def get_funnel(service: TheService, asked: Asked, by: By = None, slice_days: SliceDays = 7) -> Funnel:
    """People who browse, favourite or cart, and buy, and the rates between these steps."""
    return Funnel.model_validate(service.desk.ask(funnel_report, asked, by, slice_days))


@router.get("/cohorts", summary="What customers do in the months after their first order")
def get_cohorts(
    service: TheService, until: Until = None, months: Months = 13, everyone: EveryoneCounts = False
) -> Cohorts:
    """Customers by the month of their first order: who came back, orders and revenue, month by month."""
    return Cohorts.model_validate(service.desk.ask(cohorts_report, until, months, everyone))


@router.get("/habits", summary="At which hours and weekdays people come")
def get_habits(service: TheService, asked: Asked) -> Habits:
    """Views, carts, favourites, orders and revenue by hour and weekday, in the shop's time zone."""
    return Habits.model_validate(service.desk.ask(habits_report, asked))
