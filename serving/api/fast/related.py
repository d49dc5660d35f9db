"""``/v1/items/{id}/related`` without FastAPI."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import to_json

from serving.api.fast.exchange import FastAnswer, FastRequest
from serving.api.fast.queries import LanguageQuery, parameters
from serving.api.items import KindOfRelation, MostRelated, related_to
from serving.api.service import Service, id_in_path
from training.recommend.reason_texts import language_of

BEGINS, ENDS = "/v1/items/", "/related"


class RelatedQuery(LanguageQuery):
    """The parameters of the route."""

    kind: KindOfRelation = None
    n: MostRelated = 10
    in_stock: bool = True


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
