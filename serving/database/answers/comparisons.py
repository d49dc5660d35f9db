"""Comparisons of two snapshots: each customer sees one of the two, always the same one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any

from sqlalchemy import Engine, insert, select, update

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.tables import COMPARISONS

SIDES = ("a", "b")
"""What is usual, and what is tried."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_STEPS = 2**64


@dataclass(frozen=True)
class Comparison:
    """Two snapshots, and who sees which."""

    name: str
    """Its name; with a customer's id it says which side the customer sees."""
    snapshot_a: str
    """The snapshot of side a."""
    snapshot_b: str
    """The snapshot of side b."""
    share_b: float
    """The share of the customers who see side b, above 0 and below 1."""
    started: datetime
    """Since when."""
    ended: datetime | None = None
    """Until when; None while it runs."""

    def side(self, person: str) -> str:
        """``a`` or ``b``: the same for a person at all times and on every host, independent of other names."""
        digest = blake2b(person.encode("utf-8", "surrogatepass"), digest_size=8, key=self._key).digest()
        return "b" if int.from_bytes(digest, "little") < self.share_b * _STEPS else "a"

    def arm(self, side: str) -> str:
        """How a side is told in what is stored of answers."""
        return f"{self.name}:{side}"

    @cached_property
    def snapshots(self) -> Mapping[str, str]:
        """The id of the snapshot of each side."""
        return {"a": self.snapshot_a, "b": self.snapshot_b}

    @cached_property
    def _key(self) -> bytes:
        # A name has at most 64 characters of ASCII, which is the longest key there is.
        return self.name.encode()


class Comparisons:
    """The comparisons of one shop, of which at most one runs at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def start(self, name: str, snapshots: Mapping[str, str], share_b: float, now: datetime) -> Comparison:
        """Begin; raises :class:`HuitouError` for a name that was used, or while another comparison runs."""
        made = _checked(Comparison(name, snapshots["a"], snapshots["b"], share_b, now))
        row = {
            "name": name,
            "snapshot_a": made.snapshot_a,
            "snapshot_b": made.snapshot_b,
            "share_b": share_b,
            "started_us": microseconds(now),
        }
        with told(), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # SQLite has one writer anyway; here two that start at once must wait for each other.
                connection.exec_driver_sql(f"lock table {COMPARISONS.name} in share row exclusive mode")
            before = [_comparison(found) for found in connection.execute(select(COMPARISONS))]
            _check_free(name, before)
            connection.execute(insert(COMPARISONS).values(row))
        return made

    def renew(self, name: str, snapshots: Mapping[str, str]) -> Comparison:
        """Let sides of a running comparison answer from newer snapshots; everybody keeps their side."""
        found = self._expect_running(name)
        both = {**found.snapshots, **snapshots}
        renewed = _checked(Comparison(name, both["a"], both["b"], found.share_b, found.started))
        self._set(name, {"snapshot_a": renewed.snapshot_a, "snapshot_b": renewed.snapshot_b})
        return renewed

    def stop(self, name: str, now: datetime) -> Comparison:
        """End it: from now on everybody sees what is published."""
        self._expect_running(name)
        self._set(name, {"ended_us": microseconds(now)})
        return self.get(name)

    def running(self) -> Comparison | None:
        """The comparison that runs, if any."""
        return next((found for found in self.all() if found.ended is None), None)

    def pinned(self) -> tuple[str, ...]:
        """Ids of the snapshots that a running comparison needs: they must not be cleaned away."""
        found = self.running()
        return () if found is None else tuple(found.snapshots.values())

    def all(self) -> list[Comparison]:
        """Every comparison, the newest first."""
        query = select(COMPARISONS).order_by(COMPARISONS.c.started_us.desc(), COMPARISONS.c.name)
        with told(), self._reader.connect() as connection:
            return [_comparison(row) for row in connection.execute(query)]

    def get(self, name: str) -> Comparison:
        """The comparison of a name; raises :class:`HuitouError` when there is none."""
        found = {comparison.name: comparison for comparison in self.all()}
        if name not in found:
            raise HuitouError(
                f"comparison must be one of {', '.join(found) or '(none was started)'}; got {name!r}.",
                code="not_found",
                field="name",
                value=name,
                allowed=list(found),
            )
        return found[name]

    def _expect_running(self, name: str) -> Comparison:
        found = self.get(name)
        if found.ended is not None:
            raise HuitouError(
                f"comparison {name!r} must be running; it ended on {found.ended:%Y-%m-%d %H:%M} UTC. "
                "Start another one under a new name.",
                field="name",
                value=name,
            )
        return found

    def _set(self, name: str, values: Mapping[str, Any]) -> None:
        with told(), self._engine.begin() as connection:
            connection.execute(update(COMPARISONS).where(COMPARISONS.c.name == name).values(values))


def _checked(comparison: Comparison) -> Comparison:
    if not _NAME.fullmatch(comparison.name):
        raise HuitouError(
            f"the name of a comparison must have 1 to 64 letters, digits, - or _; got {comparison.name!r}.",
            field="name",
            value=comparison.name,
        )
    if not 0 < comparison.share_b < 1:
        raise HuitouError(
            f"share_b must be above 0 and below 1; got {comparison.share_b}. Use 0.5 to learn soonest.",
            field="share_b",
            value=comparison.share_b,
        )
    if comparison.snapshot_a == comparison.snapshot_b:
        raise HuitouError(
            f"a and b must be two snapshots; got {comparison.snapshot_a} twice. "
            "Make another one with: huitou publish --aside",
            field="b",
            value=comparison.snapshot_b,
        )
    return comparison


def _check_free(name: str, before: list[Comparison]) -> None:
    running = next((found.name for found in before if found.ended is None), None)
    if running is not None:
        raise HuitouError(
            f"only one comparison can run; {running!r} does. End it with: huitou compare stop {running}",
            code="busy",
            field="name",
            value=name,
        )
    if name in {found.name for found in before}:
        raise HuitouError(
            f"the name of a comparison must be new; {name!r} was used. Choose another one, "
            "so that customers are divided anew.",
            field="name",
            value=name,
        )


def _comparison(row: Any) -> Comparison:
    ended = None if row.ended_us is None else moment_of(row.ended_us)
    return Comparison(row.name, row.snapshot_a, row.snapshot_b, row.share_b, moment_of(row.started_us), ended)
