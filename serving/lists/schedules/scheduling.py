"""Saying that a list is to be made again and again, and that it no longer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from features.errors import HuitouError
from serving.database.access.audit import Audit
from serving.database.marketing.schedules import ListSchedule, ListSchedules
from serving.desk.workroom import Workroom
from serving.lists.request import ListRequest
from serving.lists.schedules.rhythm import Rhythm


def schedule(room: Workroom, said: Mapping[str, Any], rhythm: Mapping[str, Any], actor: str) -> ListSchedule:
    """Have a list made again and again, in place of the schedule of the same name; written down.

    Raises :class:`HuitouError` for a request that makes no sense, or that names ids: they would grow old.
    """
    merchant = said.get("merchant")
    # Looked at first: a list that was made tells only how many ids there were.
    if isinstance(merchant, Mapping) and merchant.get("customer_ids") is not None:
        raise HuitouError(
            "a schedule takes a merchant's rule, not ids: they would be the same for ever. Name a filter.",
            field="merchant.customer_ids",
        )
    request, often = ListRequest.read(said), Rhythm.read(rhythm)
    now = room.clock()
    next_at = often.next_after(now, room.shop.settings.timezone)
    made = ListSchedule(request.name, request.told(), often.told(), next_at, now, actor)
    ListSchedules(room.database).put(made)
    Audit(room.database).add(actor, "list.schedule", request.name, {"rhythm": often.told()}, now)
    return made


def unschedule(room: Workroom, name: str, actor: str) -> None:
    """Make a list no more; raises :class:`HuitouError` where it has no schedule."""
    ListSchedules(room.database).remove(name)
    Audit(room.database).add(actor, "list.unschedule", name, {}, room.clock())
