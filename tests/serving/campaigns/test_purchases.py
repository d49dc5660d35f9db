"""Lines from the warehouse and from what has just arrived: in one shape, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.events.traded import TRADED
from serving.absorb import absorb
from serving.campaigns.purchases import purchases
from serving.database.inbox import Inbox
from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import campaign_room, days, order
from tests.serving.published_shop import NOW


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path, None, 10) as opened:
        yield opened


def test_old_and_fresh_lines_look_alike(room: Workroom) -> None:
    """The same line is told the same before and after it was moved."""
    order(room, ["c00001"], days(1), "12.50", order_id="o1", quantity=2)
    fresh = purchases(room, NOW, days(2))
    absorb(room.shop, Inbox(room.database))
    stored = purchases(room, NOW, days(2))
    assert fresh.schema == stored.schema == TRADED
    assert fresh.to_pylist() == stored.to_pylist()
    assert fresh.to_pylist()[0]["price"] == 12.5
    assert (
        fresh.to_pylist()[0]["local_day"] == (days(1).date() - days(0).date().replace(year=1970, month=1, day=1)).days
    )


def test_a_period_ends_before_its_end(room: Workroom) -> None:
    """From the first moment on and before the last, in the warehouse and in the inbox."""
    order(room, ["c00001"], days(1))
    order(room, ["c00002"], days(2))
    for _ in range(2):
        assert purchases(room, days(1), days(2))["customer_id"].to_pylist() == ["c00001"]
        absorb(room.shop, Inbox(room.database))


def test_visitors_are_the_customers_they_are(room: Workroom) -> None:
    """As soon as it is said."""
    order(room, ["visitor:v1", "c00003"], days(1))
    Merged(room.database).join("v1", "c00003", NOW)
    assert purchases(room, NOW, days(2))["customer_id"].to_pylist() == ["c00003", "c00003"]


def test_nothing_counts_twice_while_it_is_moved(room: Workroom) -> None:
    """At every step of moving, also where the warehouse has a line that is not marked as moved yet."""
    order(room, ["visitor:v1", "c00003"], days(1))
    Merged(room.database).join("v1", "c00003", NOW)
    seen = {}
    absorb(
        room.shop,
        Inbox(room.database),
        lambda step: seen.update({step: purchases(room, NOW, days(2))["customer_id"].to_pylist()}),
    )
    assert seen == {step: ["c00003", "c00003"] for step in ("staged", "stored", "marked", "forgotten")}
