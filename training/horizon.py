"""How far ahead a shop should look, from its own purchase gaps, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from features.behaviour import Behaviour
from features.history import History
from features.shop.gap_curve import GapCurve, Gaps, Share, category_gaps, last_day_before, order_gaps
from training.cutoffs import checked_horizon

HORIZONS_DAYS = (7, 14, 30, 60, 90, 180)
"""The horizons that a shop may be offered."""

QUICK_HORIZONS_DAYS = (7, 14)
"""Those of them that are offered only where one of them fits the shop."""

USUAL_HORIZON_DAYS = 30
"""The horizon of a shop in which too few have come again."""

GAPS_WANTED = 50_000
"""So many ended gaps say enough about a shop; further buckets are not read."""

GAPS_NEEDED = 10
"""With fewer ended gaps than this the usual horizon is taken."""

CATEGORY_GAPS_NEEDED = 100
"""A category has a horizon of its own from so many ended gaps on."""

GAP_SHARE = 0.8
"""The horizon is what this share of the gaps that end fits into."""

HISTORY_SHARE = 0.25
"""The longest horizon, as a share of the history: there must be something to train and to test on."""

SHARE_DAYS = (7, 14, 30, 60, 90, 180, 365)
"""The days whose shares are told."""


@dataclass(frozen=True)
class ShopHorizon:
    """How far ahead a shop should look, and what says so."""

    recommended_days: int
    """The horizon, in days of the shop."""
    offered_days: tuple[int, ...]
    """Horizons that the history is long enough for, rising; the recommended one is among them."""
    history_days: int
    """Whole days from the shop's first event to the moment of looking."""
    settled_days: int | None
    """Four of five orders that come again come within so many days; None with too few gaps to tell."""
    curve: GapCurve
    """Time from an order day to the next one."""
    second_order: GapCurve
    """Time from a customer's first order day to the second."""
    category_curves: Mapping[str, GapCurve]
    """Time between a customer's order days within one category, where enough gaps ended; the most gaps first."""
    settled_by_category: Mapping[str, int]
    """The day by which four of five that come again within the category have come."""
    by_category: Mapping[str, int]
    """The horizon of each of these categories, in days."""
    buckets_read: int
    """How many buckets of customers were read until there were enough gaps."""
    buckets: int
    """How many there are."""

    @property
    def longest_days(self) -> int:
        """The longest horizon that the history allows."""
        return max(1, int(self.history_days * HISTORY_SHARE))

    @property
    def reasons(self) -> Mapping[str, tuple[str, ...]]:
        """Why, in sentences of English (``en``) and Simplified Chinese (``zh``)."""
        told = (*_counted(self), _concluded(self))
        return {"en": tuple(en for en, _ in told), "zh": tuple(zh for _, zh in told)}

    def as_dict(self) -> dict[str, Any]:
        """What a JSON record keeps of it: the horizons, the reasons and the shares that came again."""
        return {
            "recommended_days": self.recommended_days,
            "offered_days": list(self.offered_days),
            "history_days": self.history_days,
            "settled_days": self.settled_days,
            "gaps_ended": self.curve.ended_count,
            "gaps_open": self.curve.open_count,
            "observed_days": self.curve.observed_days,
            "order_again_within": _shares(self.curve),
            "second_order_within": _shares(self.second_order),
            "settled_by_category": dict(self.settled_by_category),
            "by_category": dict(self.by_category),
            "reasons": {language: list(sentences) for language, sentences in self.reasons.items()},
        }


def shop_horizon(behaviour: Behaviour, as_of: datetime) -> ShopHorizon:
    """How far ahead a shop should look, from what was known before ``as_of``.

    The horizon is what four of five of the gaps that end fit into, open gaps taken into account, at the nearest of
    :data:`HORIZONS_DAYS` by ratio; at most a quarter of the history. Reading stops at :data:`GAPS_WANTED` gaps.
    """
    first = behaviour.reader.extent(as_of).first
    history_days = 0 if first is None else max(0, (as_of - first).days)
    fitting = fitting_horizons(history_days)
    known = _known_gaps(behaviour, as_of)
    curve, category_curves = GapCurve.of(known.orders), _category_curves(known)
    settled_days = settled_gap_days(curve, GAPS_NEEDED)
    recommended_days = nearest_horizon(settled_days or USUAL_HORIZON_DAYS, fitting)
    settled = {name: settled_gap_days(found, CATEGORY_GAPS_NEEDED) for name, found in category_curves.items()}
    settled_by_category = {name: days for name, days in settled.items() if days is not None}
    return ShopHorizon(
        recommended_days=recommended_days,
        offered_days=offered_horizons(recommended_days, fitting),
        history_days=history_days,
        settled_days=settled_days,
        curve=curve,
        second_order=GapCurve.of(known.orders.first()),
        category_curves=category_curves,
        settled_by_category=settled_by_category,
        by_category={name: nearest_horizon(days, fitting) for name, days in settled_by_category.items()},
        buckets_read=known.buckets,
        buckets=behaviour.reader.buckets,
    )


def shop_horizon_days(behaviour: Behaviour, as_of: datetime) -> int:
    """The recommended horizon of a shop, from what was known before ``as_of``."""
    return shop_horizon(behaviour, as_of).recommended_days


def chosen_horizon_days(behaviour: Behaviour, as_of: datetime, asked: int | None) -> int:
    """The horizon that was asked for, else the one in the shop's settings, else the recommended one.

    Raises :class:`features.errors.HuitouError` when it makes no sense.
    """
    said = behaviour.settings.horizon_days if asked is None else asked
    return checked_horizon(shop_horizon_days(behaviour, as_of) if said is None else said)


