"""``POST /v1/events`` without FastAPI."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from serving.api.events import Events, take_events
from serving.api.fast.exchange import FastAnswer, FastRequest
from serving.api.fast.queries import KnownQuery, parameters
from serving.api.service import Service


class EventsQuery(KnownQuery):
    """The parameters of the route."""

    validate_only: bool = False


class FastEvents:
    """Takes events as the route does; a body that is not one is left to the application, which tells why."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def post(self, request: FastRequest) -> FastAnswer | None:
        """Answer when the good rows are on disk."""
        try:
            events = Events.model_validate(from_json(request.body, allow_inf_nan=False))
            asked = EventsQuery.model_validate(parameters(request.query))
        except (ValidationError, ValueError):
            return None
        result = await take_events(self._service, events, asked.validate_only)
        return FastAnswer(200, to_json(result))
