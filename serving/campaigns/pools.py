"""Campaigns that carry the same pool's name, told together."""

from __future__ import annotations

from typing import Any

from features.errors import HuitouError
from serving.campaigns.results import Measured, measured, question_of
from serving.campaigns.told import told_campaign, told_effects, told_pool
from serving.database.marketing.campaigns import Campaign, Campaigns
from serving.desk.workroom import Workroom


def pool_results(room: Workroom, pool: str) -> dict[str, Any]:
    """The campaigns of a pool that have ended, together and each; plain values.

    What is asked is what the first of them asked; those that never started do not count. Raises :class:`HuitouError`
    when there is none of this name, and when none has ended.
    """
    from training.campaigns.pooling import pooled

    now = room.clock()
    there = [each for each in Campaigns(room.database).of_pool(pool) if not each.never_started(now)]
    if not there:
        raise HuitouError(
            f"no campaign has the pool {pool[:100]!r}. Name it when a campaign is made.",
            code="unknown_pool",
            field="pool",
            value=pool,
        )
    over = [each for each in there if each.state(now) == "ended"]
    if not over:
        raise _none_over(pool, there)
    parts = [measured(room, each) for each in over]
    found = pooled(
        [part.behaved.outcomes for part in parts],
        [part.people.person for part in parts],
        [part.cost for part in parts],
        question_of(over[0]),
    )
    return {
        "pool": pool,
        **told_pool(found),
        "campaigns": [_row(room, part, effects) for part, effects in zip(parts, found.each, strict=True)],
        "not_ended": len(there) - len(over),
    }


def _row(room: Workroom, part: Measured, effects: Any) -> dict[str, Any]:
    return {"campaign": told_campaign(part.campaign, room.clock()), "effects": told_effects(effects)}


def _none_over(pool: str, there: list[Campaign]) -> HuitouError:
    first = min(each.ends_at for each in there)
    return HuitouError(
        f"no campaign of the pool {pool[:100]!r} has ended; the first ends at {first.isoformat()}.",
        code="conflict",
        field="pool",
        value=pool,
    )
