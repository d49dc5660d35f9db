"""What share of all people no campaign writes to, so that there is always somebody to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, select

from features.errors import HuitouError
from features.events.event import EPOCH
from serving.database.connection import told
from serving.database.marketing_tables import HELD_OUT
from serving.database.plain_rows import microseconds

MOST_SHARE = 0.5
"""No more than this can be held out."""


@dataclass(frozen=True)
class HeldOut:
    """The holdout in force."""

    share: float
    """Share of all people, 0 to ``MOST_SHARE``."""
    salt: str
    """What people are drawn with; it stays when the share changes."""
    since: datetime
    """Since when it is this share."""
    changed_by: str
    """Who set it: the id of a key, or the command line."""


class Holdout:
    """The holdout of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def get(self) -> HeldOut | None:
        """The holdout in force; None while none was ever set."""
        found = self.history()
        return found[-1] if found else None

    def history(self) -> list[HeldOut]:
        """Every share that was set, the oldest first."""
        with told(), self._reader.connect() as connection:
            rows = connection.execute(select(HELD_OUT).order_by(HELD_OUT.c.since_us)).all()
        return [
            HeldOut(row.share, row.salt, EPOCH + timedelta(microseconds=row.since_us), row.changed_by) for row in rows
        ]

    def set(self, share: float, now: datetime, changed_by: str, new_salt: Callable[[], str]) -> HeldOut:
        """Hold out a share from now on; who was in a smaller one stays in.

        Raises :class:`HuitouError` when the share makes no sense.
        """
        if not 0 <= share <= MOST_SHARE:  # also what is no number
            raise HuitouError(
                f"share must be between 0 and {MOST_SHARE}; got {share}. Use for example 0.05.",
                field="share",
                value=share,
                allowed=[0, MOST_SHARE],
            )
        before = self.get()
        since_us = microseconds(now)
        if before is not None:
            since_us = max(since_us, microseconds(before.since) + 1)
        salt = new_salt() if before is None else before.salt
        row = {"since_us": since_us, "share": float(share), "salt": salt, "changed_by": changed_by}
        with told(), self._engine.begin() as connection:
            connection.execute(insert(HELD_OUT).values(row))
        return HeldOut(float(share), salt, EPOCH + timedelta(microseconds=since_us), changed_by)
