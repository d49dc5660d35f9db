"""Reading bodies: JSON by its rules, so that a caller's odd text is the caller's error."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from features.errors import HuitouError


class JsonRequest(Request):
    """A request whose JSON is UTF-8, not nested too deeply, and without NaN or half characters."""

    async def json(self) -> Any:
        """The body as JSON; what is no JSON is answered with 400."""
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except ValueError as error:
            problem = HuitouError(f"the body must be JSON: {error}.", code="broken_json", field="body")
            # FastAPI hands on its own exception as it is; the error travels inside.
            raise HTTPException(400, detail=problem) from None


class JsonRoute(APIRoute):
    """A route that reads its body as :class:`JsonRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given a :class:`JsonRequest`."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(JsonRequest(request.scope, request.receive))

        return handle
