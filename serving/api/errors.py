"""Every error in one shape: ``{"error": {"code", "message", "field", "value", "allowed", "hint"}}``."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from features.errors import HuitouError
from serving.findings import cut, explained, plain

STATUS: Mapping[str, int] = {
    "unauthorized": 401,
    "unknown_customer": 404,
    "unknown_item": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "not_json": 415,
    "broken_json": 400,
    "internal": 500,
    "no_snapshot": 503,
    "broken_snapshot": 503,
    "database": 503,
    "busy": 503,
}
"""The HTTP status of each code; every other code is a value that was not accepted: 422."""

_LOG = logging.getLogger("huitou.api")


def error_response(error: HuitouError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that tells of ``error``."""
    said = error.as_dict() | {"value": plain(error.value), "allowed": plain(error.allowed)}
    # The message may quote what came in: what UTF-8 cannot hold is escaped.
    body = json.dumps({"error": said}, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, STATUS.get(error.code, 422), media_type="application/json", headers=dict(headers or {}))


def handle_errors(app: FastAPI) -> None:
    """Answer every kind of error of ``app`` in the one shape."""
    app.add_exception_handler(HuitouError, _huitou)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(Exception, _internal)


async def _huitou(_: Request, error: Exception) -> Response:
    return error_response(error if isinstance(error, HuitouError) else HuitouError(str(error)))


async def _validation(_: Request, error: Exception) -> Response:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    return error_response(explained(first))


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException | StarletteHTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    detail = getattr(error, "detail", None)
    if isinstance(detail, HuitouError):
        return error_response(detail, headers)
    path = cut(request.url.path)
    if status == 404:
        message = f"there is no {path} here. /openapi.json lists what there is."
        return error_response(HuitouError(message, code="not_found", field="path", value=path))
    if status == 405:
        allowed = headers.get("allow", "")
        message = f"{path} takes {allowed or 'another method'}; got {request.method}."
        wrong = HuitouError(message, code="method_not_allowed", field="method", value=request.method, allowed=allowed)
        return error_response(wrong, headers)
    code = "broken_json" if status == 400 else "internal"
    return error_response(HuitouError(f"{HTTPStatus(status).phrase}.", code=code), headers)


async def _internal(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = "something went wrong in Huitou; it is noted in its log. Try again, and report it if it stays."
    return error_response(HuitouError(message, code="internal"))
