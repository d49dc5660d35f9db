"""How filters look, for the API's document and the clients that are made from it; docs/audiences.md explains them."""

from __future__ import annotations

from typing import Any

from features.events.event import KINDS
from serving.audiences.filters import ANYTHING
from serving.snapshot_parts.audience.open_items import OPENS

_PARTS = {"type": "array", "minItems": 1, "items": {"type": "object"}}
_KIND = {"type": "string", "enum": [*KINDS, ANYTHING]}
_KINDS = {"anyOf": [_KIND, {"type": "array", "minItems": 1, "items": _KIND}]}


def _part(verb: str, value: dict[str, Any], *, alone: bool = False) -> dict[str, Any]:
    """A part that begins with a key; ``alone`` says that it takes no other."""
    said: dict[str, Any] = {"type": "object", "title": verb, "required": [verb], "properties": {verb: value}}
    return said | ({"additionalProperties": False} if alone else {})


FILTER_SCHEMA: dict[str, Any] = {
    "description": "A part of a filter; parts hold parts: docs/audiences.md.",
    "oneOf": [
        _part("everyone", {"const": True}, alone=True),
        _part("open", {"type": "string", "enum": [*OPENS]}),
        _part("did", _KINDS),
        _part("did_not", _KINDS),
        _part("contacted", {"anyOf": [{"const": True}, {"type": "object"}]}),
        _part("interested_in", {"type": "string"}),
        _part("birthday", {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "string"}}),
        _part("field", {"type": "string"}),
        _part("all", _PARTS, alone=True),
        _part("any", _PARTS, alone=True),
        _part("not", {"type": "object"}, alone=True),
    ],
}
"""What the document says of a filter: the first key of each part, and what it takes."""
