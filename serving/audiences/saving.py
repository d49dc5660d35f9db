"""Saving a filter under a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from features.errors import HuitouError
from features.findings import cut
from serving.audiences.filters import parse_filter
from serving.database.marketing.audiences import Audience

LONGEST_NAME = 100
"""A name has at most so many characters."""

TAKEN = frozenset({"fields", "templates", "preview"})
"""Names that mean something else in an address."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def checked_name(name: str) -> str:
    """The name of an audience; raises :class:`HuitouError` for one that cannot be."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or _CONTROL.search(name) or name in TAKEN:
        raise HuitouError(
            f"name must have 1 to {LONGEST_NAME} characters, no control characters, and not be one of "
            f"{', '.join(sorted(TAKEN))}; got {cut(name)!r}.",
            field="name",
            value=name,
            allowed={"max_length": LONGEST_NAME},
        )
    return name


def saved(name: str, filter: Mapping[str, Any], note: str, by: str, now: datetime) -> Audience:
    """An audience to save; raises :class:`HuitouError` for a name or a filter that cannot be."""
    parse_filter(dict(filter))
    return Audience(checked_name(name), dict(filter), note.strip(), now, by)
