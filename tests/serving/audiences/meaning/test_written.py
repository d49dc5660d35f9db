"""To whom campaigns wrote, before the snapshot and since."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.moments import day_number
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh
from serving.audiences.matching import matching
from serving.snapshot_parts.audience.contacts import NONE, Contacts
from tests.serving.audiences.audience_shop import NOW, TODAY, AudienceShop


def rows(made: AudienceShop, said: Any, since: Contacts) -> list[int]:
    """Rows of those who were written to."""
    fresh = Fresh(Fresh.nothing().events, since)
    return np.flatnonzero(matching(made.snapshot, parse_filter({"contacted": said}), fresh, NOW)).tolist()


def test_contacts_since_the_snapshot(made: AudienceShop) -> None:
    """They count with the others, by day, channel and campaign, and their campaigns have codes of their own."""
    before = rows(made, True, Contacts.none())
    nobody = next(row for row in range(len(made.snapshot.customers)) if row not in before)
    since = Contacts(
        row=np.array([nobody, before[0]]),
        contacted_us=np.zeros(2, dtype=np.int64),
        day=np.array([day_number(TODAY), day_number(TODAY) + 3]),
        channel=np.array([1, NONE]),
        campaign=np.array([0, NONE]),
        campaigns=("winter",),
    )
    assert rows(made, True, since) == sorted([*before, nobody])
    assert rows(made, {"campaign": "winter"}, since) == [nobody]
    assert rows(made, {"campaign": "winter", "channel": "sms"}, since) == [nobody]
    assert rows(made, {"campaign": "winter", "channel": "email"}, since) == []
    assert rows(made, {"since": "today+3"}, since) == [before[0]]


def test_who_was_left_alone_was_not_written_to(made: AudienceShop) -> None:
    """The control arm, contacts that were not known yet, and those of strangers are not there."""
    kept = made.contacts.to_pylist()
    written = {row["customer_id"] for row in kept if row["arm"] == "treated"}
    found = {made.snapshot.customers.id(row) for row in rows(made, True, Contacts.none())}
    assert found < written
    assert "nobody here" in written
