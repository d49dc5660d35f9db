"""``/v1/recommendations``: what to show to a person, on a page, now."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from features.errors import HuitouError
from features.events.event import EPOCH, KINDS
from serving.api.parsing import JsonRoute
from serving.api.service import Id, Language, Service, TheService, person_of, stamp
from serving.arranging.exploration_log import ExploredLine
from serving.database.inbox import Touch
from serving.recommender import Answer, Wish, reason_of, recommend
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.reason_texts import language_of

router = APIRouter(prefix="/v1", tags=["recommendations"], route_class=JsonRoute)

_LOG = logging.getLogger("huitou.api")

MOST_ITEMS = 50
DEEPEST_OFFSET = 1_000

Price = Annotated[FiniteFloat, Field(ge=0)]
Names = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]


class Filter(BaseModel):
    """Which items may be shown."""

    model_config = ConfigDict(extra="forbid")

    in_stock: bool = Field(True, description="False shows items that cannot be bought now as well.")
    category: Names = Field([], description="Names of categories, any of which will do.")
    brand: Names = Field([], description="Names of brands, any of which will do.")
    min_price: Price | None = Field(None, description="Lowest list price.")
    max_price: Price | None = Field(None, description="Highest list price.")

    def to_items(self) -> ItemFilter:
        """The filter as the recommender takes it."""
        return ItemFilter(self.in_stock, tuple(self.category), tuple(self.brand), self.min_price, self.max_price)


class RecentEvent(BaseModel):
    """Something that the person has just done and that was not sent as an event."""

    model_config = ConfigDict(extra="forbid")

    item_id: Id
    kind: Literal[KINDS] = "view"  # type: ignore[valid-type]


class Question(BaseModel):
    """What both forms of the request say."""

    model_config = ConfigDict(extra="forbid", regex_engine="python-re")

    customer_id: Id | None = Field(None, description="Who will see it.")
    visitor_id: Id | None = Field(None, description="The browser or device, when the customer is not known.")
    placement: str = Field("home", max_length=64, description="Where it is shown: home, item, cart, email, ...")
    n: int = Field(10, ge=1, le=MOST_ITEMS, description="How many items.")
    offset: int = Field(0, ge=0, le=DEEPEST_OFFSET, description="How many of the best to pass over.")
    context_items: list[Id] = Field([], max_length=50, description="Items on the page or in the cart.")
    exclude: list[Id] = Field([], max_length=1_000, description="Items that must not be shown.")
    strict: bool = Field(False, description="True leaves places empty instead of showing popular items.")
    diversity: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = Field(
        None, description="0 keeps the order, 1 lets categories take turns; by default what the shop's rules say."
    )
    lang: str | None = Field(None, max_length=35, description="Language of reasons: en or zh.")


class RecommendationRequest(Question):
    """The body of the request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "c-1024",
                    "placement": "item",
                    "n": 4,
                    "context_items": ["sku-77"],
                    "filter": {"max_price": 200},
                }
            ]
        }
    )

    recent_events: list[RecentEvent] = Field([], max_length=100, description="The newest last; for stateless callers.")
    filter: Filter = Field(default_factory=lambda: Filter.model_validate({}))


class RecommendationQuery(Question):
    """The query of the short form."""

    category: Names = Field([], description="Names of categories, any of which will do.")
    in_stock: bool = True
    min_price: Price | None = None
    max_price: Price | None = None

    def to_request(self) -> RecommendationRequest:
        """The same as a body."""
        filters = self.model_dump(include={"category", "in_stock", "min_price", "max_price"})
        asked = self.model_dump(include=set(Question.model_fields))
        return RecommendationRequest.model_validate(asked | {"filter": filters})


class RecommendedItem(BaseModel):
    """One item to show."""

    item_id: str
    score: float = Field(description="Orders the items of this answer; not a probability.")
    source: str = Field(description="What proposed the item; pinned for a rule of the shop, exploration for a trial.")
    reason: str = Field(description="Why it is shown, in words.")


