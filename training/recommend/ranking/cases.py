"""Cases: some people at one moment, and what they went on to do; the ranker learns from them and is judged by them.

What counts as an answer is the shop's goal: ``purchase``, what was bought within the horizon, or ``view``, the next
item of the visit, where a shop has no purchases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.history import History
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.goals import PURCHASE, VIEW
from training.recommend.ranking.prefixes import prefixes

CASES_AT_ONCE = 1_000
"""A thousand people have some 150,000 candidates, whose features take 60 MB; larger cases come in parts."""


@dataclass(frozen=True)
class Case:
    """Some people and what they did next; each of them did something."""

    history: History
    """What was known of them."""
    answers: Answers
    """What they bought, or looked at next."""

    def parts(self) -> Iterator[Case]:
        """The same people, a thousand at a time; nobody at all is one part."""
        for start in range(0, max(len(self.history), 1), CASES_AT_ONCE):
            stop = min(start + CASES_AT_ONCE, len(self.history))
            yield Case(self.history.part(start, stop), self.answers.chosen(np.arange(start, stop)))


def enough(found: Iterable[Case], most: int) -> Iterator[Case]:
    """The cases in parts, until there are so many people in them."""
    people = 0
    for case in found:
        for part in case.parts():
            yield part
            people += len(part.history)
            if people >= most:
                return


def cases(
    behaviour: Behaviour,
    cutoff: datetime,
    horizon_days: float,
    catalogue: Catalogue,
    goal: str = PURCHASE,
    *,
    most_views: int | None = None,
) -> Iterator[Case]:
    """One case for each bucket of customers, with those who have an answer after ``cutoff``.

    Where the next view is wanted, at most ``most_views`` beginnings of visits are made of each bucket.
    """
    if goal == VIEW:
        yield from _next_views(behaviour, cutoff, horizon_days, catalogue, most_views)
        return

    def bought(bucket: int, history: History) -> Case:
        answers = Answers.of(behaviour, bucket, history, horizon_days)
        wanted = np.flatnonzero(answers.bought > 0)
        return Case(history.chosen(wanted), answers.chosen(wanted))

    yield from behaviour.map_histories(bought, cutoff, catalogue)


def _next_views(
    behaviour: Behaviour, cutoff: datetime, horizon_days: float, catalogue: Catalogue, most: int | None
) -> Iterator[Case]:
    """Every beginning of a visit that started in ``[cutoff, cutoff + horizon_days)``, and the item that came next."""

    def begun(_: int, history: History) -> Case:
        return Case(*prefixes(history, horizon_days, most))

    yield from behaviour.map_histories(begun, cutoff + timedelta(days=horizon_days), catalogue)
