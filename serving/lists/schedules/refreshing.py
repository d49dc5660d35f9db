"""Making lists anew: by hand, and by the mover when their time has come."""

from __future__ import annotations

from datetime import timedelta

from features.errors import HuitouError
from serving.database.access.audit import Audit
from serving.database.marketing.lists import FrozenList, FrozenLists
from serving.database.marketing.schedules import ListSchedule, ListSchedules
from serving.desk.workroom import Workroom
from serving.lists.frozen.freeze import freeze
from serving.lists.frozen.member_file import member_batches
from serving.lists.request import ListRequest, asked_again
from serving.lists.schedules.rhythm import Rhythm

SCHEDULE = "schedule"
"""Who makes lists whose time has come."""

NOT_BEFORE = timedelta(hours=1)
"""What could not be made is not tried again sooner."""

SNAPSHOT = "snapshot"
"""The rhythm of each publishing."""


def refresh(room: Workroom, list_id: str, actor: str) -> FrozenList:
    """Ask once more for what a list was made of; the answer is its next version.

    Where the merchant sent ids, those of the list's members stand for them. Raises as :func:`freeze` does.
    """
    before = FrozenLists(room.database).get(list_id)
    return freeze(room, asked_again(before.request, _merchant_ids(room, before)), actor)


def refresh_due(room: Workroom) -> None:
    """Make every list whose time has come.

    What cannot be made is noted with its schedule and tried at the next time. Raises :class:`HuitouError` with the
    first trouble after all were tried.
    """
    troubles = [trouble for due in ListSchedules(room.database).due(room.clock()) if (trouble := _made(room, due))]
    if troubles:
        raise troubles[0]


def _made(room: Workroom, due: ListSchedule) -> HuitouError | None:
    """Make one list; the trouble where that is not possible."""
    rhythm, schedules = Rhythm.read(due.rhythm), ListSchedules(room.database)
    next_at = rhythm.next_after(room.clock(), room.shop.settings.timezone)
    try:
        if rhythm.every == SNAPSHOT and _is_of(room, due.last_list_id):
            schedules.went(due.name, next_at, None, due.trouble)
            return None
        made = freeze(room, ListRequest.read(due.request), SCHEDULE)
    except HuitouError as error:
        if error.code == "busy":
            return error  # another process writes: tried again in the next round
        schedules.went(due.name, max(next_at, room.clock() + NOT_BEFORE), None, error.message)
        return HuitouError(f"the list {due.name!r} could not be made: {error.message}", code=error.code)
    schedules.went(due.name, next_at, made.list_id, None)
    details = {"version": made.version, "members": made.counts["members"]}
    Audit(room.database).add(SCHEDULE, "list.refresh", made.list_id, details, room.clock())
    return None


def _is_of(room: Workroom, list_id: str | None) -> bool:
    """Whether a list was made from the snapshot that is served."""
    return list_id is not None and FrozenLists(room.database).get(list_id).snapshot_id == room.snapshot.id


def _merchant_ids(room: Workroom, before: FrozenList) -> list[str]:
    if not isinstance(before.request.get("merchant", {}).get("customer_ids"), int):
        return []
    found: list[str] = []
    for rows in member_batches(room.shop, before, ["customer_id", "by_merchant"]):
        found += rows.filter(rows["by_merchant"])["customer_id"].to_pylist()
    return found
