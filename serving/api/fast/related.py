"""``/v1/items/{id}/related`` without FastAPI."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import to_json

from serving.api.fast.exchange import FastAnswer, FastRequest
from serving.api.fast.queries import parameters
from serving.api.items import KindOfRelation, MostRelated, related_to
from serving.api.service import MOST_LANGUAGE, Service, id_in_path
from training.recommend.reason_texts import language_of

BEGINS, ENDS = "/v1/items/", "/related"


class RelatedQuery(BaseModel):
    """The parameters of the route; others are passed over."""

    kind: KindOfRelation = None
    n: MostRelated = 10
    in_stock: bool = True
    lang: Annotated[str | None, Field(max_length=MOST_LANGUAGE)] = None


class FastRelated:
    """Answers as the route does; what its model refuses is left to the application."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def get(self, request: FastRequest) -> FastAnswer | None:
        """The items related to the one in the path."""
        try:
            asked = RelatedQuery.model_validate(parameters(request.query))
        except (ValidationError, ValueError):
            return None
        language = language_of(asked.lang, request.header(b"accept-language"))
        item_id = id_in_path(request.path[len(BEGINS) : -len(ENDS)])
        told = related_to(self._service, item_id, language, asked.kind, asked.n, in_stock=asked.in_stock)
        return FastAnswer(200, to_json(told))
