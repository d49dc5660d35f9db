"""What a comparison of two snapshots found: both sides, and the differences between them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.arrays import Floats
from features.estimate import Estimate
from serving.database.answers.comparisons import SIDES, Comparison
from serving.database.answers.responses import Response, Responses
from serving.database.answers.shown import Shown, StoredAnswer
from serving.shown.attribution import Attribution
from serving.shown.comparing.difference import MISMATCH_LEVEL, Difference, mismatch_chance
from serving.shown.period import Period
from serving.shown.ratio import Ratio, mean, rate, ratio

FIGURES = ("conversion", "clicks_per_answer", "revenue_per_person")
"""What the sides are compared by."""

_COUNTED = ("answers", "clicks", "purchases", "revenue")
_FIRST_US = "first_us"


@dataclass(frozen=True)
class Side:
    """What the people of one side did from their first answer on."""

    snapshot: str
    """The snapshot that they see now."""
    people: int
    """How many people got an answer."""
    answers: float
    """How many answers they got, those included that a sample stands for."""
    clicks: float
    """How many items of these were clicked."""
    buyers: int
    """How many of the people bought anything since their first answer."""
    revenue: float
    """What these people paid since then, for anything, in the shop's currency."""
    conversion: Estimate
    """Buyers by people."""
    clicks_per_answer: Estimate
    """Clicks by answers."""
    revenue_per_person: Estimate
    """Revenue by people."""


@dataclass(frozen=True)
class ComparisonResults:
    """Both sides of a comparison."""

    comparison: Comparison
    """What is compared, and since when."""
    until: datetime
    """What happened before this moment counts."""
    a: Side
    """What is usual."""
    b: Side
    """What is tried."""
    differences: dict[str, Difference]
    """What side b has more, by the names of :data:`FIGURES`."""
    mismatch_chance: float
    """The chance of sides at least as uneven as these."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known before the figures are believed, in sentences."""
        said = []
        if self.mismatch_chance < MISMATCH_LEVEL:
            said.append(
                f"The sides have {self.a.people:,} and {self.b.people:,} people, which a share of "
                f"{self.comparison.share_b:.0%} for side b makes nearly impossible (chance "
                f"{self.mismatch_chance:.1g}): something loses people of one "
                "side, and no figure here can be believed."
            )
        if self.comparison.ended is None:
            said.append(
                "The comparison still runs. Its intervals hold for one look, at an end that was planned beforehand: "
                "who looks every day and stops at the first difference finds one far too often where there is none."
            )
        return tuple(said)


class _Sums:
    """What each person of one side did."""

    def __init__(self) -> None:
        self.people: dict[int, dict[str, float]] = {}

    def show(self, answer: StoredAnswer, clicks: int) -> None:
        who = answer.person_key or 0
        sums = self.people.setdefault(who, dict.fromkeys(_COUNTED, 0.0) | {_FIRST_US: answer.at_us})
        sums["answers"] += answer.weight
        sums["clicks"] += answer.weight * clicks

    def buy(self, purchase: Response) -> None:
        sums = self.people.get(purchase.person_key)
        if sums is not None and purchase.at_us >= sums[_FIRST_US]:
            sums["purchases"] += 1
            sums["revenue"] += purchase.amount

    def column(self, name: str) -> Floats:
        return np.array([sums[name] for sums in self.people.values()], dtype=np.float64)


def comparison_results(
    shown: Shown,
    responses: Responses,
    comparison: Comparison,
    now: datetime,
    *,
    set_aside: Container[str] = frozenset(),
) -> ComparisonResults:
    """Both sides of a comparison, by intention to treat: everyone counts on the side they were first shown.

    From a person's first answer until the comparison ended (or now) everything that they buy counts, whether it was
    recommended or not. ``set_aside`` are ids of people who are not counted.
    """
    until = comparison.ended or now
    sides = {comparison.arm(side): _Sums() for side in SIDES}
    if until > comparison.started:
        _fill(sides, shown, responses, Period(comparison.started, until), set_aside)
    a, b = (sides[comparison.arm(side)] for side in SIDES)
    figures_a, figures_b = _figures(a), _figures(b)
    return ComparisonResults(
        comparison=comparison,
        until=until,
        a=_side(comparison.snapshot_a, a),
        b=_side(comparison.snapshot_b, b),
        differences={name: Difference.between(figures_a[name], figures_b[name]) for name in FIGURES},
        mismatch_chance=mismatch_chance(len(a.people), len(b.people), comparison.share_b),
    )


def _fill(
    sides: dict[str, _Sums], shown: Shown, responses: Responses, period: Period, set_aside: Container[str]
) -> None:
    attribution = Attribution(responses.between(period.responses.start, period.responses.end))
    for answer in shown.between(period.start, period.end):
        side = sides.get(answer.arm or "")
        if side is None or answer.customer_id is None or answer.customer_id in set_aside:
            continue
        side.show(answer, sum(followed.clicked for followed in attribution.of(answer).values()))
    for purchase in _purchases(responses.between(period.start, period.end)):
        for side in sides.values():
            side.buy(purchase)


def _purchases(responses: Iterable[Response]) -> Iterable[Response]:
    return (response for response in responses if response.kind == "purchase")


def _figures(sums: _Sums) -> dict[str, Ratio | None]:
    everyone = np.ones(len(sums.people))
    return {
        "conversion": ratio((sums.column("purchases") > 0).astype(np.float64), everyone),
        "clicks_per_answer": ratio(sums.column("clicks"), sums.column("answers")),
        "revenue_per_person": ratio(sums.column("revenue"), everyone),
    }


def _side(snapshot: str, sums: _Sums) -> Side:
    everyone = np.ones(len(sums.people))
    answers, clicks, revenue = (sums.column(name) for name in ("answers", "clicks", "revenue"))
    bought = (sums.column("purchases") > 0).astype(np.float64)
    return Side(
        snapshot=snapshot,
        people=len(sums.people),
        answers=float(answers.sum()),
        clicks=float(clicks.sum()),
        buyers=int(bought.sum()),
        revenue=float(revenue.sum()),
        conversion=rate(bought, everyone),
        clicks_per_answer=mean(clicks, answers),
        revenue_per_person=mean(revenue, everyone),
    )
