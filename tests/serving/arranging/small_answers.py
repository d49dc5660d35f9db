"""Answers arranged on one small shelf, for the tests of arranging."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from serving.arranging.arrangement import Arranged, Arranging, Asked, Offered
from serving.arranging.exploration import Chance
from serving.arranging.person import Person
from serving.arranging.shelf_rules import InForce
from tests.serving.arranging.small_shelf import Shelves

NOBODY = Person()
NO_RULES = InForce()
EXPLORING = Chance(1.0, (0.0, 0.0, 0.0))
"""Explores, with the first little-seen item at the fourth place."""

ROWS: list[tuple[Any, ...]] = [
    *((f"book {number}", "books", 10 + number, {"brand": f"press {number % 2}"}) for number in range(6)),
    *((f"cup {number}", "kitchen", 5, {"title": f"Cup {number}"}) for number in range(3)),
    ("gone", "kitchen", 5, {"in_stock": False}),
    ("lamp", "home", 500),
    ("new book", "books", 12),
    ("new vase", "home", 12),
    ("pan 20", "kitchen", 30, {"title": "Pan 20 cm"}),
    ("pan 28", "kitchen", 38, {"title": "Pan 28 cm"}),
    ("thing", None, None),
]
CODES = st.integers(0, len(ROWS) - 1)


def offered(shelves: Shelves, *names: str, scores: list[float] | None = None, wanted: tuple[str, ...] = ()) -> Offered:
    """Candidates in this order, with scores that fall evenly unless given."""
    fall = np.linspace(1.0, 0.5, len(names)) if scores is None else np.array(scores)
    asked_for = np.array([name in wanted for name in names], dtype=bool)
    return Offered(shelves.codes(*names), fall, asked_for, np.ones(len(names), dtype=bool))


def arranged(
    shelves: Shelves,
    candidates: Offered,
    asked: Asked | None = None,
    person: Person = NOBODY,
    rules: InForce = NO_RULES,
    places: int = 50,
) -> Arranged:
    arranging = Arranging(shelves.shelf, shelves.traits, asked or Asked(), person, rules)
    return arranging.arrange(candidates, places)
