"""Query strings as FastAPI reads them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl


def parameters(query: bytes, lists: Collection[str] = ()) -> dict[str, Any]:
    """What a query string says, by name: of ``lists`` all values, of the others the last one."""
    found: dict[str, Any] = {}
    # Starlette reads it so, too: an encoded byte is a part of UTF-8, a bare one is of Latin-1.
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name in lists:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found
