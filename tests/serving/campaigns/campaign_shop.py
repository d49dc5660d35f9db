"""A small shop with a list, a campaign to it, and people who order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from features.events.checks import check_rows
from features.events.event import EVENT_FIELDS
from serving.campaigns.work import create
from serving.database.inbox import Inbox
from serving.database.marketing.campaigns import Campaign, Campaigns
from serving.database.marketing.lists import FrozenList
from serving.desk.workroom import Workroom
from tests.serving.lists.listed_shop import crowd, frozen, groups, open_room
from tests.serving.published_shop import NOW

PEOPLE = 300

_numbers = count(1)


@contextmanager
def campaign_room(folder: Path, database_url: str | None = None, people: int = PEOPLE) -> Iterator[Workroom]:
    """A workroom of a shop with so many customers."""
    with open_room(folder / "shop", database_url, crowd(people)) as room:
        yield room


def at(room: Workroom, moment: datetime) -> Workroom:
    """The same at another moment."""
    return replace(room, clock=lambda: moment)


def days(number: float) -> datetime:
    """So many days after the shop's noon."""
    return NOW + timedelta(days=number)


def made_list(room: Workroom, **said: Any) -> FrozenList:
    """A list of everybody with a large control group."""
    return frozen(room, **{"control_share": 0.3, **said})


def made(room: Workroom, **said: Any) -> Campaign:
    """A campaign that was just made."""
    campaign_id = f"campaign-{next(_numbers)}"
    create(room, {"name": "spring", "channel": "email", **said}, "k1", campaign_id)
    return Campaigns(room.database).get(campaign_id)


def arms(room: Workroom, header: FrozenList) -> tuple[list[str], list[str]]:
    """Ids of those who are written to, and of the control group."""
    of = groups(room, header)
    return tuple([who for who, group in of.items() if group == wanted] for wanted in ("treatment", "control"))  # type: ignore[return-value]


def order(room: Workroom, people: Sequence[str], moment: datetime, price: str = "10.00", **fields: Any) -> None:
    """Some people order a kettle each, over HTTP."""
    rows = [
        {
            "event_id": f"e{next(_numbers)}",
            **({"visitor_id": who.removeprefix("visitor:")} if who.startswith("visitor:") else {"customer_id": who}),
            "item_id": "kettle",
            "kind": "purchase",
            "occurred_at": moment.isoformat(),
            "unit_price": price,
            **fields,
        }
        for who in people
    ]
    found = check_rows(rows, EVENT_FIELDS, timezone=None, now=moment)
    if found.rejections:
        raise ValueError(found.rejections[0].message)
    Inbox(room.database).put(found.rows, moment)
