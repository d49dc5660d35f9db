"""What share of all people no campaign writes to, so that there is always somebody to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.counters import HOLDOUT_SET, next_number
from serving.database.marketing_tables import HELD_OUT

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
            return [*map(_held, connection.execute(select(HELD_OUT).order_by(HELD_OUT.c.since_us)))]

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
        newest = select(HELD_OUT).order_by(HELD_OUT.c.since_us.desc()).limit(1)
        with told(), self._engine.begin() as connection:
            # One after the other, or two first ones would draw people with two salts.
            next_number(connection, HOLDOUT_SET)
            before = connection.execute(newest).one_or_none()
            row = {
                "since_us": max(microseconds(now), 0 if before is None else before.since_us + 1),
                "share": float(share),
                "salt": new_salt() if before is None else before.salt,
                "changed_by": changed_by,
            }
            connection.execute(insert(HELD_OUT).values(row))
            return _held(connection.execute(newest).one())


def _held(row: Row[Any]) -> HeldOut:
    return HeldOut(row.share, row.salt, moment_of(row.since_us), row.changed_by)
