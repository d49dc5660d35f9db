"""Sums over pairs of things that the same people did, block by block: in bounded memory, whatever the shop's size.

A *left* entry (somebody looked at a kettle) meets a run of *right* entries of the same person (what was bought in the
days after). However often that happens, it is one entry of the person for that pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from features.arrays import Floats, Ints, run_starts

MEETINGS_AT_ONCE = 2_000_000
"""So many meetings are laid out at a time; they take some 150 MB."""


@dataclass(frozen=True)
class Meetings:
    """Left entries, each with the run of right entries that it meets."""

    label: Ints
    """What each left entry is about: an item, or something else with a number; shape (n_left,)."""
    person: Ints
    """Whose it is; shape (n_left,)."""
    weight: Floats
    """What a meeting of it counts, above 0; shape (n_left,)."""
    start: Ints
    """Where its run of right entries begins; shape (n_left,)."""
    stop: Ints
    """Where the run ends; shape (n_left,)."""
    right_item: Ints
    """The item of each right entry; shape (n_right,)."""
    right_mark: Ints
    """1 for right entries that are counted a second time apart, else 0; shape (n_right,)."""
    items: int
    """Number of items."""


@dataclass(frozen=True)
class PersonPairs:
    """One entry for each label, person and item, ordered by label."""

    label: Ints
    """The left side; shape (n,)."""
    item: Ints
    """The right side; shape (n,)."""
    weight: Floats
    """The weight of the person's heaviest meeting; shape (n,)."""
    count: Ints
    """How often they met; shape (n,)."""
    marked: Ints
    """How often with a mark; shape (n,)."""


@dataclass(frozen=True)
class PairSums:
    """Sums over people for some labels and all items that they met."""

    label: Ints
    """The left side, rising; shape (n,)."""
    item: Ints
    """The right side, rising within a label; shape (n,)."""
    sums: Floats
    """One column for each thing that was summed; shape (n, n_sums)."""


Summed = Callable[[PersonPairs], Floats]
"""What is summed over people: the columns of some entries, shape ``(n, n_sums)``."""


def pair_sums(meetings: Meetings, what: Summed) -> Iterator[PairSums]:
    """The sums, some labels at a time; every label comes once, whole, and they rise."""
    held: PairSums | None = None
    for entries in _person_pairs(meetings):
        found = _added(entries.label, entries.item, what(entries), meetings.items, held)
        # The last label may go on in the next block.
        end = int(np.searchsorted(found.label, found.label[-1]))
        yield _part(found, slice(0, end))
        held = _part(found, slice(end, None))
    if held is not None:
        yield held


def _person_pairs(meetings: Meetings) -> Iterator[PersonPairs]:
    """Blocks of entries; a person's meetings for one label are in one block."""
    met = np.flatnonzero(meetings.stop > meetings.start)
    order = met[np.lexsort((-meetings.weight[met], meetings.person[met], meetings.label[met]))]
    starts = _owner_starts(meetings, order)
    total = np.cumsum((meetings.stop - meetings.start)[order])
    block = total[starts] // MEETINGS_AT_ONCE
    edges = np.append(starts[run_starts(block[1:] != block[:-1], len(starts))], len(order))
    for begin, end in pairwise(edges):
        yield _laid_out(meetings, order[begin:end])


def _laid_out(meetings: Meetings, left: Ints) -> PersonPairs:
    start, size = meetings.start[left], (meetings.stop - meetings.start)[left]
    entry = np.repeat(np.arange(len(left)), size)
    right = np.arange(len(entry)) + np.repeat(start - (np.cumsum(size) - size), size)
    starts = _owner_starts(meetings, left)
    owner = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(left))))
    key = owner[entry] * np.int64(meetings.items) + meetings.right_item[right]
    # Stable: the entries of an owner come with falling weight, so the first of a key is its heaviest.
    order = np.argsort(key, kind="stable")
    firsts = run_starts(np.diff(key[order]) != 0, len(key))
    heaviest = left[entry[order[firsts]]]
    return PersonPairs(
        label=meetings.label[heaviest],
        item=meetings.right_item[right[order[firsts]]],
        weight=meetings.weight[heaviest],
        count=np.diff(np.append(firsts, len(key))),
        marked=np.add.reduceat(meetings.right_mark[right[order]], firsts, dtype=np.int64),
    )


def _owner_starts(meetings: Meetings, order: Ints) -> Ints:
    """Where the entries of each label and person begin."""
    label, person = meetings.label[order], meetings.person[order]
    return run_starts((label[1:] != label[:-1]) | (person[1:] != person[:-1]), len(order))


def _added(label: Ints, item: Ints, values: Floats, items: int, held: PairSums | None) -> PairSums:
    if held is not None:
        label, item = np.concatenate([held.label, label]), np.concatenate([held.item, item])
        values = np.concatenate([held.sums, values])
    key = label * np.int64(items) + item
    order = np.argsort(key, kind="stable")
    firsts = run_starts(np.diff(key[order]) != 0, len(key))
    return PairSums(label[order[firsts]], item[order[firsts]], np.add.reduceat(values[order], firsts, axis=0))


def _part(found: PairSums, rows: slice) -> PairSums:
    return PairSums(found.label[rows], found.item[rows], found.sums[rows])
