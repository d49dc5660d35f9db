"""``/v1/shop/groups`` and ``/v1/shop/flow``: layers, stages and other groups, and the moves between them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.api.shop.figures import BothLanguages, shown
from serving.shop_numbers.group_reports import flow_report, groups_report

router = APIRouter(prefix="/v1/shop", tags=["shop"], route_class=StrictRoute)

Grouping = Literal["layer", "stage", "rfm_group", "value_level", "behaviour_group"]

_RULES: dict[str, Any] = {
    "new_within_days": 45,
    "active_within_days": 90,
    "high_win_back_within_days": 180,
    "lost_after_days": 360,
    "rule": "fixed",
    "why": {"en": "as shop.json says", "zh": "按 shop.json 的设置"},
}


class DayRules(BaseModel):
    """The day rules of the layers."""

    new_within_days: int
    active_within_days: int
    high_win_back_within_days: int
    lost_after_days: int
    rule: Literal["fixed", "own_cycle"] = Field(description="From the settings, or from the shop's own gaps.")
    why: BothLanguages


class GroupPlan(BaseModel):
    """What is suggested for a group."""

    text: BothLanguages
    channel: str
    offer: BothLanguages
    timing: BothLanguages


class Group(BaseModel):
    """One group of customers."""

    name: str
    title: BothLanguages
    rule: BothLanguages
    customers: int
    customer_share: float
    orders: int
    order_share: float
    net_spend: float
    net_spend_share: float
    plan: GroupPlan


class GroupsOfOneKind(BaseModel):
    """One way in which customers are grouped: everybody is in one group at most."""

    name: Grouping
    title: BothLanguages
    groups: list[Group]


class Groups(BaseModel):
    """All groups of the served snapshot."""

    model_config = shown(
        {
            "as_of": "2025-03-01T00:00:00Z",
            "model_version": "3",
            "day_rules": _RULES,
            "set_aside": 12,
            "groupings": [
                {
                    "name": "layer",
                    "title": {"en": "Layers", "zh": "客户分层"},
                    "groups": [
                        {
                            "name": "new",
                            "title": {"en": "New", "zh": "新客"},
                            "rule": {"en": "one order, at most 45 days ago", "zh": "仅一笔订单，且在45天内"},
                            "customers": 210,
                            "customer_share": 0.1,
                            "orders": 210,
                            "order_share": 0.04,
                            "net_spend": 8400.0,
                            "net_spend_share": 0.03,
                            "plan": {
                                "text": {"en": "Say thank you.", "zh": "表示感谢。"},
                                "channel": "email",
                                "offer": {"en": "none", "zh": "无"},
                                "timing": {"en": "within a week", "zh": "一周内"},
                            },
                        }
                    ],
                }
            ],
        }
    )

    as_of: datetime
    model_version: str
    day_rules: DayRules
    set_aside: int = Field(description="How many of the people are set aside; they are counted in their groups.")
    groupings: list[GroupsOfOneKind]


class Move(BaseModel):
    """People who went from one group to another, or stayed."""

    before: str = Field(description="The group on the first day; not_there for who came later.")
    after: str
    people: int
    share: float = Field(description="They as a part of all who were in the group before.")


class FlowRules(BaseModel):
    """The day rules in force on each of the two days."""

    first: DayRules = Field(alias="from")
    second: DayRules = Field(alias="to")


class Flow(BaseModel):
    """Where the people of one day are on another."""

    model_config = shown(
        {
            "from": "2025-01-01",
            "to": "2025-03-01",
            "by": "stage",
            "known_people": 1200,
            "stayed": 900,
            "moves": [{"before": "mature", "after": "declining", "people": 80, "share": 0.1}],
            "day_rules": {"from": _RULES, "to": _RULES},
        }
    )

    first: date = Field(alias="from")
    second: date = Field(alias="to")
    by: Grouping
    known_people: int = Field(description="How many had come before the first day.")
    stayed: int = Field(description="How many of them are in the same group on both days.")
    moves: list[Move]
    day_rules: FlowRules


First = Annotated[date, Query(alias="from", description="The first day; what was known when it began counts.")]
Second = Annotated[date, Query(alias="to", description="The second day; what was known when it began counts.")]
By = Annotated[Grouping, Query(description="Between which groups.")]


@router.get("/groups", summary="Layers, stages and other groups of customers")
def get_groups(service: TheService) -> Groups:
    """Each group with its rule in words, its people, orders and spend, and what is suggested for it."""
    return Groups.model_validate(service.desk.ask(groups_report))


@router.get("/flow", summary="Moves between groups")
def get_flow(service: TheService, first: First, second: Second, by: By = "stage") -> Flow:
    """How many people went from each group of one day to each group of another."""
    return Flow.model_validate(service.desk.ask(flow_report, first, second, by))
