"""Campaigns: to whose list, how, when, and what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Engine, Row, Select, func, insert, select, update

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.counters import CAMPAIGNS_MADE, next_number
from serving.database.marketing_tables import CAMPAIGNS

NOT_YET = ""
"""In place of the id of a list that is frozen when the campaign starts."""

State = Literal["planned", "starting", "running", "ended", "cancelled"]


@dataclass(frozen=True)
class Campaign:
    """One campaign."""

    campaign_id: str
    """Its id."""
    name: str
    """What people call it."""
    list_id: str
    """Whom it is for; ``NOT_YET`` until the list is frozen."""
    channel: str
    """One of :data:`features.channels.CHANNELS`."""
    settings: Mapping[str, Any]
    """Cost, promotion, pool, what is asked, and the request of a list that is frozen at the start."""
    starts_at: datetime
    """From this moment on what people do counts."""
    ends_at: datetime
    """Before this moment it counts."""
    made_at: datetime
    """When it was made."""
    made_by: str
    """Who made it: the id of a key, or ``command line``."""
    started_at: datetime | None = None
    """When all its people were in the log of contacts; None before."""
    stopped_at: datetime | None = None
    """When it was stopped: nothing more goes out. What people do counts until ``ends_at`` all the same."""
    trouble: str | None = None
    """Why it could not start; None when nothing is wrong."""

    @property
    def pool(self) -> str | None:
        """The name of the campaigns that are told together with this one."""
        pool: str | None = self.settings.get("pool")
        return pool

    @property
    def is_cancelled(self) -> bool:
        """Whether it was stopped before it started."""
        return self.stopped_at is not None and self.started_at is None

    def never_started(self, now: datetime) -> bool:
        """Whether its end has come and it could not start before."""
        return self.started_at is None and now >= self.ends_at

    def state(self, now: datetime) -> State:
        """Where it stands at a moment."""
        if self.is_cancelled:
            return "cancelled"
        if now >= self.ends_at:
            return "ended"
        if self.started_at is not None:
            return "running"
        return "planned" if now < self.starts_at else "starting"


_MOMENTS = ("starts", "ends", "made", "started", "stopped")


class Campaigns:
    """The campaigns of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def add(self, campaign: Campaign, refuse: Callable[[Sequence[Campaign]], None] = lambda _: None) -> None:
        """Store a new campaign, unless ``refuse`` raises for those of its channel that are planned or running.

        One after the other: of two that must not both be there, the second is judged by the first.
        """
        row: dict[str, Any] = {
            "campaign_id": campaign.campaign_id,
            "name": campaign.name,
            "list_id": campaign.list_id,
            "channel": campaign.channel,
            "settings": json.dumps(dict(campaign.settings), ensure_ascii=False),
            "made_by": campaign.made_by,
            "trouble": campaign.trouble,
        }
        for name in _MOMENTS:
            moment = getattr(campaign, f"{name}_at")
            row[f"{name}_us"] = None if moment is None else microseconds(moment)
        with told(), self._engine.begin() as connection:
            next_number(connection, CAMPAIGNS_MADE)  # before the question, so that others wait with theirs
            refuse([*map(_campaign, connection.execute(_beside(campaign)))])
            connection.execute(insert(CAMPAIGNS).values(row))

    def get(self, campaign_id: str) -> Campaign:
        """The campaign of an id; raises :class:`HuitouError` when there is none."""
        wanted = campaign_id.replace("\0", "\ufffd")  # No id holds a NUL, and PostgreSQL takes none.
        found = self._all(CAMPAIGNS.c.campaign_id == wanted)
        if not found:
            raise HuitouError(
                f"there is no campaign {campaign_id[:100]!r}. huitou campaign list, or GET /v1/campaigns, tells which "
                "there are.",
                code="unknown_campaign",
                field="campaign_id",
                value=campaign_id,
            )
        return found[0]

    def newest(self, n: int, offset: int = 0) -> list[Campaign]:
        """The campaigns that start last first, after ``offset`` of them."""
        query = select(CAMPAIGNS).order_by(CAMPAIGNS.c.starts_us.desc(), CAMPAIGNS.c.campaign_id)
        with told(), self._reader.connect() as connection:
            return [*map(_campaign, connection.execute(query.limit(n).offset(offset)))]

    def count(self) -> int:
        """How many there are."""
        with told(), self._reader.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(CAMPAIGNS)).scalar_one())

    def of_pool(self, pool: str) -> list[Campaign]:
        """Those that carry a pool's name and were not cancelled, the first to start first."""
        return [
            each for each in self._all(CAMPAIGNS.c.settings.is_not(None)) if each.pool == pool and not each.is_cancelled
        ]

    def due(self, now: datetime) -> list[Campaign]:
        """Those that should have started by now and did not, the longest waiting first; none whose end has come."""
        columns, moment = CAMPAIGNS.c, microseconds(now)
        waiting = columns.started_us.is_(None) & columns.stopped_us.is_(None)
        return self._all(waiting & (columns.starts_us <= moment) & (columns.ends_us > moment))

    def started_since(self, moment: datetime, before: datetime) -> list[Campaign]:
        """Those that started in ``[moment, before)``."""
        columns = CAMPAIGNS.c
        there = (columns.starts_us >= microseconds(moment)) & (columns.starts_us < microseconds(before))
        return self._all(there & columns.started_us.is_not(None))

    def move(self, campaign_id: str, starts_at: datetime, ends_at: datetime) -> None:
        """Note other moments for a campaign that has not started."""
        moments = {"starts_us": microseconds(starts_at), "ends_us": microseconds(ends_at)}
        self._set(campaign_id, moments, CAMPAIGNS.c.started_us.is_(None))

    def freeze(self, campaign_id: str, list_id: str) -> None:
        """Note which list a campaign is for that had none yet."""
        self._set(campaign_id, {"list_id": list_id}, CAMPAIGNS.c.list_id == NOT_YET)

    def start(self, campaign_id: str, now: datetime) -> bool:
        """Note that all people of a campaign are in the log of contacts; whether that was not noted before."""
        values = {"started_us": microseconds(now), "trouble": None}
        return self._set(campaign_id, values, CAMPAIGNS.c.started_us.is_(None))

    def stop(self, campaign_id: str, now: datetime) -> None:
        """Note that nothing more goes out; the first time counts."""
        self._set(campaign_id, {"stopped_us": microseconds(now)}, CAMPAIGNS.c.stopped_us.is_(None))

    def cannot_start(self, campaign_id: str, trouble: str) -> None:
        """Note why a campaign could not start."""
        self._set(campaign_id, {"trouble": trouble}, CAMPAIGNS.c.started_us.is_(None))

    def _set(self, campaign_id: str, values: dict[str, Any], condition: Any) -> bool:
        change = update(CAMPAIGNS).where((CAMPAIGNS.c.campaign_id == campaign_id) & condition).values(values)
        with told(), self._engine.begin() as connection:
            return connection.execute(change).rowcount > 0

    def _all(self, condition: Any) -> list[Campaign]:
        query = select(CAMPAIGNS).where(condition).order_by(CAMPAIGNS.c.starts_us, CAMPAIGNS.c.campaign_id)
        with told(), self._reader.connect() as connection:
            return [*map(_campaign, connection.execute(query))]


def _beside(campaign: Campaign) -> Select[Any]:
    """The campaigns of its channel that were neither stopped nor over when it was made, the first to start first."""
    columns = CAMPAIGNS.c
    open_ones = columns.stopped_us.is_(None) & (columns.ends_us > microseconds(campaign.made_at))
    query = select(CAMPAIGNS).where((columns.channel == campaign.channel) & open_ones)
    return query.order_by(columns.starts_us, columns.campaign_id)


def _campaign(row: Row[Any]) -> Campaign:
    said = dict(row._mapping)
    said["settings"] = json.loads(said["settings"])
    for name in _MOMENTS:
        us = said.pop(f"{name}_us")
        said[f"{name}_at"] = None if us is None else moment_of(us)
    return Campaign(**said)
