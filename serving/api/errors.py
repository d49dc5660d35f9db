"""Every error in one shape: ``{"error": {"code", "message", "field", "value", "allowed", "hint"}}``."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from features.errors import HuitouError

LONGEST_VALUE = 200
"""Longer values are cut before they are sent back, in characters."""

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


def plain(value: Any, depth: int = 3) -> Any:
    """``value`` as JSON can hold it, cut where it is long."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else _cut(hex(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping) and depth:
        return {_cut(str(key)): plain(part, depth - 1) for key, part in list(value.items())[:20]}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and depth:
        return [plain(part, depth - 1) for part in value[:20]]
    return _cut(value if isinstance(value, str) else type(value).__name__)


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
    path = _cut(request.url.path)
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


def explained(error: Mapping[str, Any]) -> HuitouError:
    """One finding of the request check as rule, value, what is allowed and the next step."""
    place = [str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path")]
    field = ".".join(place) or "body"
    found, context = error.get("input"), error.get("ctx") or {}
    rule, allowed = _rule(str(error.get("type", "")), context, str(error.get("msg", "is not accepted")))
    got = "nothing" if error.get("type") == "missing" else json.dumps(plain(found), ensure_ascii=False)
    value = None if error.get("type") == "missing" else found
    return HuitouError(f"{field} {rule}; got {_cut(got)}.", field=field, value=value, allowed=allowed)


_RULES: Mapping[str, str] = {
    "missing": "must be given",
    "extra_forbidden": "is not a field of this request",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of reasonable size",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "string_pattern_mismatch": "must not be empty or contain control characters",
}

_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "must be at least {}"),
    "less_than_equal": ("le", "must be at most {}"),
    "string_too_short": ("min_length", "must have at least {} character"),
    "string_too_long": ("max_length", "must have at most {} characters"),
    "too_long": ("max_length", "must have at most {} entries"),
    "literal_error": ("expected", "must be one of {}"),
}


def _rule(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, Any]:
    """The rule in words, and what is allowed."""
    if kind == "value_error":
        return str(context.get("error", message)), None
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return words.format(context.get(name)), {name: context.get(name)}
    return _RULES.get(kind, message[:1].lower() + message[1:]), None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
