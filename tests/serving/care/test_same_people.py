"""Which rows are one person."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serving.care.same_people import MOST_SHARING, SamePeople

ADDRESSES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=20)


def same(*addresses: list[int], merges: list[tuple[int, int]] | None = None) -> SamePeople:
    """The people of some rows by their addresses, 0 for none."""
    pairs = np.array(merges or [], dtype=np.int64).reshape(-1, 2)
    return SamePeople.of([np.array(each, dtype=np.uint64) for each in addresses], pairs, len(addresses[0]))


@given(rows=ADDRESSES, merges=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=3))
def test_everybody_who_is_joined_is_one(rows: list[tuple[int, int]], merges: list[tuple[int, int]]) -> None:
    """Rows that share either address or were merged, straight or over others, have one least row; no others do."""
    merges = [pair for pair in merges if max(pair) < len(rows)]
    found = same([e for e, _ in rows], [p for _, p in rows], merges=merges).person(np.arange(len(rows)))
    group = [{row} for row in range(len(rows))]
    for one in range(len(rows)):
        for other in range(len(rows)):
            shared = any(a and a == b for a, b in zip(rows[one], rows[other], strict=True))
            if shared or (one, other) in merges:
                joined = group[one] | group[other]
                for row in joined:
                    group[row] = joined
    assert found.tolist() == [min(each) for each in group]


def test_what_holds_for_one_is_spread() -> None:
    """A flag of one row is set for all rows of the person, and for nobody else."""
    flags = same([1, 0, 1, 2], [0, 5, 0, 5]).spread(np.array([True, False, False, False]))
    assert flags.tolist() == [True, False, True, False]
    assert same([0, 0]).spread(np.array([True, False])).tolist() == [True, False]


def test_the_newest_of_a_person_stays() -> None:
    """Among the rows that are asked about the one that did something last stays, the first of two alike."""
    people = same([1, 1, 1, 0, 2, 2])
    idle = np.array([5.0, 1.0, 3.0, 9.0, 2.0, 2.0])
    assert people.repeated(np.arange(6), idle).tolist() == [True, False, True, False, False, True]
    assert people.repeated(np.array([2, 0]), idle).tolist() == [False, True]
    assert people.repeated(np.array([3]), idle).tolist() == [False]


def test_one_key_for_one_person() -> None:
    """The least key of a person's rows stands for all of them."""
    keys = np.array([7, 5, 9, 3], dtype=np.uint64)
    assert same([1, 0, 1, 0]).keys(keys).tolist() == [7, 5, 7, 3]


def test_an_address_of_very_many_is_nobodys() -> None:
    """A telephone that stands with more customers than a family has is no sign of one person."""
    rows = MOST_SHARING + 1
    assert len(same([9] * rows).rows) == 0
    assert len(same([9] * MOST_SHARING).rows) == MOST_SHARING
