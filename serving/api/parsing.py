"""Reading requests: JSON by its rules, parameters by their names, so that a caller's odd text is the caller's error."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from features.errors import HuitouError
from serving.api.parameters import KnownParameters


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


class StrictRoute(APIRoute):
    """A route that reads its body as :class:`JsonRequest` and refuses query parameters that it does not know."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given a :class:`JsonRequest` whose parameters are known."""
        handler = super().get_route_handler()
        known = KnownParameters(self)

        async def handle(request: Request) -> Response:
            strict = JsonRequest(request.scope, request.receive)
            known.check(strict.query_params)
            return await handler(strict)

        return handle
