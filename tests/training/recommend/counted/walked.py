"""Visits for tests, each told as a word whose letters are the items viewed one after another."""

from __future__ import annotations

from tests.small_shop import EventRow, moment

CUTOFF = moment("2025-03-11T00:00Z")
"""The moment after the last of these visits."""


def walk(who: str, items: str, day: int = 10) -> list[EventRow]:
    """One visit that views each letter of ``items`` a second after the one before."""
    return [(who, "view", item, f"2025-03-{day:02}T10:00:{second:02}Z") for second, item in enumerate(items)]
