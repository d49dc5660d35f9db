"""Online results: what followed from the answers of some days, by what they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.errors import HuitouError
from features.estimate import Estimate
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown, StoredAnswer
from serving.shown.attribution import Attribution, Followed
from serving.shown.period import Period
from serving.shown.ratio import rate
from serving.shown.same_people import NOBODY_MERGED, SamePeople
from serving.shown.tally import ResultRow, Tally

BY = ("placement", "source", "tier", "version", "arm", "place")
"""What results may be told by."""

MOST_ROWS = 200
"""So many rows are told at most: callers may call placements whatever they like."""

ALL = "all"
"""The row of all answers."""

NO_ARM = "none"
"""The row of answers outside of any comparison."""

_NOTHING = Followed()


@dataclass(frozen=True)
class ExplorationResult:
    """What little-seen items would get if each that fits had been shown equally often at every place it may have."""

    shown: int
    """How many were shown."""
    clicks: int
    """How many of them were clicked."""
    click_rate: Estimate
    """Clicks by items shown, each weighted by one over the chance that it was shown."""


@dataclass(frozen=True)
class OnlineResults:
    """What followed from the answers of a period."""

    period: Period
    """When the answers were given."""
    settled_until: datetime
    """Answers given from this moment on may still be followed by something."""
    by: str
    """What the rows are told by."""
    total: ResultRow
    """All answers."""
    rows: tuple[ResultRow, ...]
    """One row for each placement, source, ...; places in order, the others with most items shown first."""
    more_rows: int
    """How many more rows there are that are not told; the total counts them."""
    exploration: ExplorationResult | None
    """The little-seen items; None where none was shown."""
    left_out: int
    """How many answers are not counted because the people who saw them are set aside: bots, test orders, resellers."""


def online_results(
    shown: Shown,
    responses: Responses,
    period: Period,
    by: str,
    now: datetime,
    *,
    set_aside: Container[str] = frozenset(),
    same: SamePeople = NOBODY_MERGED,
) -> OnlineResults:
    """The results of a period; ``set_aside`` are ids of people who are not counted, ``same`` knows merged visitors.

    Raises :class:`HuitouError` when ``by`` is not one of :data:`BY`.
    """
    check_by(by)
    reach = period.responses
    attribution = Attribution(same.responses(responses.between(reach.start, reach.end)))
    total, exploration = Tally(), _Explored()
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    left_out = 0
    for answer in same.answers(shown.between(period.start, period.end)):
        if answer.customer_id is not None and answer.customer_id in set_aside:
            left_out += 1
            continue
        followed = attribution.of(answer)
        total.add(answer, _items(answer, followed))
        for value, items in _parts(answer, followed, by):
            tallies[value].add(answer, items)
        exploration.add(answer, followed)
    rows = [tally.row(value) for value, tally in tallies.items()]
    rows.sort(key=lambda row: int(row.value) if by == "place" else -row.seen_items)
    return OnlineResults(
        period=period,
        settled_until=period.settled_until(now),
        by=by,
        total=total.row(ALL),
        rows=tuple(rows[:MOST_ROWS]),
        more_rows=max(len(rows) - MOST_ROWS, 0),
        exploration=exploration.result(),
        left_out=left_out,
    )


def check_by(by: str) -> None:
    """Raises :class:`HuitouError` when ``by`` is not one of :data:`BY`."""
    if by not in BY:
        raise HuitouError(f"by must be one of {', '.join(BY)}; got {by!r}.", field="by", value=by, allowed=list(BY))


def _items(answer: StoredAnswer, followed: Mapping[str, Followed]) -> Iterator[Followed]:
    return (followed.get(item.item_id, _NOTHING) for item in answer.items)


def _parts(answer: StoredAnswer, followed: Mapping[str, Followed], by: str) -> Iterable[tuple[str, Iterable[Followed]]]:
    """The answer's items by the value they belong to."""
    if by not in ("source", "place"):
        name = "model_version" if by == "version" else by
        return [(str(getattr(answer, name) or NO_ARM), _items(answer, followed))]
    parts: defaultdict[str, list[Followed]] = defaultdict(list)
    for item in answer.items:
        parts[str(getattr(item, by))].append(followed.get(item.item_id, _NOTHING))
    return parts.items()


class _Explored:
    """The little-seen items that were shown, person by person."""

    def __init__(self) -> None:
        self._sums: dict[str, list[float]] = {}
        self._shown = self._clicks = 0

    def add(self, answer: StoredAnswer, followed: Mapping[str, Followed]) -> None:
        for item in answer.items:
            if item.propensity is not None:
                clicked = followed.get(item.item_id, _NOTHING).clicked
                self._shown, self._clicks = self._shown + 1, self._clicks + clicked
                sums = self._sums.setdefault(answer.customer_id or answer.recommendation_id, [0.0, 0.0])
                sums[0] += clicked / item.propensity
                sums[1] += 1 / item.propensity

    def result(self) -> ExplorationResult | None:
        """Inverse propensity weighting with weights that sum to 1 (D. G. Horvitz and D. J. Thompson, JASA 47, 1952)."""
        if not self._shown:
            return None
        over, under = np.array([*self._sums.values()], dtype=np.float64).T
        return ExplorationResult(self._shown, self._clicks, rate(over, under))
