"""Every error in one shape: ``{"error": {"code", "message", "field", "value", "allowed", "hint"}}``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from features.errors import HuitouError
from features.findings import cut, explained, plain

STATUS: Mapping[str, int] = {
    "broken_json": 400,
    "not_http": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "unknown_customer": 404,
    "unknown_item": 404,
    "unknown_key": 404,
    "unknown_audience": 404,
    "unknown_campaign": 404,
    "unknown_list": 404,
    "unknown_pool": 404,
    "unknown_promotion": 404,
    "unknown_schedule": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_slow": 408,
    "conflict": 409,
    "promotion_not_over": 409,
    "erased": 410,
    "too_large": 413,
    "too_long": 414,
    "not_json": 415,
    "too_many": 429,
    "internal": 500,
    "no_snapshot": 503,
    "broken_snapshot": 503,
    "broken_list": 503,
    "broken_care": 503,
    "broken_playbook": 503,
    "broken_promotions": 503,
    "other_format": 503,
    "other_features": 503,
    "broken_trees": 503,
    "no_trees_library": 503,
    "contact_key": 503,
    "database": 503,
    "busy": 503,
}
"""The HTTP status of each code; every other code is a value that was not accepted: 422."""

SOON_S = {"busy": "1", "database": "2"}
"""What passes by itself, and after how many seconds to ask again; what somebody must mend takes longer."""

HEADERS: Mapping[str, Mapping[str, str]] = {
    "unauthorized": {"www-authenticate": "Bearer"},
    **{code: {"retry-after": SOON_S.get(code, "30")} for code, status in STATUS.items() if status == 503},
}
"""Headers that always go with a code."""


def error_response(error: HuitouError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that tells of ``error``."""
    said = error.as_dict() | {"value": plain(error.value), "allowed": plain(error.allowed)}
    # The message may quote what came in: what UTF-8 cannot hold is escaped.
    body = json.dumps({"error": said}, ensure_ascii=False).encode("utf-8", "backslashreplace")
    both = {**HEADERS.get(error.code, {}), **(headers or {})}
    return Response(body, status_of(error), media_type="application/json", headers=both)


def status_of(error: HuitouError) -> int:
    """The HTTP status of an error."""
    return STATUS.get(error.code, 422)


def not_found(path: str) -> HuitouError:
    """There is no such path."""
    said = cut(path)
    message = f"there is no {said} here. /openapi.json lists what there is."
    return HuitouError(message, code="not_found", field="path", value=said)


def wrong_method(path: str, method: str, methods: str) -> HuitouError:
    """A path that takes other ``methods``."""
    message = f"{cut(path)} takes {methods or 'another method'}; got {method}."
    return HuitouError(message, code="method_not_allowed", field="method", value=method, allowed=methods)


def internal() -> HuitouError:
    """A fault of Huitou's own, of which the log tells more."""
    message = "something went wrong in Huitou; it is noted in its log. Try again, and report it if it stays."
    return HuitouError(message, code="internal")


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
    path = request.url.path
    if status == 404:
        return error_response(not_found(path))
    if status == 405:
        return error_response(wrong_method(path, request.method, headers.get("allow", "")), headers)
    code = "broken_json" if status == 400 else "internal"
    return error_response(HuitouError(f"{HTTPStatus(status).phrase}.", code=code), headers)


async def _internal(_: Request, __: Exception) -> Response:
    # The error is raised once more after this, and the door notes it.
    return error_response(internal())
