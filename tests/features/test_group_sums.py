"""Sums by person and group: held as cells or found by their order, they say the same."""

from __future__ import annotations

import numpy as np
import pytest

from features import group_sums
from features.catalogue import UNKNOWN
from features.group_sums import GroupSums

PERSON = np.array([0, 0, 0, 2, 2])
GROUP = np.array([1, 1, UNKNOWN, 0, 3])
WEIGHT = np.array([1.0, 2.0, 9.0, 4.0, 0.5])


@pytest.fixture(params=[0, 1_000_000], ids=["by order", "as cells"])
def sums(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> GroupSums:
    """Three people and four groups, held in either way."""
    monkeypatch.setattr(group_sums, "MOST_CELLS", request.param)
    return GroupSums(PERSON, GROUP, WEIGHT, people=3, groups=4)


def test_sums(sums: GroupSums) -> None:
    """Entries of one person and group add up; those without a group are in none."""
    cell = sums.cells(np.array([0, 2, 2]), np.array([1, 0, 3]))
    assert sums.sums[cell].tolist() == [3.0, 4.0, 0.5]
    assert sums.sums.sum() == 7.5


def test_nothing_there(sums: GroupSums) -> None:
    """Where a person has nothing in a group there is no cell, or an empty one; a wanted group may be unknown."""
    cell = sums.cells(np.array([0, 1, 1]), np.array([0, 1, UNKNOWN]))
    assert cell[2] == UNKNOWN
    assert all(code == UNKNOWN or sums.sums[code] == 0 for code in cell.tolist())


def test_the_least(sums: GroupSums) -> None:
    """Each cell has the least of a value over its entries; an empty one has none."""
    least = sums.least(np.array([5.0, 4.0, 0.1, 7.0, 8.0]))
    cell = sums.cells(np.array([0, 2, 2]), np.array([1, 0, 3]))
    assert least[cell].tolist() == [4.0, 7.0, 8.0]
    assert np.isinf(np.delete(least, cell)).all()


def test_the_pairs_of_cells(sums: GroupSums) -> None:
    """A cell says whose it is, and of which group."""
    person, group = sums.pairs(np.flatnonzero(sums.sums))
    assert list(zip(person.tolist(), group.tolist(), strict=True)) == [(0, 1), (2, 0), (2, 3)]


def test_nobody() -> None:
    """Without entries, or without people, nothing is found."""
    none = np.zeros(0, dtype=np.int64)
    nothing = GroupSums(none, none, np.zeros(0), people=0, groups=4)
    assert nothing.cells(none, none).tolist() == []
    alone = GroupSums(none, none, np.zeros(0), people=1, groups=0)
    assert alone.cells(np.array([0]), np.array([UNKNOWN])).tolist() == [UNKNOWN]
