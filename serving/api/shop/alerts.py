"""``/v1/shop/alerts``: what is odd today."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.api.shop.figures import BothLanguages, shown
from serving.shop_numbers.promotion_reports import alerts_report

router = APIRouter(prefix="/v1/shop", tags=["shop"], route_class=StrictRoute)


class Alert(BaseModel):
    """One thing that somebody should look at."""

    kind: Literal["data_stopped", "day_cut_off", "day_lost", "today_not_over", "low", "high"]
    day: date
    sentences: BothLanguages
    number: str | None = Field(description="Which number; null for missing data.")
    by: Literal["category", "channel"] | None = Field(description="Of what part of the shop; null for all of it.")
    group: str | None
    value: float | None
    expected: float | None
    usual_low: float | None = Field(description="Of ordinary days 95 of 100 lie between this and usual_high.")
    usual_high: float | None
    p_value: float | None = Field(description="How likely a day so far off is where nothing is odd.")
    running_days: int = Field(description="For how many days in a row it has been odd.")


class Alerts(BaseModel):
    """What was looked at and what was found."""

    model_config = shown(
        {
            "alerts": [
                {
                    "kind": "low",
                    "day": "2025-03-04",
                    "sentences": {
                        "en": "orders from app are 38 % below what is usual for a Tuesday",
                        "zh": "app 渠道的订单数比通常的星期二低 38 %",
                    },
                    "number": "orders",
                    "by": "channel",
                    "group": "app",
                    "value": 62.0,
                    "expected": 100.0,
                    "usual_low": 80.0,
                    "usual_high": 121.0,
                    "p_value": 0.0002,
                    "running_days": 1,
                }
            ],
            "judged_days": ["2025-03-04"],
            "judged_numbers": 20,
            "numbers": 31,
        }
    )

    alerts: list[Alert] = Field(description="Missing data first, then numbers, the newest and oddest first.")
    judged_days: list[date]
    judged_numbers: int = Field(description="How many numbers could be judged on the newest of these days.")
    numbers: int = Field(description="How many there are; the others are too small or too young.")


Days = Annotated[int, Query(ge=1, le=366, description="So many newest days that are over.")]


@router.get("/alerts", summary="What is odd")
def get_alerts(service: TheService, days: Days = 1) -> Alerts:
    """Numbers that are not what is usual for such a day, and data that are missing."""
    return Alerts.model_validate(service.desk.ask(alerts_report, days))
