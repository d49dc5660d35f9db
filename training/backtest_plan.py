"""Where a backtest looks: the past moments it pretends to be at, and how far it looks from each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.reader import Extent
from training.cutoffs import local_midnight, shifted
from training.horizon import chosen_horizon_days

USUAL_CUTOFFS = 4
"""So many cutoffs are laid when nobody asks for a number."""

MOST_CUTOFFS = 100
"""At most so many cutoffs are laid."""

HISTORY_PER_HORIZON = 1.5
"""A cutoff that is laid has so many horizons of history: one until the newest training label is complete, and half a
horizon for the features of that training cutoff."""

STEPS_PER_HORIZON = (1, 3)
"""Cutoffs are a horizon apart, or a third of one where the history has no room for that."""


@dataclass(frozen=True)
class BacktestPlan:
    """Where a backtest looks."""

    cutoffs: tuple[datetime, ...]
    """The moments between what is known and what is predicted, oldest first; at least one."""
    horizon_days: int
    """How far each looks ahead, in days of the shop."""
    notes: tuple[str, ...] = ()
    """What a reader should know about them: why there are fewer than asked for, which labels are not complete."""

    @classmethod
    def asked(
        cls, behaviour: Behaviour, said: Sequence[str] = (), wanted: int | None = None, horizon_days: int | None = None
    ) -> BacktestPlan:
        """The cutoffs that people ``said``, or as many as are ``wanted`` before the last event.

        Raises :class:`HuitouError` when both are given, or one of them makes no sense.
        """
        if said and wanted is not None:
            raise HuitouError(
                f"either cutoffs or their number can be given; got {len(said)} and {wanted}. Leave out --cutoffs.",
                field="cutoffs",
                value=wanted,
            )
        if said:
            return cls.at(behaviour, [moment(text, behaviour.settings.timezone) for text in said], horizon_days)
        return cls.rolling(behaviour, USUAL_CUTOFFS if wanted is None else wanted, horizon_days)

    @classmethod
    def at(cls, behaviour: Behaviour, moments: Sequence[datetime], horizon_days: int | None = None) -> BacktestPlan:
        """A plan of given moments; the horizon is the one that the shop would have had at the oldest of them.

        Raises :class:`HuitouError` when nothing was known before one of them.
        """
        cutoffs = tuple(sorted(set(moments)))
        extent = behaviour.reader.extent()
        if extent.first is None or extent.first >= cutoffs[0]:
            raise HuitouError(
                f"cutoff must be after the shop's first event ({extent.first or 'there are none'}); got {cutoffs[0]}. "
                "Choose a later one.",
                field="cutoff",
                value=str(cutoffs[0]),
            )
        horizon = chosen_horizon_days(behaviour, cutoffs[0], horizon_days)
        return cls(cutoffs, horizon, _incomplete(cutoffs, horizon, extent, behaviour.settings.timezone))

    @classmethod
    def rolling(cls, behaviour: Behaviour, wanted: int, horizon_days: int | None = None) -> BacktestPlan:
        """The last ``wanted`` cutoffs whose labels are complete, or as many as the history has room for."""
        if not 1 <= wanted <= MOST_CUTOFFS:
            raise HuitouError(
                f"cutoffs must be between 1 and {MOST_CUTOFFS}; got {wanted}. Leave it out for {USUAL_CUTOFFS}.",
                field="cutoffs",
                value=wanted,
            )
        extent, timezone = behaviour.reader.extent(), behaviour.settings.timezone
        if extent.first is None or extent.last is None:
            raise HuitouError("a backtest needs events; this shop has none. Import events first.", code="no_events")
        # How far to look is the question that is asked, not an answer: it may know the whole history.
        horizon = chosen_horizon_days(behaviour, extent.last, horizon_days)
        newest = shifted(local_midnight(extent.last, timezone), -horizon, timezone)
        if newest <= extent.first:
            raise HuitouError(
                f"a backtest needs more than one horizon of history; got {(extent.last - extent.first).days} days for "
                f"a horizon of {horizon}. Choose a shorter --horizon-days.",
                field="horizon_days",
                value=horizon,
            )
        laid: list[datetime] = []
        step_days = horizon
        for parts in STEPS_PER_HORIZON:
            if len(laid) < wanted:
                step_days = -(-horizon // parts)
                laid = _laid(extent.first, newest, step_days, horizon, timezone)[:wanted]
        notes = (_fewer(wanted, len(laid), step_days, horizon, extent),) if len(laid) < wanted else ()
        return cls(tuple(laid[::-1]) or (newest,), horizon, notes)


def moment(text: str, timezone: str) -> datetime:
    """A moment as people write it; without a zone it is the shop's time, without an hour its midnight."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        raise HuitouError(
            f"cutoff must be a moment; got {text!r}. Write it as 2025-09-01 or 2025-09-01T10:00:00+08:00.",
            field="cutoff",
            value=text,
        ) from None
    return said if said.tzinfo else said.replace(tzinfo=ZoneInfo(timezone))


def _laid(first: datetime, newest: datetime, step_days: int, horizon_days: int, timezone: str) -> list[datetime]:
    """Cutoffs from the newest back, as many as have enough history, at most :data:`MOST_CUTOFFS`."""
    history_days = math.ceil(horizon_days * HISTORY_PER_HORIZON)
    moments = (shifted(newest, -step_days * place, timezone) for place in range(MOST_CUTOFFS))
    return [cutoff for cutoff in moments if first <= shifted(cutoff, -history_days, timezone)]


def _fewer(wanted: int, found: int, step_days: int, horizon_days: int, extent: Extent) -> str:
    """Why there are fewer cutoffs than wanted."""
    days = (extent.last - extent.first).days if extent.first and extent.last else 0
    apart = f", {step_days} days apart" if found > 1 else ""
    room = f"room for {found}{apart}" if found else "room for none that a model can be trained before; one is shown"
    return (
        f"{wanted} cutoffs were asked for; a history of {days} days has {room}: each needs "
        f"{HISTORY_PER_HORIZON:g} horizons of {horizon_days} days before it and one after it"
    )


def _incomplete(cutoffs: Sequence[datetime], horizon_days: int, extent: Extent, timezone: str) -> tuple[str, ...]:
    """One sentence for each cutoff whose label window goes beyond the last event."""
    return tuple(
        f"the horizon after {cutoff:%Y-%m-%d} is not over: the last event is of {extent.last:%Y-%m-%d}, so some who "
        "count as lost may still order"
        for cutoff in cutoffs
        if extent.last is not None and local_midnight(extent.last, timezone) < shifted(cutoff, horizon_days, timezone)
    )
