"""Visitors who turned out to be customers: joined at once for live answers, for good by the warehouse, and undone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine, delete, insert, select, update

from features.errors import HuitouError
from features.events.event import VISITOR_PREFIX, with_person
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.counters import MERGES_CHANGED, newest_number, next_number
from serving.database.people.erased import refuse_erased
from serving.database.tables import MERGED

WAITING, MOVED, LEAVING = "waiting", "moved", "leaving"
"""The warehouse does not know yet; it knows; the merge is being undone, and no longer counts."""


@dataclass(frozen=True)
class Merge:
    """One visitor and the customer whom it belongs to."""

    visitor: str
    """The visitor as stored, with the prefix."""
    customer_id: str
    """The customer."""
    merged_at: datetime
    """When it was said."""
    state: str
    """``waiting``, ``moved`` or ``leaving``."""
    moved: tuple[str, ...]
    """Ids of the visitor's events that the warehouse holds, or is about to hold, as the customer's."""

    @property
    def visitor_id(self) -> str:
        """The visitor's own id, without the prefix."""
        return self.visitor.removeprefix(VISITOR_PREFIX)


class Merged:
    """The merged visitors of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def join(self, visitor_id: str, customer_id: str, now: datetime) -> Merge:
        """Merge a visitor into a customer; saying it again changes nothing.

        Raises :class:`HuitouError` when the visitor belongs to another customer, or one of the two was deleted.
        """
        if customer_id.startswith(VISITOR_PREFIX):
            raise HuitouError(
                f"a visitor is merged into a customer; got {customer_id!r}, which is a visitor. Name the customer.",
                field="customer_id",
                value=customer_id,
            )
        visitor = VISITOR_PREFIX + visitor_id
        with told(), self._engine.begin() as connection:
            refuse_erased(connection, (customer_id, visitor))
            found = _find(connection, visitor)
            if found is None:
                row = {"visitor": visitor, "customer_id": customer_id, "merged_us": microseconds(now)}
                connection.execute(insert(MERGED).values(**row, state=WAITING, moved="[]"))
            elif found.customer_id != customer_id:
                raise _belongs_to(found)
            elif found.state == LEAVING:
                _set(connection, visitor, {"state": WAITING})
            if found is None or found.state == LEAVING:
                next_number(connection, MERGES_CHANGED)
        if found is None:
            return Merge(visitor, customer_id, now, WAITING, ())
        return replace(found, state=WAITING) if found.state == LEAVING else found

    def leave(self, visitor_id: str, customer_id: str) -> Merge:
        """Undo a merge: from now on live answers know the two apart, and the warehouse follows.

        Raises :class:`HuitouError` when the visitor is not merged into this customer.
        """
        visitor = VISITOR_PREFIX + visitor_id
        with told(), self._engine.begin() as connection:
            found = _find(connection, visitor)
            if found is None or found.customer_id != customer_id:
                raise HuitouError(
                    f"visitor {visitor_id!r} is not merged into customer {customer_id!r}; there is nothing to undo.",
                    code="not_found",
                    field="visitor_id",
                    value=visitor_id,
                )
            if found.state != LEAVING:
                _set(connection, visitor, {"state": LEAVING})
                next_number(connection, MERGES_CHANGED)
        return replace(found, state=LEAVING)

    def of_visitor(self, visitor: str) -> Merge | None:
        """The merge of a visitor as stored, also one that is being undone; None where there is none."""
        with told(), self._reader.connect() as connection:
            return _find(connection, visitor)

    def of_customer(self, customer_id: str) -> list[Merge]:
        """Every merge into a customer, also those that are being undone, by visitor."""
        return self._select(MERGED.c.customer_id == customer_id)

    def in_force(self) -> dict[str, str]:
        """The customer of each merged visitor (as stored), without those that are being undone."""
        return {merge.visitor: merge.customer_id for merge in self._select(MERGED.c.state != LEAVING)}

    def version(self) -> int:
        """A number that rises whenever :meth:`in_force` changes, in the same transaction."""
        with told(), self._reader.connect() as connection:
            return newest_number(connection, MERGES_CHANGED)

    def unsettled(self) -> list[Merge]:
        """The merges that the warehouse does not know yet or has to undo."""
        return self._select(MERGED.c.state.in_([WAITING, LEAVING]))

    def plan(self, visitor: str, event_ids: Collection[str]) -> None:
        """Note the events that are about to be stored as the customer's; it comes before they are.

        A process that is killed in between has noted ids that are still the visitor's, which harms nothing.
        """
        with told(), self._engine.begin() as connection:
            found = _find(connection, visitor)
            if found is not None and event_ids:
                _set(connection, visitor, {"moved": _listed({*found.moved, *event_ids})})

    def settle(self, visitor: str) -> None:
        """Note that the warehouse knows of a merge; one that is being undone by now stays so."""
        with told(), self._engine.begin() as connection:
            condition = (MERGED.c.visitor == visitor) & (MERGED.c.state == WAITING)
            connection.execute(update(MERGED).where(condition).values(state=MOVED))

    def unsettle(self, visitors: Collection[str]) -> None:
        """Note that the warehouse got more events of some merged visitors, from a file or a backup."""
        with told(), self._engine.begin() as connection:
            for visitor in visitors:
                condition = (MERGED.c.visitor == visitor) & (MERGED.c.state == MOVED)
                connection.execute(update(MERGED).where(condition).values(state=WAITING))

    def forget(self, visitor: str) -> None:
        """Forget a merge that was undone everywhere; one that was said again by now stays, with nothing moved."""
        with told(), self._engine.begin() as connection:
            _set(connection, visitor, {"moved": "[]"})
            connection.execute(delete(MERGED).where((MERGED.c.visitor == visitor) & (MERGED.c.state == LEAVING)))

    def adopt(self, events: pa.Table) -> pa.Table:
        """Events on their way into the warehouse (``EVENT_SCHEMA``), those of merged visitors as their customers'.

        ``visitor_id`` stays as it is, and the ids are noted first, so that undoing gives these events back, too.
        """
        people = with_person(events)["customer_id"]
        merges = self.among(pc.unique(people).to_pylist())
        customers = people.to_pylist()
        for merge in merges:
            mine = [place for place, person in enumerate(customers) if person == merge.visitor]
            self.plan(merge.visitor, events["event_id"].take(pa.array(mine)).to_pylist())
        owner = {merge.visitor: merge.customer_id for merge in merges}
        if not owner:
            return events
        given = events["customer_id"].to_pylist()
        owned = [owner.get(person, mine) for person, mine in zip(customers, given, strict=True)]
        place = events.schema.get_field_index("customer_id")
        return events.set_column(place, events.schema.field(place), pa.array(owned, pa.string()))

    def among(self, people: Iterable[str]) -> list[Merge]:
        """The merges of those of ``people`` who are merged visitors, without those that are being undone."""
        visitors = [each for each in people if each.startswith(VISITOR_PREFIX)]
        found: list[Merge] = []
        for start in range(0, len(visitors), 500):
            mine = MERGED.c.visitor.in_(visitors[start : start + 500])
            found += self._select(mine & (MERGED.c.state != LEAVING))
        return found

    def _select(self, condition: Any) -> list[Merge]:
        query = select(MERGED).where(condition).order_by(MERGED.c.visitor)
        with told(), self._reader.connect() as connection:
            return [_merge(row) for row in connection.execute(query)]


def _find(connection: Connection, visitor: str) -> Merge | None:
    row = connection.execute(select(MERGED).where(MERGED.c.visitor == visitor)).one_or_none()
    return None if row is None else _merge(row)


def _set(connection: Connection, visitor: str, values: dict[str, Any]) -> None:
    connection.execute(update(MERGED).where(MERGED.c.visitor == visitor).values(values))


def _merge(row: Any) -> Merge:
    merged_at = moment_of(row.merged_us)
    return Merge(row.visitor, row.customer_id, merged_at, row.state, tuple(json.loads(row.moved)))


def _belongs_to(found: Merge) -> HuitouError:
    until = "is just leaving" if found.state == LEAVING else "belongs to"
    return HuitouError(
        f"visitor {found.visitor_id!r} {until} another customer. Undo that merge first, and try again when it is gone.",
        code="conflict",
        field="visitor_id",
        value=found.visitor_id,
        hint="DELETE /v1/customers/{id}/merge?visitor_id=...",
    )


def _listed(ids: Iterable[str]) -> str:
    return json.dumps(sorted(ids), ensure_ascii=False)
