"""Who was written to lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from serving.care.messages import Messages
from serving.care.rules import Cap
from serving.care.same_people import SamePeople
from serving.care.snapshot_people import SnapshotPeople
from serving.database.marketing.contact_log import Contact, ContactLog
from tests.serving.care.care_shop import LATER, CareShop, care_shop, contacts_table
from tests.serving.published_shop import AS_OF, Person

NOBODY_TWICE = SamePeople(2, np.zeros((0, 2), dtype=np.int64))


@pytest.fixture
def small(tmp_path: Path, database_url: str | None) -> Iterator[CareShop]:
    contacts = contacts_table([("anna", "email", 10, "treated"), ("anna", "sms", 20, "control")])
    with care_shop(tmp_path / "shop", [Person("anna"), Person("ben")], database_url, contacts) as opened:
        yield opened


def test_a_contact_counts_once(small: CareShop) -> None:
    """What the snapshot holds is not counted again from the log, what is newer is, also when it came late."""
    messages = Messages(small.snapshot, SnapshotPeople(small.snapshot), ContactLog(small.database))
    log = ContactLog(small.database)
    log.append([Contact("old", "anna", AS_OF - timedelta(days=10), channel="email")], AS_OF - timedelta(days=9))
    log.mark_stored(log.take(10))
    messages.refresh({})
    cap = Cap(most=2, within_days=30)
    assert not messages.reached(cap, NOBODY_TWICE, LATER).any()
    log.append([Contact("late", "anna", AS_OF - timedelta(days=3), channel="email")], LATER)
    messages.refresh({})
    messages.refresh({})
    assert messages.reached(cap, NOBODY_TWICE, LATER).tolist() == [True, False]
    assert not messages.reached(Cap(most=3, within_days=30), NOBODY_TWICE, LATER).any()
    assert not messages.reached(cap, NOBODY_TWICE, LATER, "sms").any()


def test_messages_to_a_visitor_are_the_customers(small: CareShop) -> None:
    """A message to a visitor whom the snapshot does not hold counts for the customer whom it was merged into."""
    messages = Messages(small.snapshot, SnapshotPeople(small.snapshot), ContactLog(small.database))
    ContactLog(small.database).append([Contact("k", "visitor:v", LATER, channel="app")], LATER)
    messages.refresh({"visitor:v": "ben"})
    assert messages.within(1, NOBODY_TWICE, LATER).tolist() == [False, True]
