"""What happened since the snapshot, as arrays."""

from __future__ import annotations

from serving.audiences.fresh import Fresh, FreshEvents


def test_events_are_joined_in_order() -> None:
    """Later events come behind earlier ones, and no events are no rows."""
    first = FreshEvents.of([(0, 2, 5, 1_000, 20_000), (3, 0, 1, 2_000, 20_000)])
    both = first.and_more(FreshEvents.of([(1, 2, 5, 3_000, 20_001)]))
    assert both.row.tolist() == [0, 3, 1]
    assert both.day.tolist() == [20_000, 20_000, 20_001]
    assert len(both) == 3
    assert len(first.and_more(FreshEvents.of(()))) == 2
    assert len(Fresh.nothing().events) == len(Fresh.nothing().contacts.row) == 0
