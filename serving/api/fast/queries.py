"""Query strings as the application reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field

from serving.api.service import MOST_LANGUAGE

_PLAIN = re.compile(rb"[A-Za-z0-9_.~:=&-]*")


class KnownQuery(BaseModel):
    """The parameters of a route, which takes no others."""

    model_config = ConfigDict(extra="forbid")


class LanguageQuery(KnownQuery):
    """Those of a route that asks for the language only."""

    lang: Annotated[str | None, Field(max_length=MOST_LANGUAGE)] = None


def parameters(query: bytes, lists: Collection[str] = ()) -> dict[str, Any]:
    """What a query string says, by name: of ``lists`` all values; raises ``ValueError`` when another is said twice."""
    found: dict[str, Any] = {}
    for name, value in _pairs(query):
        if name in lists:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise ValueError("said twice")
        else:
            found[name] = value
    return found


def _pairs(query: bytes) -> Iterable[tuple[str, str]]:
    # Starlette reads it so, too: an encoded byte is a part of UTF-8, a bare one is of Latin-1.
    text = query.decode("latin-1")
    if _PLAIN.fullmatch(query):  # Nothing is encoded: a sixth of the time.
        return [pair.partition("=")[::2] for pair in text.split("&") if pair]
    return parse_qsl(text, keep_blank_values=True)
