"""Exploration as a step of arranging: a little-seen item in its place, and only where it fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from serving.arranging.arrangement import EXPLORATION, NO_CANDIDATE, Asked
from serving.arranging.person import Person
from tests.serving.arranging.small_answers import EXPLORING, NOBODY, arranged, offered
from tests.serving.arranging.small_shelf import Shelves

MANY = ("book 0", "book 1", "book 2", "book 3", "book 4", "book 5", "lamp", "cup 0", "cup 1", "thing")
"""Enough candidates for an answer that explores."""


@pytest.fixture
def reader(small: Shelves) -> Person:
    """Somebody who looked at a book and a lamp."""
    return Person(touched=small.codes("book 0", "lamp"))


def test_exploration(small: Shelves, reader: Person) -> None:
    """A little-seen item of the person's categories stands at the place that was drawn, told with its chance."""
    found = arranged(small, offered(small, *MANY), Asked(chance=EXPLORING), reader)
    assert small.names(found.item) == [*MANY[:3], "new book", *MANY[3:]]
    assert (found.by[3], found.candidate[3]) == (EXPLORATION, NO_CANDIDATE)
    assert found.explored is not None
    assert (found.explored.item, found.explored.place) == (found.item[3], 4)
    assert found.explored.propensity == 1 / 2 / 7


def test_exploration_needs_room(small: Shelves, reader: Person) -> None:
    """With so few candidates that its place might not be reached, or on a page before it, there is none."""
    few = arranged(small, offered(small, *MANY[:-1]), Asked(chance=EXPLORING), reader)
    before = arranged(small, offered(small, *MANY), Asked(chance=EXPLORING), reader, places=3)
    for found in (few, before):
        assert EXPLORATION not in found.by
        assert found.explored is None


def test_what_is_proposed_is_not_explored(small: Shelves, reader: Person) -> None:
    """A little-seen item that its own source proposes stays where it is; one that fills the answer may be moved."""
    candidates = offered(small, "new book", *MANY)
    assert arranged(small, candidates, Asked(chance=EXPLORING), reader).by[0] is None
    filling = replace(candidates, own=np.arange(len(MANY) + 1) > 0)
    found = arranged(small, filling, Asked(chance=EXPLORING), reader)
    assert small.names(found.item) == [*MANY[:3], "new book", *MANY[3:]]


def test_exploration_follows_the_persons_taste(small: Shelves) -> None:
    """It looks into the categories of what the person touched; of whom nothing is known nothing is tried."""
    candidates = offered(small, *MANY)
    home = Person(touched=small.codes("lamp"))
    assert small.names(arranged(small, candidates, Asked(chance=EXPLORING), home).item[3:4]) == ["new vase"]
    assert arranged(small, candidates, Asked(chance=EXPLORING), NOBODY).explored is None
