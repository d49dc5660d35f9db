"""``/v1/shop/best-sellers`` and ``/v1/shop/attention``: what sells and rises, and what people care about."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from serving.api.interval import Interval
from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.api.shop.figures import FIGURE, SCOPE, Asked, Figure, Scoped, shown
from serving.shop_numbers.reports import attention_report, best_report

router = APIRouter(prefix="/v1/shop", tags=["shop"], route_class=StrictRoute)

_GROWTH: dict[str, Any] = {"value": 1.6, "low": 1.2, "high": 2.1}
_SOLD: dict[str, Any] = {
    "name": "sku-77",
    "title": "Green tea",
    "category": "tea",
    "figures": {"buyers": FIGURE},
    "growth_against_shop": _GROWTH,
    "rose_beyond_chance": True,
}
_ATTENDED: dict[str, Any] = {
    "item_id": "sku-77",
    "title": "Green tea",
    "category": "tea",
    "first_date": "2025-02-03",
    "interested_people": FIGURE,
    "growth_against_shop": _GROWTH,
    "rose_beyond_chance": True,
}


class _Rising(BaseModel):
    """How something grows."""

    growth_against_shop: Interval = Field(description="How many times more than the whole shop it grew, shrunk.")
    rose_beyond_chance: bool = Field(description="Whether that is beyond chance, everything having been looked at.")


class Sold(_Rising):
    """An item or a category, and what was sold of it."""

    name: str | None = Field(description="The item's id or the category's name; null for items without one.")
    title: str | None
    category: str | None
    figures: dict[str, Figure]


class BestSellers(Scoped):
    """The best and the rising."""

    model_config = shown({**SCOPE, "by": "item", "rank_by": "net_revenue", "best": [_SOLD], "rising": [_SOLD]})

    by: Literal["item", "category"]
    rank_by: Literal["buyers", "pieces", "net_revenue"]
    best: list[Sold] = Field(description="The best first.")
    rising: list[Sold] = Field(description="Those that grew more than the shop, the surest first.")


class Attended(_Rising):
    """An item that gets attention."""

    item_id: str
    title: str | None
    category: str | None
    first_date: date | None = Field(description="When it was first offered, else first seen.")
    interested_people: Figure


class CategoryAttention(BaseModel):
    """The items of one category that get most attention."""

    category: str | None
    items: list[Attended]


class Attention(Scoped):
    """Items that can be bought now, in the order of the attention they get."""

    model_config = shown(
        {
            **SCOPE,
            "popular": [_ATTENDED],
            "trending": [_ATTENDED],
            "new": [_ATTENDED],
            "by_category": [{"category": "tea", "items": [_ATTENDED]}],
        }
    )

    popular: list[Attended]
    trending: list[Attended]
    new: list[Attended]
    by_category: list[CategoryAttention]


Count = Annotated[int, Query(ge=1, le=1_000, description="At most so many.")]
PerCategory = Annotated[int, Query(ge=1, le=100, description="At most so many of each category.")]
By = Annotated[Literal["item", "category"], Query(description="What is told apart.")]
RankBy = Annotated[Literal["buyers", "pieces", "net_revenue"], Query(description="What the best are ordered by.")]


@router.get("/best-sellers", summary="What sells best, and what rises")
def get_best_sellers(
    service: TheService, asked: Asked, by: By = "item", rank_by: RankBy = "net_revenue", n: Count = 20
) -> BestSellers:
    """Items or categories by revenue, buyers or pieces, and those that grow more than the shop."""
    return BestSellers.model_validate(service.desk.ask(best_report, asked, by, rank_by, n))


@router.get("/attention", summary="What people care about first")
def get_attention(service: TheService, asked: Asked, n: Count = 20, per_category: PerCategory = 5) -> Attention:
    """Items for the shop's pages: popular, trending, new, and the popular ones of each category."""
    return Attention.model_validate(service.desk.ask(attention_report, asked, n, per_category))
