"""``/v1/recommendations``: what to show to a person, on a page, now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic_core import from_json

from serving.api.parsing import StrictRoute
from serving.api.recommending.answering import answer
from serving.api.recommending.answers import Recommendations, SeveralRecommendations
from serving.api.recommending.questions import RecommendationQuery, RecommendationRequest
from serving.api.service import Language, TheService
from training.recommend.reason_texts import language_of

router = APIRouter(prefix="/v1", tags=["recommendations"], route_class=StrictRoute)


@router.post(
    "/recommendations",
    summary="Items to show to a person or on a page",
    response_model=Recommendations | SeveralRecommendations,
)
def post_recommendations(
    asked: RecommendationRequest, service: TheService, language: Language, request: Request
) -> Any:
    """The best items that may be shown, never none while the shop has any that fit.

    Reacts to the last click. With `placements` the answer is `{"placements": [...]}`, one for each, without the same
    item twice.
    """
    reply = answer(service, asked, language_of(asked.lang, language), request.state.principal)
    request.state.tier = reply.how
    return from_json(reply.body)


@router.get("/recommendations", summary="The same, for the common case", response_model=Recommendations)
def get_recommendations(
    asked: Annotated[RecommendationQuery, Query()], service: TheService, language: Language, request: Request
) -> Any:
    """As ``POST``, with repeated parameters for lists."""
    reply = answer(service, asked, language, request.state.principal)
    request.state.tier = reply.how
    return from_json(reply.body)
