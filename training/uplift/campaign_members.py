"""Who was in which campaign and in which arm, from the shop's own contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Ints, joined
from features.moments import local_days, moment_of
from training.cutoffs import shifted

MOST_WAVES = 10
"""Of a campaign that writes on more days than that its largest days are taken."""


@dataclass(frozen=True)
class Wave:
    """Those whom a campaign chose on one day of the shop."""

    cutoff: datetime
    """Just the moment of the day's first contact: only what was known before it is looked at."""
    customer_ids: pa.Array
    """Whom it chose; length n."""
    treated: Flags
    """Who was written to, the others being left alone on purpose; shape (n,)."""


@dataclass(frozen=True)
class CampaignMembers:
    """Everybody in one campaign."""

    name: str
    """The campaign's id."""
    waves: tuple[Wave, ...]
    """Its days whose label windows are complete, oldest first."""

    @property
    def treated(self) -> int:
        """How many were written to."""
        return sum(int(np.count_nonzero(wave.treated)) for wave in self.waves)

    @property
    def control(self) -> int:
        """How many were left alone on purpose."""
        return sum(int(np.count_nonzero(~wave.treated)) for wave in self.waves)

    @property
    def begins(self) -> datetime:
        """The first of its cutoffs."""
        return self.waves[0].cutoff


def randomised_campaigns(
    contacts: pa.Table, as_of: datetime, horizon_days: int, timezone: str
) -> tuple[CampaignMembers, ...]:
    """The campaigns with a control arm whose label windows ended by ``as_of``, oldest first.

    Somebody who was contacted more than once by a campaign counts by the first contact, with the arm of that moment:
    of one moment by the customer's own, not by those that came from merged visitors, whatever their arms.
    """
    limit = pa.scalar(as_of, contacts["known_at"].type)
    known = pc.and_(pc.less(contacts["known_at"], limit), pc.less(contacts["contacted_at"], limit))
    rows = contacts.filter(pc.and_(known, pc.is_valid(contacts["campaign_id"])))
    controlled = pc.unique(rows.filter(pc.equal(rows["arm"], "control"))["campaign_id"])
    rows = _first_of_each(rows.filter(pc.is_in(rows["campaign_id"], value_set=controlled)))
    found = []
    for name in pc.unique(rows["campaign_id"]).to_pylist():
        waves = tuple(_waves(rows.filter(pc.equal(rows["campaign_id"], name)), as_of, horizon_days, timezone))
        found += [CampaignMembers(name, waves)] if waves else []
    return tuple(sorted(found, key=lambda campaign: (campaign.begins, campaign.name)))


def _first_of_each(rows: pa.Table) -> pa.Table:
    """The first contact of each person in each campaign."""
    # A stable sort: of one moment the customer's own stays before those of merged visitors.
    rows = rows.sort_by([("campaign_id", "ascending"), ("customer_id", "ascending"), ("contacted_at", "ascending")])
    if len(rows) < 2:
        return rows
    new = [pc.not_equal(joined(rows[name])[1:], joined(rows[name])[:-1]) for name in ("campaign_id", "customer_id")]
    first = np.append(True, pc.or_(*new).to_numpy(zero_copy_only=False))
    return rows.filter(pa.array(first))


def _waves(rows: pa.Table, as_of: datetime, horizon_days: int, timezone: str) -> Iterator[Wave]:
    """The largest days of one campaign whose label windows are complete, oldest first."""
    moments = joined(rows["contacted_at"])
    contacted_us = moments.cast(pa.int64()).to_numpy()
    days, day, people = np.unique(local_days(contacted_us, timezone), return_inverse=True, return_counts=True)
    treated = pc.equal(rows["arm"], "treated").to_numpy().astype(bool)
    for place in _largest(people):
        here = np.flatnonzero(day == place)
        cutoff = moment_of(int(contacted_us[here].min()))
        if len(days) and shifted(cutoff, horizon_days, timezone) <= as_of:
            yield Wave(cutoff, joined(rows["customer_id"]).take(pa.array(here)), treated[here])


def _largest(people: Ints) -> list[int]:
    """Positions of the largest days, rising."""
    return sorted(np.argsort(-people, kind="stable")[:MOST_WAVES].tolist())
