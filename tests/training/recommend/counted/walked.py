"""Visits for tests, each told as a word whose letters are the items viewed one after another."""

from __future__ import annotations

import numpy as np

from features.history import History
from tests.small_shop import EventRow, events, history, moment
from training.recommend.counted.embedding_learning import EmbeddingSettings

CUTOFF = moment("2025-03-11T00:00Z")
"""The moment after the last of these visits."""


def walk(who: str, items: str, day: int = 10) -> list[EventRow]:
    """One visit that views each letter of ``items`` a second after the one before."""
    return [(who, "view", item, f"2025-03-{day:02}T10:00:{second:02}Z") for second, item in enumerate(items)]


ITEMS = 12
"""Items of the circle."""

SETTINGS = EmbeddingSettings(dimensions=16, epochs=12, batch=64, negatives=8, least_clicks=100, learning_rate=2e-2)
"""Learning that is quick on the circle."""


def circle() -> History:
    """150 visitors who each view six items in a row of a circle of twelve."""
    rng = np.random.default_rng(1)
    rows: list[EventRow] = [
        (f"v{who}", "view", f"i{(start + step) % ITEMS:02}", f"2025-03-10T{who % 20:02}:00:{step:02}Z")
        for who, start in enumerate(rng.integers(0, ITEMS, 150))
        for step in range(6)
    ]
    return history(events(*rows), CUTOFF)
