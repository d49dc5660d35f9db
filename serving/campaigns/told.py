"""Campaigns and their figures as plain values, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from serving.database.marketing.campaigns import NOT_YET, Campaign

if TYPE_CHECKING:  # What computes is loaded in the process that computes.
    from training.campaigns.daily_curve import ArmCurve, DailyCurve
    from training.campaigns.effects import Effects
    from training.campaigns.layers import LayerEffects
    from training.campaigns.pooling import Pooled
    from training.campaigns.selections import ModelAgainstMerchant
    from training.campaigns.verdict import Verdict


def told_campaign(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """A campaign and where it stands."""
    return {
        "campaign_id": campaign.campaign_id,
        "name": campaign.name,
        "list_id": None if campaign.list_id == NOT_YET else campaign.list_id,
        "channel": campaign.channel,
        "state": campaign.state(now),
        "starts": campaign.starts_at.isoformat(),
        "ends": campaign.ends_at.isoformat(),
        "asked_start": campaign.settings.get("asked_start"),
        "made_at": campaign.made_at.isoformat(),
        "made_by": campaign.made_by,
        "stopped_at": None if campaign.stopped_at is None else campaign.stopped_at.isoformat(),
        "trouble": campaign.trouble,
        "pool": campaign.pool,
        "settings": {name: value for name, value in campaign.settings.items() if name not in ("pool", "asked_start")},
    }


def told_effects(effects: Effects) -> dict[str, Any]:
    """All figures of a comparison; each estimate as value, low and high."""
    return asdict(effects)


def told_verdict(verdict: Verdict) -> dict[str, Any]:
    """The verdict, with its sentence in both languages."""
    return {"kind": verdict.kind, "sentence": dict(verdict.sentence), "more_people": verdict.more_people}


def told_curve(curve: DailyCurve) -> dict[str, Any]:
    """Both arms, day by day."""
    return {
        "treated": _arm_curve(curve.treated),
        "control": _arm_curve(curve.control),
        "note": {
            "en": "Each day's band holds for that day alone; to stop when the bands part is no test.",
            "zh": "每天的区间仅对当天有效；区间分开时停止活动并不构成检验。",
        },
    }


def _arm_curve(curve: ArmCurve) -> dict[str, list[float | None]]:
    return {
        name: [None if np.isnan(value) else float(value) for value in getattr(curve, name)]
        for name in ("conversion", "low", "high")
    }


def told_layers(found: LayerEffects) -> dict[str, Any]:
    """The layers, with what must be known of them."""
    return {
        "rows": [asdict(row) for row in found.layers],
        "chance_alike": found.chance_alike,
        "note": dict(found.note),
    }


def told_selections(found: ModelAgainstMerchant | None) -> dict[str, Any] | None:
    """The model's list against the merchant's; None where there is one list only."""
    if found is None:
        return None
    return {
        "model": told_effects(found.model),
        "merchant": told_effects(found.merchant),
        "both_people": found.both_people,
        "orders_per_contact": found.orders_per_contact.as_dict(),
        "revenue_per_contact": found.revenue_per_contact.as_dict(),
        "sentence": dict(found.sentence),
    }


def told_pool(found: Pooled) -> dict[str, Any]:
    """Several campaigns together."""
    differ = found.differ
    return {
        "effects": told_effects(found.effects),
        "verdict": told_verdict(found.verdict),
        "differ": {
            "chance": differ.chance,
            "between_share": differ.between_share,
            "next_one": differ.next_one.as_dict(),
            "note": dict(found.note),
        },
    }


def note(en: str, zh: str) -> Mapping[str, str]:
    """A sentence in both languages."""
    return {"en": en, "zh": zh}
