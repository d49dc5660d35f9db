"""Birthdays as they are written -> month and day; the year, which nothing needs, is not kept."""

from __future__ import annotations

import re

import pyarrow as pa

from features.events.values.parsed import Fault, Parsed, judged, mask_of

NOT_A_BIRTHDAY = Fault("not a birthday", "must be a month and a day, such as 03-31 or 1990-03-31")

_YEAR_FIRST = re.compile(r"\d{4}[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T][\d:.+Z]*)?|\d{4}(\d\d)(\d\d)")
_NO_YEAR = re.compile(r"(?:--)?(\d{1,2})[-/.月](\d{1,2})日?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def parse_birthdays(texts: pa.Array) -> Parsed:
    """Texts as ``MM-DD``; shape ``(n,)``. Dates with the year first, and month and day alone; nothing is guessed."""
    values = pa.array([None if text is None else birthday(text) for text in texts.to_pylist()], pa.string())
    return judged(values, ((NOT_A_BIRTHDAY, mask_of(texts.is_valid()) & ~mask_of(values.is_valid())),))


def birthday(text: str) -> str | None:
    """One of them as ``MM-DD``, None where it is none. 29 February is one."""
    found = _YEAR_FIRST.fullmatch(text) or _NO_YEAR.fullmatch(text)
    if found is None:
        return None
    month, day = (int(part) for part in found.groups() if part is not None)
    return f"{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] else None
