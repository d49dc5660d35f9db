"""Life-cycle stages: where a customer stands, by their own pace."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints
from features.shop.groups.known import Known
from features.shop.groups.named_group import named
from features.shop.layers import LayerLimits

DECLINING_PACES = 2.0
"""A silence of so many of the customer's usual gaps is no chance any more."""

LOST_PACES = 6.0
"""A silence of so many usual gaps is an end, where the layers call it a silence at all."""

TWICE = 2.0
"""Where the newer half of the gaps is twice as long as the older, or half as long, the pace has changed."""

MATURE_ORDER_DAYS = 4
"""Order days that make a habit: three gaps."""

SHOP_GAPS = 1.0
"""The shop's own cycle counts as so many gaps of everybody: who has few gaps of their own is measured by it."""

STAGES = (
    named("visitor", "Visitor", "访客", "has not ordered", "尚未下单"),
    named(
        "acquired",
        "Acquired",
        "新获客",
        "ordered on one day so far, and is not declining or lost",
        "仅在一天下过单，且未处于衰退或流失",
    ),
    named(
        "growing",
        "Growing",
        "成长期",
        "ordered on two or three days, or the newer half of the gaps is at most half as long as the older",
        "在两天或三天下过单，或较近一半的间隔不超过较早一半的二分之一",
    ),
    named(
        "mature",
        "Mature",
        "成熟期",
        "ordered on four days or more and keeps to the usual pace",
        "在四天或更多天下过单，并保持平常节奏",
    ),
    named(
        "declining",
        "Declining",
        "衰退期",
        "silent for two usual gaps or longer, or for one where the newer half of the gaps is twice the older",
        "沉默达到平常间隔的两倍；或较近一半的间隔达到较早一半的两倍，且沉默达到一次平常间隔",
    ),
    named(
        "lost",
        "Lost",
        "流失",
        "silent past the day on which the layers call everybody lost, or for six usual gaps and no longer active",
        "沉默超过分层的流失天数，或达到平常间隔的六倍且已不在活跃期内",
    ),
)
"""The stages; everybody is in exactly one: the last of them whose rule fits, mature where no other does."""

STAGE_NAMES = tuple(stage.name for stage in STAGES)
"""The names of the stages; codes are places in this list."""


def usual_gap_days(known: Known, cycle_days: float) -> Floats:
    """The usual gap of each customer, drawn towards the shop's cycle the fewer gaps there are; shape ``(n,)``.

    It is the mean of the customer's gaps and of :data:`SHOP_GAPS` gaps as long as the shop's cycle, at least a day.
    """
    gaps = np.maximum(known.order_days.astype(np.float64) - 1, 0)
    own = np.nan_to_num(known.gap_mean_days.astype(np.float64)) * gaps
    return np.maximum((own + SHOP_GAPS * cycle_days) / (gaps + SHOP_GAPS), 1.0)


def stages_of(known: Known, limits: LayerLimits, cycle_days: float) -> Ints:
    """Place in :data:`STAGE_NAMES` of each customer, shape ``(n,)``.

    ``cycle_days`` is the shop's own cycle: half of the orders that are followed by another are by then.
    """
    place = {name: position for position, name in enumerate(STAGE_NAMES)}
    usual, silent = usual_gap_days(known, cycle_days), known.silent_days.astype(np.float64)
    trend = known.gap_trend.astype(np.float64)
    # A missing trend compares as false, and so does the silence of visitors.
    stage = np.full(len(known), place["mature"])
    stage[(known.order_days < MATURE_ORDER_DAYS) | (trend <= 1 / TWICE)] = place["growing"]
    stage[known.order_days == 1] = place["acquired"]
    stage[(silent >= DECLINING_PACES * usual) | ((silent >= usual) & (trend >= TWICE))] = place["declining"]
    ended = (silent >= LOST_PACES * usual) & (silent >= limits.active_within_days)
    stage[ended | (silent >= limits.lost_after_days)] = place["lost"]
    stage[~known.is_buyer] = place["visitor"]
    return stage
