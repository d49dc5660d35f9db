"""Query strings as FastAPI reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import parse_qsl

_PLAIN = re.compile(rb"[A-Za-z0-9_.~:=&-]*")


def parameters(query: bytes, lists: Collection[str] = ()) -> dict[str, Any]:
    """What a query string says, by name: of ``lists`` all values, of the others the last one."""
    found: dict[str, Any] = {}
    for name, value in _pairs(query):
        if name in lists:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _pairs(query: bytes) -> Iterable[tuple[str, str]]:
    # Starlette reads it so, too: an encoded byte is a part of UTF-8, a bare one is of Latin-1.
    text = query.decode("latin-1")
    if _PLAIN.fullmatch(query):  # Nothing is encoded: a sixth of the time.
        return [pair.partition("=")[::2] for pair in text.split("&") if pair]
    return parse_qsl(text, keep_blank_values=True)
