"""Lists on their way to another system, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from features.errors import HuitouError
from features.events.event import EPOCH
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.marketing_tables import WEBHOOK_DELIVERIES

WAITING, SENT, FAILED = "waiting", "sent", "failed"
"""Something is still to be sent; everything arrived; it was given up."""


@dataclass(frozen=True)
class Delivery:
    """One list that is sent to one webhook."""

    delivery_id: str
    """Its id; the other system gets it with every batch."""
    webhook: str
    """The name of the webhook."""
    list_id: str
    """The list."""
    asked_at: datetime
    """When it was asked for."""
    asked_by: str
    """Who asked."""
    state: str = WAITING
    """``waiting``, ``sent`` or ``failed``."""
    sent_place: int = 0
    """The place on the list up to which everybody arrived."""
    attempts: int = 0
    """How often the next batch was tried in vain."""
    next_at: datetime = EPOCH
    """When it is tried next."""
    trouble: str | None = None
    """Why the last try failed."""


class WebhookDeliveries:
    """The deliveries of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def add(self, delivery: Delivery) -> None:
        """Add one."""
        row = vars(delivery) | {
            "asked_us": microseconds(delivery.asked_at),
            "next_us": microseconds(delivery.next_at),
        }
        del row["asked_at"], row["next_at"]
        with told(), self._engine.begin() as connection:
            connection.execute(insert(WEBHOOK_DELIVERIES).values(row))

    def get(self, delivery_id: str) -> Delivery:
        """The delivery of an id; raises :class:`HuitouError` when there is none."""
        query = select(WEBHOOK_DELIVERIES).where(WEBHOOK_DELIVERIES.c.delivery_id == delivery_id)
        with told(), self._reader.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise HuitouError(
                f"there is no delivery {delivery_id!r}.",
                code="not_found",
                field="delivery_id",
                value=delivery_id,
            )
        return _delivery(row)

    def of_list(self, list_id: str) -> list[Delivery]:
        """The deliveries of one list, the newest first."""
        query = select(WEBHOOK_DELIVERIES).where(WEBHOOK_DELIVERIES.c.list_id == list_id)
        with told(), self._reader.connect() as connection:
            return [*map(_delivery, connection.execute(query.order_by(WEBHOOK_DELIVERIES.c.asked_us.desc())))]

    def due(self, now: datetime) -> list[Delivery]:
        """Those with something to send now, the longest waiting first."""
        query = select(WEBHOOK_DELIVERIES).where(
            WEBHOOK_DELIVERIES.c.state == WAITING, WEBHOOK_DELIVERIES.c.next_us <= microseconds(now)
        )
        with told(), self._reader.connect() as connection:
            return [*map(_delivery, connection.execute(query.order_by(WEBHOOK_DELIVERIES.c.asked_us)))]

    def arrived(self, delivery_id: str, sent_place: int, is_all: bool) -> None:
        """Note that everybody up to a place arrived."""
        state = SENT if is_all else WAITING
        self._set(delivery_id, {"sent_place": sent_place, "state": state, "attempts": 0, "trouble": None})

    def failed(self, delivery_id: str, attempts: int, trouble: str, next_at: datetime | None) -> None:
        """Note that a try failed; without a next one it is given up."""
        changed: dict[str, Any] = {"attempts": attempts, "trouble": trouble}
        changed |= {"state": FAILED} if next_at is None else {"next_us": microseconds(next_at)}
        self._set(delivery_id, changed)

    def again(self, delivery_id: str, now: datetime) -> None:
        """Go on with one that was given up, from where it stopped."""
        self._set(delivery_id, {"state": WAITING, "attempts": 0, "next_us": microseconds(now)})

    def _set(self, delivery_id: str, changed: dict[str, Any]) -> None:
        at = WEBHOOK_DELIVERIES.c.delivery_id == delivery_id
        with told(), self._engine.begin() as connection:
            connection.execute(update(WEBHOOK_DELIVERIES).where(at).values(changed))


def _delivery(row: Row[Any]) -> Delivery:
    said = dict(row._mapping)
    asked_at, next_at = (moment_of(said.pop(f"{name}_us")) for name in ("asked", "next"))
    return Delivery(**said, asked_at=asked_at, next_at=next_at)
