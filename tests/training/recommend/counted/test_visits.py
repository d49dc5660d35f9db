"""Visits: where they end, what a step is, and what was touched last."""

from __future__ import annotations

import numpy as np
import pytest

from features.events.event import KINDS
from features.history import History
from tests.small_shop import EventRow, events, history, moment, random_events
from training.recommend.counted.visits import LastItems, NewestSteps, Visits

CUTOFF = moment("2025-03-11T00:00Z")


def known(*rows: EventRow) -> History:
    """The history of ``rows``, told by customer, kind, item and time on 2025-03-10."""
    return history(events(*((who, kind, item, f"2025-03-10T{at}Z") for who, kind, item, at in rows)), CUTOFF)


def told(past: History) -> list[list[str]]:
    """Each visit as the names of its items."""
    visits = Visits.of(past)
    names = past.catalogue.ids.to_pylist()
    edges = zip(visits.boundaries[:-1], visits.boundaries[1:], strict=True)
    return [[names[item] for item in visits.item[start:end]] for start, end in edges]


def test_a_pause_ends_a_visit() -> None:
    """Half an hour between two touches is within a visit, a second more begins another; so does another customer."""
    past = known(
        ("anna", "view", "cup", "10:00:00"),
        ("anna", "view", "tea", "10:30:00"),
        ("anna", "view", "pan", "11:00:01"),
        ("bo", "view", "pan", "11:00:02"),
    )
    assert told(past) == [["cup", "tea"], ["pan"], ["pan"]]
    assert Visits.of(past).customer.tolist() == [0, 0, 1]
    assert Visits.of(past).position.tolist() == [0, 1, 0, 0]
    assert Visits.of(past).newest().tolist() == [1, 2]


def test_a_step_is_an_item_however_it_is_touched() -> None:
    """Viewed, carted and bought at once is one step; viewed again is another; taking out of the cart is none."""
    past = known(
        ("anna", "view", "cup", "10:00:00"),
        ("anna", "cart", "cup", "10:00:01"),
        ("anna", "uncart", "cup", "10:00:02"),
        ("anna", "purchase", "cup", "10:00:03"),
        ("anna", "view", "tea", "10:00:04"),
        ("anna", "view", "tea", "10:00:05"),
        ("bo", "cart", "tea", "10:00:05"),
    )
    assert told(past) == [["cup", "tea", "tea"], ["tea"]]
    assert Visits.of(past).row.tolist() == [0, 4, 5, 6]


def test_a_log_of_days() -> None:
    """Where only the day is known, a day is a visit."""
    days = ("2025-03-08T00:00Z", "2025-03-08T00:00Z", "2025-03-09T00:00Z")
    past = history(events(*(("anna", "view", f"i{place}", day) for place, day in enumerate(days))), CUTOFF)
    assert Visits.of(past).lengths.tolist() == [2, 1]


def test_nobody() -> None:
    """Without events there are no visits, no last items and no steps."""
    past = known()
    assert len(Visits.of(past)) == 0
    assert Visits.of(past).position.tolist() == []
    assert len(LastItems.of(Visits.of(past), 0, 3).item) == 0
    assert NewestSteps.of(Visits.of(past), 0, 3).item.shape == (0, 3)


def test_last_items() -> None:
    """Each item once, by when it was touched last, over all visits, as many as are wanted."""
    past = known(
        ("anna", "view", "cup", "08:00:00"),
        ("anna", "view", "tea", "10:00:00"),
        ("anna", "view", "pan", "10:00:01"),
        ("anna", "view", "tea", "10:00:02"),
        ("bo", "return", "tea", "10:00:00"),
        ("cy", "view", "pan", "10:00:00"),
    )
    names = past.catalogue.ids.to_pylist()
    last = LastItems.of(Visits.of(past), len(names), 2)
    assert [names[item] for item in last.item] == ["tea", "pan", "pan"]
    assert last.customer.tolist() == [0, 0, 2]
    assert last.step.tolist() == [0, 1, 0]


def test_newest_steps() -> None:
    """The newest steps come first, repeats are kept, and who has fewer has none there."""
    past = known(
        ("anna", "view", "cup", "08:00:00"),
        ("anna", "view", "tea", "10:00:00"),
        ("anna", "view", "tea", "10:00:01"),
        ("bo", "return", "tea", "10:00:00"),
    )
    names = past.catalogue.ids.to_pylist()
    steps = NewestSteps.of(Visits.of(past), 2, 4)
    assert steps.filled.tolist() == [[True, True, True, False], [False] * 4]
    assert [names[item] for item in steps.item[0, :3]] == ["tea", "tea", "cup"]


@pytest.mark.parametrize("seed", [1, 2])
def test_against_plain_python(seed: int) -> None:
    """Random events of all kinds give the visits that a slow walk over them gives."""
    past = history(random_events(seed, 300, days=3), moment("2024-01-04T00:00Z"))
    found: list[list[int]] = []
    for customer in range(len(past)):
        before: tuple[int, int, float] | None = None
        for row in range(past.boundaries[customer], past.boundaries[customer + 1]):
            if not touches(past, row):
                continue
            item, kind, age = int(past.item[row]), int(past.kind[row]), float(past.age_days[row])
            if before is None or round((before[2] - age) * 1440) > 30:
                found.append([item])
            elif not (before[0] == item and before[1] != kind):
                found[-1].append(item)
            before = (item, kind, age)
    visits = Visits.of(past)
    assert [part.tolist() for part in np.split(visits.item, visits.boundaries[1:-1])] == found


def touches(past: History, row: int) -> bool:
    """Whether an event is a touch, by name."""
    return KINDS[past.kind[row]] in {"view", "favorite", "cart", "purchase"}