class Recommendations(BaseModel):
    """Items in the order in which to show them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recommendation_id": "5f0c6a7e1b9d4c3e8a2f7d6b1c0e9a84",
                    "placement": "item",
                    "model_version": "3",
                    "as_of": "2025-03-01T00:00:00Z",
                    "tier": "ranker",
                    "fallback": None,
                    "items": [
                        {"item_id": "sku-12", "score": 0.81, "source": "open_cart", "reason": "in your cart"},
                    ],
                }
            ]
        },
        protected_namespaces=(),
    )

    recommendation_id: str = Field(description="Send it back in the events that follow.")
    placement: str
    model_version: str
    as_of: datetime = Field(description="The moment that the snapshot speaks of; newer events count on top of it.")
    tier: str = Field(
        description="What ranked the items: ranker, blend, rules, or popular where the answer is not personal."
    )
    fallback: str | None = Field(
        description="Why it is not personal: unknown_customer, anonymous, opted_out, no_candidates; or null."
    )
    items: list[RecommendedItem]


@router.post("/recommendations", summary="Items to show to a person or on a page")
def post_recommendations(request: RecommendationRequest, service: TheService, language: Language) -> Recommendations:
    """The best items that may be shown, never none while the shop has any that fit.

    Reacts to the last click.
    """
    return answer(service, request, language_of(request.lang, language))


@router.get("/recommendations", summary="The same, for the common case")
def get_recommendations(
    query: Annotated[RecommendationQuery, Query()], service: TheService, language: Language
) -> Recommendations:
    """As ``POST``, with repeated parameters for lists."""
    return answer(service, query.to_request(), language)


def answer(service: Service, request: RecommendationRequest, language: str) -> Recommendations:
    """The reply to a request."""
    snapshot = service.snapshot
    recommendation_id = service.new_id()
    found = _found(service, snapshot, wish_of(service, snapshot, request), recommendation_id)
    return Recommendations(
        recommendation_id=recommendation_id,
        placement=request.placement,
        tier="popular" if found.fallback else snapshot.header.recommendation_tier,
        fallback=found.fallback,
        items=[
            RecommendedItem(
                item_id=snapshot.shelf.ids.id(candidate.item),
                score=candidate.score,
                source=candidate.source,
                reason=reason_of(snapshot, candidate, language),
            )
            for candidate in found.items
        ],
        **stamp(snapshot),
    )


def _found(service: Service, snapshot: Snapshot, wish: Wish, recommendation_id: str) -> Answer:
    """The answer; a little-seen item is shown only when that was written down before."""
    found = recommend(snapshot, wish)
    explored = found.explored
    if explored is None or explored.place <= wish.offset:
        return found
    item_id = snapshot.shelf.ids.id(explored.item)
    line = (wish.now, recommendation_id, item_id, explored.place, wish.placement, explored.propensity)
    try:
        service.explored.add(ExploredLine(*line))
    except HuitouError as error:
        _LOG.warning("no exploration: %s", error.message)
        return recommend(snapshot, replace(wish, explores=False))
    return found


def wish_of(service: Service, snapshot: Snapshot, request: RecommendationRequest) -> Wish:
    """The request as the recommender takes it, with what the person did since the snapshot."""
    person = person_of(request.customer_id, request.visitor_id)
    opted_out = person is not None and service.opted_out(person, snapshot)
    touches = service.touches(person, snapshot) if person is not None and not opted_out else []
    now = service.clock()
    touches += _recent(request.recent_events, now)
    return Wish(
        now=now,
        person=person,
        opted_out=opted_out,
        touches=touches,
        context=request.context_items,
        exclude=request.exclude,
        wanted=request.filter.to_items(),
        placement=request.placement,
        n=request.n,
        offset=request.offset,
        strict=request.strict,
        rules=service.rules.on(snapshot.shelf),
        diversity=request.diversity,
    )


def _recent(events: Sequence[RecentEvent], now: datetime) -> list[Touch]:
    """What a stateless caller tells, the newest last, as having happened just now, a millisecond apart."""
    now_us = (now - EPOCH) // timedelta(microseconds=1)
    return [
        Touch(event.kind, event.item_id, now_us - 1_000 * back)
        for event, back in zip(events, range(len(events), 0, -1), strict=True)
    ]
