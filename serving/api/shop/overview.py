"""``/v1/shop/overview``, ``/v1/shop/second-orders`` and ``/v1/shop/definitions``: how the shop is doing."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from serving.api.interval import Interval
from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.api.shop.figures import (
    DEFINITION,
    FIGURE,
    SCOPE,
    Asked,
    CoveredDays,
    Definition,
    Figure,
    Scoped,
    shown,
)
from serving.shop_numbers.reports import definitions_report, overview_report, second_order_report

router = APIRouter(prefix="/v1/shop", tags=["shop"], route_class=StrictRoute)


class OverviewFigure(Figure):
    """A number of the overview."""

    low: float | None = Field(None, description="Lower end of the 95 % interval; only what is estimated has one.")
    high: float | None = Field(None, description="Its upper end.")


class Overview(Scoped):
    """The shop in a few numbers."""

    model_config = shown(
        {
            **SCOPE,
            "cycle_days": 40,
            "window_is_short": True,
            "back_purchase_from": {"current": SCOPE["periods"]["previous"]},
            "figures": {"orders": {**FIGURE, "low": None, "high": None}},
        }
    )

    cycle_days: int | None = Field(description="Half of those who order again do so within so many days.")
    window_is_short: bool = Field(
        description="Whether the period is shorter than that: its repurchase rates say little."
    )
    back_purchase_from: dict[str, CoveredDays] = Field(
        description="The days whose buyers are looked for again, for the back-purchase rate of each period."
    )
    figures: dict[str, OverviewFigure]


class SecondOrderShare(Interval):
    """The share who order a second time within some days."""

    previous: Interval
    last_year: Interval


class CurvePoint(BaseModel):
    """One day of the curve."""

    days: int = Field(description="Days since the first order.")
    at_risk: int = Field(description="How many customers were still followed without a second order.")
    share: float = Field(description="The share who ordered again by then.")
    low: float | None
    high: float | None


class SecondOrders(Scoped):
    """How soon a second order follows the first."""

    model_config = shown(
        {
            **SCOPE,
            "within": {
                "second_order_within_30d": {
                    "value": 0.21,
                    "low": 0.18,
                    "high": 0.24,
                    "previous": {"value": 0.2, "low": 0.17, "high": 0.23},
                    "last_year": {"value": None, "low": None, "high": None},
                }
            },
            "curve": [{"days": 1, "at_risk": 812, "share": 0.01, "low": 0.005, "high": 0.02}],
        }
    )

    within: dict[str, SecondOrderShare]
    curve: list[CurvePoint] = Field(description="Kaplan-Meier's curve at the end of the period, day by day.")


class Definitions(BaseModel):
    """Every number in words."""

    model_config = shown({"definitions": {"orders": DEFINITION}})

    definitions: dict[str, Definition]


@router.get("/overview", summary="How the shop is doing")
def get_overview(service: TheService, asked: Asked) -> Overview:
    """Members, visitors, orders, revenue and repurchase, beside the previous period and last year."""
    return Overview.model_validate(service.desk.ask(overview_report, asked))


@router.get("/second-orders", summary="How soon a second order follows")
def get_second_orders(service: TheService, asked: Asked) -> SecondOrders:
    """The share who order again within 30, 60, 90 and 180 days, open cases counted as open, and the whole curve."""
    return SecondOrders.model_validate(service.desk.ask(second_order_report, asked))


@router.get("/definitions", summary="What the shop's numbers mean")
def get_definitions(service: TheService) -> Definitions:
    """Each number with its unit, its title and how it is counted, in English and Chinese."""
    return Definitions.model_validate(service.desk.ask(definitions_report))
