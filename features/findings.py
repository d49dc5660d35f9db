"""What a check of values found, in words: rule, value, what is allowed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from features.errors import HuitouError

Model = TypeVar("Model", bound=BaseModel)

LONGEST_VALUE = 200
"""Longer values are cut before they are sent back, in characters."""


def plain(value: Any, depth: int = 3) -> Any:
    """``value`` as JSON can hold it, cut where it is long."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else cut(hex(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping) and depth:
        return {cut(str(key)): plain(part, depth - 1) for key, part in list(value.items())[:20]}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and depth:
        return [plain(part, depth - 1) for part in value[:20]]
    return cut(value if isinstance(value, str) else type(value).__name__)


def explained(error: Mapping[str, Any], of: str = "this request") -> HuitouError:
    """One finding of pydantic as rule, value and what is allowed; ``of`` names what was checked."""
    place = [str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path")]
    field = cut(".".join(place)) or "body"
    found, context = error.get("input"), error.get("ctx") or {}
    rule, allowed = _rule(str(error.get("type", "")), context, str(error.get("msg", "is not accepted")))
    rule = rule.replace("this request", of)
    got = "nothing" if error.get("type") == "missing" else json.dumps(plain(found), ensure_ascii=False)
    value = None if error.get("type") == "missing" else found
    return HuitouError(f"{field} {rule}; got {cut(got)}.", field=field, value=value, allowed=allowed)


def read_as(model: type[Model], said: Mapping[str, Any], what: str) -> Model:
    """``said`` as a ``model``, such as a list; raises :class:`HuitouError` with the first finding.

    ``what`` is what the model is, such as ``list``: findings about all of it are about the field of this name.
    """
    try:
        return model.model_validate(dict(said))
    except ValidationError as error:
        finding = error.errors(include_url=False)[0]
        raise explained(dict(finding) | {"loc": finding["loc"] or (what,)}, f"a {what}") from None


_MOMENT = "must be a moment with its time zone, such as 2026-03-31T10:00:00+08:00"

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
    "date_type": "must be a date, such as 2026-03-31",
    "date_parsing": "must be a date, such as 2026-03-31",
    "date_from_datetime_parsing": "must be a date, such as 2026-03-31",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _MOMENT,
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "string_pattern_mismatch": "must not be empty or contain control characters",
}

_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "must be at least {}"),
    "greater_than": ("gt", "must be above {}"),
    "less_than": ("lt", "must be below {}"),
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


def cut(text: str) -> str:
    """``text``, cut where it is long."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
