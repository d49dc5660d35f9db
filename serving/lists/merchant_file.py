"""A merchant's own list as a file: ids of customers, or a rule."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from features.errors import HuitouError
from features.events.event import MAX_ID_LENGTH

LARGEST_BYTES = 100_000_000
"""A larger file is not read."""

_COLUMN = "customer_id"


def merchant_arm(file: Path) -> dict[str, Any]:
    """The merchant's part of a request.

    A file that ends with ``.json`` holds a filter or such a part itself; any other holds ids, one a line, or a table
    of CSV with a column ``customer_id``. Raises :class:`HuitouError` for a file that is neither.
    """
    text = _text(file)
    if file.suffix.lower() != ".json":
        return {"customer_ids": [*_ids(file, text)]}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"it must be JSON; {error}") from None
    if not isinstance(said, dict):
        raise _wrong(file, "it must be a JSON object: a filter, see docs/audiences.md")
    return said if said.keys() & {"customer_ids", "filter", "audience", "template"} else {"filter": said}


def _ids(file: Path, text: str) -> Iterator[str]:
    rows = csv.reader(text.splitlines())
    first = next(rows, [])
    place = first.index(_COLUMN) if _COLUMN in first else 0
    if place == 0 and _COLUMN not in first:
        if len(first) > 1:
            raise _wrong(file, f"its table must have a column {_COLUMN}; it has {', '.join(first)[:200]}")
        rows = csv.reader(text.splitlines())
    found = 0
    for number, row in enumerate(rows, start=1):
        if not any(row):
            continue
        # Excel keeps zeros before a number where the cell begins with an apostrophe, and so does our own export.
        identity = row[place].strip().removeprefix("'") if place < len(row) else ""
        if not 0 < len(identity) <= MAX_ID_LENGTH or not identity.isprintable():
            raise _wrong(
                file, f"row {number} must have an id of 1 to {MAX_ID_LENGTH} characters; it has {identity[:100]!r}"
            )
        found += 1
        yield identity
    if not found:
        raise _wrong(file, "it must have at least one id")


def _text(file: Path) -> str:
    try:
        with open(file, "rb") as handle:
            data = handle.read(LARGEST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise _wrong(file, f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _wrong(file, "it must be UTF-8 text; save it as CSV UTF-8") from None
    if len(data) > LARGEST_BYTES:
        raise _wrong(file, f"it must have at most {LARGEST_BYTES:,} bytes")
    return text


def _wrong(file: Path, what: str) -> HuitouError:
    return HuitouError(f"the merchant's list {file.name}: {what}.", field="merchant", value=str(file))
