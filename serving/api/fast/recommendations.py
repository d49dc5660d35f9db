"""``/v1/recommendations`` without FastAPI."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from serving.api.fast.exchange import FastAnswer, FastRequest
from serving.api.fast.queries import parameters
from serving.api.recommending.answering import answer
from serving.api.recommending.questions import RecommendationQuery, RecommendationRequest
from serving.api.service import MOST_LANGUAGE, Service
from training.recommend.reason_texts import language_of

_LISTS = frozenset({"context_items", "exclude", "category"})


class FastRecommendations:
    """Answers both forms; what its models refuse is left to the application, which tells why."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def get(self, request: FastRequest) -> FastAnswer | None:
        """The short form."""
        try:
            asked = RecommendationQuery.model_validate(parameters(request.query, _LISTS))
        except (ValidationError, ValueError):
            return None
        return self._answer(asked, language_of(asked.lang, request.header(b"accept-language")))

    async def post(self, request: FastRequest) -> FastAnswer | None:
        """The form with a body."""
        try:
            asked = RecommendationRequest.model_validate(from_json(request.body, allow_inf_nan=False))
            lang = parameters(request.query).get("lang") if request.query else None
        except (ValidationError, ValueError):
            return None
        if lang is not None and len(lang) > MOST_LANGUAGE:
            return None
        language = language_of(lang, request.header(b"accept-language"))
        return self._answer(asked, language_of(asked.lang, language))

    def _answer(self, asked: RecommendationQuery | RecommendationRequest, language: str) -> FastAnswer:
        reply = answer(self._service, asked, language)
        return FastAnswer(200, to_json(reply.told), tier=reply.how)
