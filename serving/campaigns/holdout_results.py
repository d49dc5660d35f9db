"""What all campaigns together brought: everybody against those who are held out of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from features.errors import HuitouError
from features.shop.anomalies import REASONS as SET_ASIDE
from serving.campaigns.people import CampaignPeople, behaved
from serving.campaigns.told import told_effects, told_verdict
from serving.care.care import Care
from serving.care.exclusions import EXCLUSION_CODES
from serving.database.marketing.campaigns import Campaigns
from serving.database.marketing.holdout import HeldOut, Holdout
from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import Workroom
from serving.shown.period import possible_moment

PERIOD_DAYS = 28
"""A verdict is given after each of these periods, with intervals that hold at all of them together."""


@dataclass(frozen=True)
class _Period:
    start: datetime
    end: datetime
    whole: int
    """How many whole periods it is."""


def holdout_results(room: Workroom, since: datetime | None = None) -> dict[str, Any]:
    """Those held out against all others, since a moment at which the share was what it is; plain values.

    Customers who had done something before that moment count, each in the arm that was drawn for them. Verdicts are
    given of whole periods of ``PERIOD_DAYS`` alone. Raises :class:`HuitouError` while nobody is held out.
    """
    from training.campaigns.effects import effects_of
    from training.campaigns.looks import quantile_of_look
    from training.campaigns.question import Question
    from training.campaigns.verdict import verdict_of

    held = Holdout(room.database).get()
    if held is None or held.share == 0:
        raise HuitouError(
            "nobody is held out, so there is nothing to compare with. Set a share first: "
            "huitou holdout set --share 0.05.",
            code="conflict",
            field="share",
        )
    period = _period(held, since, room.clock())
    people = _people(room, period.start)
    did = behaved(room, people, (), period.start, period.end, room.shop.settings.order_margin)
    found = effects_of(did.outcomes, _cost(room, period), quantile=quantile_of_look(max(period.whole, 1)))
    return {
        "since": period.start.isoformat(),
        "until": period.end.isoformat(),
        "share": held.share,
        "interim": period.whole == 0,
        "verdict": told_verdict(verdict_of(found, Question(), ended=period.whole > 0)),
        "effects": told_effects(found),
    }


def _period(held: HeldOut, since: datetime | None, now: datetime) -> _Period:
    start = held.since if since is None else possible_moment("since", since)
    if not held.since <= start < now:
        raise HuitouError(
            f"since must be from {held.since.isoformat()}, when the share was set to {held.share:g}, and before now; "
            f"got {start.isoformat()}.",
            field="since",
            value=start.isoformat(),
        )
    whole = (now - start) // timedelta(days=PERIOD_DAYS)
    return _Period(start, start + whole * timedelta(days=PERIOD_DAYS) if whole else now, whole)


def _people(room: Workroom, before: datetime) -> CampaignPeople:
    """The customers of old, without those who are set aside or deleted."""
    from features.events.traded import customers_before
    from features.events.warehouse import Warehouse

    snapshot, care = room.snapshot, Care(room.shop, room.database)
    rows = snapshot.customers.rows(customers_before(Warehouse.open(room.shop).reader(), before).to_pylist())
    codes = care.exclusions(snapshot, rows, None, room.clock())
    out = [EXCLUSION_CODES[name] for name in (*SET_ASIDE, "deleted")]
    rows = rows[~np.isin(codes, out)]
    person = care.person_keys(snapshot, rows, room.clock())
    _, first = np.unique(person, return_index=True)
    rows, person = rows[first], person[first]  # several ids of one person are one
    nothing = np.zeros(len(rows), dtype=np.int64)
    nobody = np.zeros(len(rows), dtype=np.bool_)
    return CampaignPeople(
        ids=pa.array([snapshot.customers.id(row) for row in rows.tolist()], pa.string()),
        treated=~care.held_out(snapshot, rows, room.clock()),
        by_model=nobody,
        by_merchant=nobody,
        layer=nothing,
        layers=("-",),
        stratum=nothing,
        person=person.view(np.int64),
        left=(0, 0),
    )


def _cost(room: Workroom, period: _Period) -> float:
    """What the campaigns that started in the period cost, as they were planned."""
    lists = FrozenLists(room.database)
    cost = 0.0
    for each in Campaigns(room.database).started_since(period.start, period.end):
        message = float(each.settings.get("cost_per_contact", room.shop.settings.contact_cost))
        cost += message * lists.get(each.list_id).counts["treatment"] + float(each.settings.get("fixed_cost", 0.0))
    return cost
