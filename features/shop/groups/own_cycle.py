"""The day rules that a shop's own gaps between orders ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping

from features.shop.gap_curve import GapCurve
from features.shop.layers import LayerLimits
from features.shop_folder import ShopSettings

LIMIT_SHARES = (0.5, 0.8, 0.95, 0.99)
"""By each limit this share of the orders that are followed by another are: new, active, high win-back, lost."""

GAPS_NEEDED = 100
"""Fewer gaps that ended tell nothing of the last one in a hundred."""

HISTORY_TIMES = 3
"""The history must be so many times as long as the days of the active: of longer gaps it has seen too few."""

ROUND_DAYS = (1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 210, 240, 270, 300, 330, 360)
"""Days that people plan by; above them, whole times 90."""


def shop_cycle_days(curve: GapCurve, settings: ShopSettings) -> float:
    """The day by which half of the orders that are followed by another are, at least 1.

    With too few gaps, half the days of the active in the settings: twice the cycle is where silence begins.
    """
    found = curve.day_of(LIMIT_SHARES[0]) if curve.ended_count >= GAPS_NEEDED else None
    return settings.active_within_days / 2 if found is None else float(max(found, 1))


def layer_limits(curve: GapCurve, history_days: int, settings: ShopSettings) -> LayerLimits:
    """The limits in force: those of the settings, or of the shop's own gaps where the settings ask for these.

    ``curve`` is that of the gaps after every order day; ``history_days`` are from the first event to now. With too few
    gaps, or too short a history, the fixed limits hold, and ``why`` says so.
    """
    if settings.layer_days == "fixed":
        return LayerLimits.fixed(settings)
    if curve.ended_count < GAPS_NEEDED:
        return LayerLimits.fixed(settings, _too_few(curve.ended_count))
    found = [max(1, curve.day_of(share) or 1) for share in LIMIT_SHARES]
    if history_days < HISTORY_TIMES * found[1]:
        return LayerLimits.fixed(settings, _too_short(found[1], history_days))
    new, active, high, lost = _rising(found)
    return LayerLimits(new, active, high, lost, "own_cycle", _own(found))


def _rising(days: list[int]) -> list[int]:
    """The nearest round number of days by ratio for each, each above the one before."""
    times_90 = range(450, 2 * max(days) + 1_000, 90)
    rising: list[int] = []
    for wanted in days:
        beyond = [each for each in (*ROUND_DAYS, *times_90) if each > max(rising, default=0)]
        rising.append(min(beyond, key=lambda each: abs(math.log(each / wanted))))
    return rising


def _own(days: list[int]) -> Mapping[str, str]:
    half, most, nearly, all_but_one = (f"{each:,}" for each in days)
    return {
        "en": (
            f"the shop's own cycle: of the orders that are followed by another, half are within {half} days, four of "
            f"five within {most}, 95 % within {nearly} and 99 % within {all_but_one}; rounded to days to plan by"
        ),
        "zh": (
            f"采用店铺自身的复购周期：在有后续订单的订单中，半数在{half}天内再次下单，五分之四在{most}天内，"
            f"95%在{nearly}天内，99%在{all_but_one}天内；已取整为便于安排的天数"
        ),
    }


def _too_few(ended: int) -> Mapping[str, str]:
    return {
        "en": (
            f"the day rules are those in shop.json: {ended:,} orders were followed by another so far, and the shop's "
            f"own cycle needs {GAPS_NEEDED}"
        ),
        "zh": (
            f"分层天数采用 shop.json 中的设置：目前只有{ended:,}笔订单之后再次下单，计算店铺自身周期需要{GAPS_NEEDED}笔"
        ),
    }


def _too_short(active: int, history_days: int) -> Mapping[str, str]:
    return {
        "en": (
            f"the day rules are those in shop.json: four of five repeat orders come within {active:,} days, and to see "
            f"how many come later takes {HISTORY_TIMES * active:,} days of history; there are {history_days:,}"
        ),
        "zh": (
            f"分层天数采用 shop.json 中的设置：五分之四的再次下单发生在{active:,}天内，"
            f"要看清更晚的复购需要{HISTORY_TIMES * active:,}天历史数据，目前有{history_days:,}天"
        ),
    }
