"""Sums over pairs: the same as a slow count, whatever the size of the blocks."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from features.arrays import Floats
from training.recommend.counted import pair_sums as module
from training.recommend.counted.pair_sums import Meetings, PersonPairs, pair_sums

ITEMS = 7


def drawn(seed: int, left: int = 300, right: int = 400) -> Meetings:
    """Random meetings of twenty people, whose right entries lie in a row."""
    rng = np.random.default_rng(seed)
    owner = np.sort(rng.integers(0, 20, right))
    person = rng.integers(0, 20, left)
    start = np.searchsorted(owner, person)
    stop = np.searchsorted(owner, person, side="right")
    return Meetings(
        label=rng.integers(0, 5, left),
        person=person,
        weight=rng.integers(1, 9, left) / 8,
        start=start,
        stop=np.where(rng.random(left) < 0.2, start, stop),
        right_item=rng.integers(0, ITEMS, right),
        right_mark=rng.integers(0, 2, right).astype(np.int8),
        items=ITEMS,
    )


def every(pairs: PersonPairs) -> Floats:
    """People, weights, meetings and marks."""
    return np.stack([np.ones(len(pairs.weight)), pairs.weight, pairs.count, pairs.marked], axis=1)


def slowly(meetings: Meetings) -> dict[tuple[int, int], list[float]]:
    """The same sums by loops."""
    met: dict[tuple[int, int, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for place, label in enumerate(meetings.label.tolist()):
        for right in range(meetings.start[place], meetings.stop[place]):
            entry = met[label, int(meetings.right_item[right]), int(meetings.person[place])]
            entry[0] = max(entry[0], float(meetings.weight[place]))
            entry[1] += 1
            entry[2] += int(meetings.right_mark[right])
    sums: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for (label, item, _), entry in met.items():
        for column, value in enumerate([1.0, *entry]):
            sums[label, item][column] += value
    return dict(sums)


@pytest.mark.parametrize("at_once", [1, 50, 700, 10**6])
def test_a_slow_count_agrees(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Labels come once, whole and rising, and every sum is that of the loops, with blocks of any size."""
    monkeypatch.setattr(module, "MEETINGS_AT_ONCE", at_once)
    meetings = drawn(seed=at_once % 97)
    found: dict[tuple[int, int], list[float]] = {}
    labels: list[int] = []
    for part in pair_sums(meetings, every):
        labels += sorted(set(part.label.tolist()))
        found |= dict(zip(zip(part.label.tolist(), part.item.tolist(), strict=True), part.sums.tolist(), strict=True))
    assert labels == sorted(set(labels))
    assert found == slowly(meetings)


def test_nothing_meets() -> None:
    """Without meetings there are no sums."""
    meetings = drawn(seed=1)
    nothing = Meetings(
        *(getattr(meetings, name) for name in ("label", "person", "weight", "start", "start")),
        *(getattr(meetings, name) for name in ("right_item", "right_mark", "items")),
    )
    assert list(pair_sums(nothing, every)) == []
