"""The newest events of every customer: written by blocks, read for one or for several."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from features.events.event import EPOCH
from features.history import PURCHASE, VIEW, History
from serving.snapshot_parts.past_files import MOST_EVENTS, TYPES, Past, PastEvents, PastWriter, order_number
from tests.small_shop import events, history, moment

CUTOFF = moment("2025-03-11T00:00Z")


def some_history() -> History:
    """Two customers: one with a view and two order lines, one with a single view."""
    order = {"order_id": "o-1"}
    return history(
        events(
            ("anna", "view", "cup", "2025-03-01T08:00Z"),
            ("anna", "purchase", "tea", "2025-03-02T09:30Z", {"quantity": 3, "unit_price": 2.5, **order}),
            ("anna", "purchase", "cup", "2025-03-02T09:30Z", order),
            ("ben", "view", "tea", "2025-03-05T10:00Z"),
        ),
        CUTOFF,
    )


def written(folder: Path, *histories: History) -> Past:
    """The files of some histories, opened."""
    writer = PastWriter(folder)
    for each in histories:
        writer.add(each)
    writer.finish()
    return Past(folder)


def test_events_come_back_as_they_were(tmp_path: Path) -> None:
    """Kind, item, moment, price and order of each event are what the history said."""
    known = some_history()
    past = written(tmp_path, known)
    anna = past.of(0)
    assert anna.kind.tolist() == [VIEW, PURCHASE, PURCHASE]
    moments = [EPOCH + timedelta(microseconds=int(us)) for us in anna.occurred_us]
    assert moments == [moment("2025-03-01T08:00Z"), *[moment("2025-03-02T09:30Z")] * 2]
    assert sorted(anna.quantity.tolist()) == [1, 1, 3]
    assert np.isnan(anna.unit_price).sum() == 2
    assert anna.order[0] == -1
    assert anna.order[1] == anna.order[2] == order_number("o-1"), "two lines of one order"
    assert len(past.of(1)) == 1
    assert len(past) == 2


def test_several_customers_at_once(tmp_path: Path) -> None:
    """Reading several gives what reading each gives, one after another, across blocks."""
    past = written(tmp_path, some_history(), some_history())
    events, boundaries = past.of_several(np.array([1, 0, 3]))
    assert boundaries.tolist() == [0, 1, 4, 5]
    for name in TYPES:
        expected = np.concatenate([getattr(past.of(row), name) for row in (1, 0, 3)])
        np.testing.assert_array_equal(getattr(events, name), expected)


def test_only_the_newest_events_are_kept(tmp_path: Path) -> None:
    """Of somebody with very many events the newest are there, in order."""
    begin = moment("2025-03-01T00:00Z")
    times = [begin + timedelta(seconds=number) for number in range(MOST_EVENTS + 50)]
    rows = [("bot", "view", f"item {number % 7}", at) for number, at in enumerate(times)]
    kept = written(tmp_path, history(events(*rows), CUTOFF)).of(0)
    assert len(kept) == MOST_EVENTS
    assert (np.diff(kept.occurred_us) == 1_000_000).all()
    assert EPOCH + timedelta(microseconds=int(kept.occurred_us[-1])) == times[-1]


def test_nobody(tmp_path: Path) -> None:
    """A shop without customers has files, too."""
    past = written(tmp_path, some_history().part(0, 0))
    assert len(past) == 0


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is named."""
    written(tmp_path, some_history())
    (tmp_path / "past_item.npy").unlink()
    with pytest.raises(HuitouError, match=r"^past_item\.npy of snapshot .* cannot be used"):
        Past(tmp_path)


def test_numbers_of_orders() -> None:
    """Equal ids have equal numbers, other ids others; none has the number that says so."""
    numbers = [order_number(order_id) for order_id in ("o-1", "o-2", "订单", "")]
    assert len(set(numbers)) == 4
    assert all(0 <= number < 2**63 for number in numbers)
    assert order_number("o-1") == numbers[0]
    assert order_number(None) == -1


def test_parts_in_order_of_time(tmp_path: Path) -> None:
    """Events of several rows come in order of time; nothing at all is no events."""
    past = written(tmp_path, some_history())
    both = PastEvents.in_order_of_time([past.of(1), past.of(0)])
    assert len(both) == 4
    assert (np.diff(both.occurred_us) >= 0).all()
    assert len(PastEvents.in_order_of_time([])) == 0
