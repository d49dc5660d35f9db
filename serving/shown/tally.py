"""Sums of what followed from answers, person by person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from features.arrays import Floats
from features.estimate import Estimate
from serving.database.answers.shown import StoredAnswer
from serving.shown.attribution import Followed
from serving.shown.ratio import mean, rate

COUNTED = ("answers", "seen_items", "clicked_answers", "clicks", "purchases", "revenue")
"""What is summed."""


@dataclass(frozen=True)
class ResultRow:
    """What followed from some of the answers."""

    value: str
    """Which: a placement, source, tier, version, arm or place; ``all`` for all of them."""
    people: int
    """How many people saw them; an answer for nobody in particular counts as a person of its own."""
    answers: float
    """How many answers, those included that a sample stands for."""
    seen_items: float
    """How many items they showed."""
    clicks: float
    """How many of these were clicked."""
    purchases: float
    """How many of these were bought."""
    revenue: float
    """What was paid for them, in the shop's currency."""
    click_rate: Estimate
    """Clicked items by items shown."""
    answer_click_rate: Estimate
    """Answers with a click by answers."""
    purchase_rate: Estimate
    """Bought items by items shown."""
    revenue_per_answer: Estimate
    """Revenue by answers."""

    def flat(self) -> dict[str, Any]:
        """The row with every interval as three columns: the figure, ``_low`` and ``_high``."""
        columns: dict[str, Any] = {}
        for field in fields(self):
            found = getattr(self, field.name)
            if isinstance(found, Estimate):
                ends = {f"{field.name}_low": found.low, f"{field.name}_high": found.high}
                columns |= {field.name: found.value} | ends
            else:
                columns[field.name] = found
        return columns


class Tally:
    """Sums for every person who saw some of the answers."""

    def __init__(self) -> None:
        self._sums: dict[object, list[float]] = {}

    def add(self, answer: StoredAnswer, followed: Iterable[Followed]) -> None:
        """Count the items of one answer that are spoken of, one entry for each."""
        items = [*followed]
        clicks = sum(item.clicked for item in items)
        counted = (
            1,
            len(items),
            clicks > 0,
            clicks,
            sum(item.purchased for item in items),
            sum(item.revenue for item in items),
        )
        who = answer.recommendation_id if answer.customer_id is None else (answer.customer_id,)
        sums = self._sums.setdefault(who, [0.0] * len(COUNTED))
        for place, number in enumerate(counted):
            sums[place] += answer.weight * number

    def row(self, value: str) -> ResultRow:
        """The sums and rates of everyone."""
        table: Floats = np.array([*self._sums.values()], dtype=np.float64).reshape(-1, len(COUNTED))
        answers, seen, clicked_answers, clicks, purchases, revenue = table.T
        return ResultRow(
            value=value,
            people=len(table),
            answers=float(answers.sum()),
            seen_items=float(seen.sum()),
            clicks=float(clicks.sum()),
            purchases=float(purchases.sum()),
            revenue=float(revenue.sum()),
            click_rate=rate(clicks, seen),
            answer_click_rate=rate(clicked_answers, answers),
            purchase_rate=rate(purchases, seen),
            revenue_per_answer=mean(revenue, answers),
        )