def horizons_side_by_side(main_days: int, offered: Sequence[int]) -> tuple[int, ...]:
    """The main horizon and the others that are offered, rising."""
    return tuple(sorted({main_days, *offered}))


def settled_gap_days(curve: GapCurve, needed: int) -> int | None:
    """The day by which four of five of the gaps that end have ended; None where fewer than ``needed`` did."""
    if curve.ended_count < needed:
        return None
    days = curve.day_of(GAP_SHARE)
    return None if days is None else max(1, days)


def fitting_horizons(history_days: int) -> tuple[int, ...]:
    """Those of :data:`HORIZONS_DAYS` that fit into a quarter of the history; a quarter of it where none does."""
    longest = history_days * HISTORY_SHARE
    return tuple(days for days in HORIZONS_DAYS if days <= longest) or (max(1, int(longest)),)


def nearest_horizon(wanted_days: int, fitting: Sequence[int]) -> int:
    """The one of ``fitting`` that is nearest by ratio, not by difference: 40 days are nearer to 30 than to 60."""
    return min(fitting, key=lambda days: abs(math.log(days / wanted_days)))


def offered_horizons(recommended_days: int, fitting: Sequence[int]) -> tuple[int, ...]:
    """Those of ``fitting`` that make sense for a shop; the shortest only where one of them is recommended."""
    quick = recommended_days in QUICK_HORIZONS_DAYS
    return tuple(days for days in fitting if quick or days not in QUICK_HORIZONS_DAYS)


@dataclass(frozen=True)
class _KnownGaps:
    """The gaps of a shop, or of as many buckets of customers as gave enough."""

    orders: Gaps
    """After every order day."""
    categories: Gaps
    """Between order days within one category."""
    category_names: Sequence[str]
    """The names of the categories by code."""
    buckets: int
    """How many buckets were read."""


def _known_gaps(behaviour: Behaviour, as_of: datetime) -> _KnownGaps:
    catalogue = behaviour.catalogue(as_of)
    last_day = last_day_before(as_of, behaviour.settings.timezone)

    def gaps_of(_: int, history: History) -> tuple[Gaps, Gaps]:
        return order_gaps(history, last_day), category_gaps(history, last_day)

    orders: list[Gaps] = []
    categories: list[Gaps] = []
    for of_orders, of_categories in behaviour.map_histories(gaps_of, as_of, catalogue):
        orders.append(of_orders)
        categories.append(of_categories)
        if sum(gaps.ended_count for gaps in orders) >= GAPS_WANTED:
            break
    names = catalogue.categories.to_pylist()
    return _KnownGaps(Gaps.joined(orders), Gaps.joined(categories), names, len(orders))


def _category_curves(known: _KnownGaps) -> dict[str, GapCurve]:
    """The curves of the categories with enough ended gaps, those with the most first."""
    gaps, names = known.categories, known.category_names
    ended = np.bincount(gaps.category[gaps.ended], minlength=len(names))
    enough = [int(code) for code in np.argsort(-ended, kind="stable") if ended[code] >= CATEGORY_GAPS_NEEDED]
    return {names[code]: GapCurve.of(gaps.take(gaps.category == code)) for code in enough}


def _shares(curve: GapCurve) -> dict[str, dict[str, float | None] | None]:
    """The share with its interval for each of :data:`SHARE_DAYS`; None where it was not observed."""
    return {f"{days}d": _plain(curve.within(days)) for days in SHARE_DAYS}


def _plain(share: Share | None) -> dict[str, float | None] | None:
    if share is None:
        return None
    ends = {"value": share.value, "low": share.low, "high": share.high}
    return {name: None if math.isnan(end) else round(end, 6) for name, end in ends.items()}


def _counted(horizon: ShopHorizon) -> list[tuple[str, str]]:
    """What was counted, and how many come again at all."""
    ended, still_open = horizon.curve.ended_count, horizon.curve.open_count
    if not ended + still_open:
        return [("nobody has ordered yet", "还没有任何订单")]
    of_some = horizon.buckets_read < horizon.buckets
    sample = f" (in {horizon.buckets_read} of {horizon.buckets} buckets of customers)" if of_some else ""
    sample_zh = f"（取自{horizon.buckets}个客户分桶中的{horizon.buckets_read}个）" if of_some else ""
    counted = (
        f"{ended:,} of {ended + still_open:,} orders were followed by another one so far{sample}",
        f"{ended + still_open:,}笔订单中已有{ended:,}笔之后再次下单{sample_zh}",
    )
    if horizon.settled_days is None:
        return [counted]
    level, observed = horizon.curve.level, horizon.curve.observed_days
    return [
        counted,
        (
            f"with those still to come, {level:.1%} are followed by another one within {in_days(observed)}",
            f"计入尚未到来的订单，{observed}天内会再次下单的占{level:.1%}",
        ),
    ]


def _concluded(horizon: ShopHorizon) -> tuple[str, str]:
    """What follows: the gaps, what the history allows, and the horizon."""
    if horizon.settled_days is None:
        gaps = f"too few orders were followed by another one, so {USUAL_HORIZON_DAYS} days are usual"
        gaps_zh = f"再次下单的订单太少，通常取{USUAL_HORIZON_DAYS}天"
    else:
        gaps = f"four of five repeat orders come within {in_days(horizon.settled_days)}"
        gaps_zh = f"五分之四的再次下单发生在{horizon.settled_days}天内"
    history, longest, recommended = horizon.history_days, horizon.longest_days, horizon.recommended_days
    return (
        f"{gaps}; the history of {in_days(history)} allows up to {longest}; so {in_days(recommended)}",
        f"{gaps_zh}；历史数据共{history:,}天，最多允许{longest}天；因此取{recommended}天",
    )


def in_days(number: int) -> str:
    """A number of days in words."""
    return f"{number:,} day" if number == 1 else f"{number:,} days"
