"""``/v1/recommendations`` without FastAPI."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import ValidationError
from pydantic_core import from_json

from features.events.event import MAX_ID_LENGTH
from serving.api.fast.exchange import FastAnswer, FastRequest
from serving.api.fast.queries import LanguageQuery, parameters
from serving.api.recommending.answering import Reply, answer, answer_for
from serving.api.recommending.in_public import is_public
from serving.api.recommending.questions import RecommendationQuery, RecommendationRequest
from serving.api.service import Service
from training.recommend.reason_texts import language_of

_language_of = lru_cache(maxsize=256)(language_of)

MOST_KEPT, LONGEST_KEPT_BYTES = 1_000, 200
"""So many short queries are kept as they were read."""

_PLAIN_CUSTOMER = re.compile(rb"customer_id=([A-Za-z0-9_.~:-]{1,%d})(?:&|$)" % MAX_ID_LENGTH)
"""A customer first in a query, with an id that needs no decoding and that any model would take."""

_LISTS = frozenset({"context_items", "exclude", "category"})


class FastRecommendations:
    """Answers both forms; what its models refuse is left to the application, which tells why."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._places: dict[bytes, RecommendationQuery] = {}

    async def get(self, request: FastRequest) -> FastAnswer | None:
        """The short form. Of queries that differ only in the customer, what stands behind is read once."""
        query, principal = request.query, request.principal
        first = None if is_public(principal) else _PLAIN_CUSTOMER.match(query)
        try:
            asked = _read(query) if first is None else self._place(query[first.end() :])
        except (ValidationError, ValueError):
            return None
        language = _language_of(asked.lang, request.header(b"accept-language"))
        if first is None:
            return _told(answer(self._service, asked, language, principal))
        if asked.customer_id is not None:
            return None  # Said twice.
        return _told(answer_for(self._service, first[1].decode(), asked, language))

    async def post(self, request: FastRequest) -> FastAnswer | None:
        """The form with a body."""
        try:
            asked = RecommendationRequest.model_validate(from_json(request.body, allow_inf_nan=False))
            lang = LanguageQuery.model_validate(parameters(request.query)).lang if request.query else None
        except (ValidationError, ValueError):
            return None
        language = _language_of(lang, request.header(b"accept-language"))
        return _told(answer(self._service, asked, _language_of(asked.lang, language), request.principal))

    def _place(self, query: bytes) -> RecommendationQuery:
        """What a query says behind its customer."""
        known = self._places.get(query)
        if known is None:
            known = _read(query)
            if len(query) <= LONGEST_KEPT_BYTES:
                if len(self._places) >= MOST_KEPT:
                    self._places.clear()
                self._places[query] = known
        return known


def _read(query: bytes) -> RecommendationQuery:
    return RecommendationQuery.model_validate(parameters(query, _LISTS))


def _told(reply: Reply) -> FastAnswer:
    return FastAnswer(200, reply.body, tier=reply.how)
