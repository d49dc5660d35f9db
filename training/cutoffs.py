"""When training looks at the shop, and until when its labels count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from features.errors import HuitouError


@dataclass(frozen=True)
class CutoffSettings:
    """How training cutoffs are laid."""

    most: int = 6
    """The largest number of cutoffs."""
    per_horizon: int = 3
    """How many cutoffs fall into one horizon; the step between them is a horizon over this, at least a day."""
    history_share: float = 1.0
    """History before the first cutoff, as a share of the horizon."""


def shifted(moment: datetime, days: int, timezone: str) -> datetime:
    """``moment`` moved by whole days of the shop, at the same time of its clock.

    A day in which the clocks change has 23 or 25 hours; the result is in the zone of the shop.
    """
    return moment.astimezone(ZoneInfo(timezone)) + timedelta(days=days)


def local_midnight(moment: datetime, timezone: str) -> datetime:
    """The shop's newest midnight at or before ``moment``."""
    return moment.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def training_cutoffs(
    first: datetime | None,
    as_of: datetime,
    horizon_days: int,
    timezone: str,
    settings: CutoffSettings | None = None,
) -> tuple[datetime, ...]:
    """Moments to train at, the oldest first; none where the history is too short for a single one.

    Every label window ends at or before ``as_of``, so between the newest training cutoff and ``as_of`` there is an
    embargo of one horizon. ``first`` is when the shop's first event happened.
    """
    settings = settings or CutoffSettings()
    checked_horizon(horizon_days)
    if first is None:
        return ()
    step_days = max(1, -(-horizon_days // settings.per_horizon))
    history_days = max(1, round(horizon_days * settings.history_share))
    newest = shifted(local_midnight(as_of, timezone), -horizon_days, timezone)
    laid = (shifted(newest, -step_days * position, timezone) for position in range(settings.most))
    return tuple(cutoff for cutoff in laid if first <= shifted(cutoff, -history_days, timezone))[::-1]


def checked_horizon(horizon_days: int) -> int:
    """``horizon_days``; raises :class:`HuitouError` when it is not a number of days that makes sense."""
    if not 1 <= horizon_days <= 3650:
        raise HuitouError(
            f"horizon_days must be between 1 and 3650; got {horizon_days}. Leave it out to use the shop's own.",
            field="horizon_days",
            value=horizon_days,
        )
    return horizon_days


def embargoed(cutoffs: Iterable[datetime], newest: datetime, horizon_days: int, timezone: str) -> list[datetime]:
    """Those of ``cutoffs`` whose label window ends at or before ``newest``."""
    return [cutoff for cutoff in cutoffs if shifted(cutoff, horizon_days, timezone) <= newest]
