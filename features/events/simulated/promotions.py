"""The simulated shop's sales: when, for what, and how much cheaper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from features.events.simulated.arrays import Floats, Integers
from features.events.simulated.settings import SimulationSettings, Stream
from features.events.simulated.shop_calendar import DAYS_AFTER

DAYS_PER_PROMOTION = 85
YEAR_DAYS = 365
SHORTEST_HISTORY_DAYS = 10
"""A shorter history has no sale."""

NAMES = (
    "New Year sale / 新年大促",
    "Lantern days / 元宵特惠",
    "Spring sale / 春季焕新",
    "Members' days / 会员日",
    "May sale / 五月大促",
    "Midyear sale / 年中大促",
    "Summer sale / 夏日特卖",
    "Late summer sale / 夏末清仓",
    "Harvest sale / 金秋特惠",
    "Autumn sale / 秋季大促",
    "November sale / 十一月大促",
    "Winter sale / 冬季特卖",
)
"""One name for each month."""


@dataclass(frozen=True)
class Promotion:
    """One sale."""

    name: str
    """What the shop calls it."""
    first_day: int
    """Its first day, counted from the start of the history."""
    length_days: int
    """How many days it lasts, at least 1."""
    discount: float
    """Part taken off the list price, 0.10 to 0.30."""
    categories: Integers
    """The categories that it covers, sorted."""
    everything: bool
    """True when it covers all of them."""

    @property
    def day_numbers(self) -> Integers:
        """Its days, counted from the start of the history."""
        return np.arange(self.first_day, self.first_day + self.length_days)


def plan_promotions(settings: SimulationSettings, category_count: int) -> tuple[Promotion, ...]:
    """The sales of the history in order: about four a year, every other one for everything, the same each year."""
    if settings.days < SHORTEST_HISTORY_DAYS:
        return ()
    rng = settings.random(Stream.PROMOTIONS)
    first_year_days = min(settings.days, YEAR_DAYS)
    count = max(1, round(first_year_days / DAYS_PER_PROMOTION))
    first_year = [_promotion(settings, category_count, place, first_year_days / count, rng) for place in range(count)]
    shifts = range(0, settings.days, YEAR_DAYS)
    sales = [replace(sale, first_day=sale.first_day + shift) for shift in shifts for sale in first_year]
    return tuple(sale for sale in sales if sale.first_day + sale.length_days <= settings.days)


def _promotion(
    settings: SimulationSettings, category_count: int, place: int, spacing_days: float, rng: np.random.Generator
) -> Promotion:
    first_day = int((place + 0.5 + rng.uniform(-0.2, 0.2)) * spacing_days)
    length_days = min(int(rng.integers(3, 7)), max(1, int(spacing_days // 4)))
    everything = place % 2 == 0 or category_count == 1
    covered = category_count if everything else max(1, category_count // 3)
    return Promotion(
        name=NAMES[(settings.start + timedelta(days=first_day)).month - 1],
        first_day=first_day,
        length_days=length_days,
        discount=float(rng.choice([0.10, 0.15, 0.20, 0.25, 0.30])),
        categories=np.sort(rng.choice(category_count, covered, replace=False)),
        everything=everything,
    )


def promotion_days(promotions: tuple[Promotion, ...]) -> Integers:
    """All days with a sale, sorted."""
    days = [promotion.day_numbers for promotion in promotions]
    return np.unique(np.concatenate(days)) if days else np.empty(0, dtype=np.int64)


def discounts(promotions: tuple[Promotion, ...], days: int, category_count: int) -> Floats:
    """The part taken off the list price, shape ``(days + DAYS_AFTER + 1, category_count)``."""
    table = np.zeros((days + DAYS_AFTER + 1, category_count))
    for promotion in promotions:
        table[np.ix_(promotion.day_numbers, promotion.categories)] = promotion.discount
    return table


def promotion_table(
    promotions: tuple[Promotion, ...], settings: SimulationSettings, category_names: list[str]
) -> pa.Table:
    """The planted sales; ``categories`` is empty when everything is cheaper, ``ends_on`` is the last day."""
    first = [settings.start + timedelta(days=sale.first_day) for sale in promotions]
    last = [day + timedelta(days=sale.length_days - 1) for day, sale in zip(first, promotions, strict=True)]
    covered = [[] if sale.everything else [category_names[c] for c in sale.categories] for sale in promotions]
    return pa.table(
        {
            "name": pa.array([sale.name for sale in promotions], pa.string()),
            "starts_on": pa.array(first, pa.date32()),
            "ends_on": pa.array(last, pa.date32()),
            "discount": pa.array([sale.discount for sale in promotions], pa.float64()),
            "categories": pa.array(covered, pa.list_(pa.string())),
        }
    )
