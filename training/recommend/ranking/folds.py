"""Folds: at an earlier cutoff, what the sources would have proposed, and what then was bought or looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.progress import Progress, Said
from training.metrics import ndcg_at
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.candidates import Candidates, candidates
from training.recommend.proposing.registry import PURCHASE_SOURCES, related_of, tables_of
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.cases import Case, cases, enough
from training.recommend.ranking.features import ranking_features
from training.recommend.ranking.goals import PURCHASE, VIEW
from training.recommend.ranking.prefixes import owner
from training.recommend.ranking.rows import RankingRows, joined, sampled
from training.recommend.top import top_items

CASES_PER_FOLD = 2_500
"""Customers with an answer that one fold takes at most; further buckets are not read."""

TOP = 10
"""How many of the ranked items are compared."""


@dataclass(frozen=True)
class FoldPlan:
    """What every fold of a training has in common."""

    horizon_days: float
    """What happens within it after the cutoff is the answer."""
    settings: SourceSettings
    """How sources count."""
    names: tuple[str, ...] = PURCHASE_SOURCES
    """The sources that are asked."""
    goal: str = PURCHASE
    """What counts as an answer."""
    most_cases: int = CASES_PER_FOLD
    """Customers that one fold takes, at most."""
    most_judged: int = CASES_PER_FOLD
    """Customers whose candidates are all kept, where orders are to be compared; a sample is of the others."""


@dataclass(frozen=True)
class Asked:
    """What the sources proposed to some people, and what these did."""

    found: Candidates
    """The proposals."""
    answers: Answers
    """What came after."""
    customer_ids: tuple[str, ...]
    """Whose answers they are: beginnings of visits of one customer are not independent of each other."""


@dataclass(frozen=True)
class Fold:
    """One cutoff: everything, item-to-item tables included, was counted before it."""

    cutoff: datetime
    """The moment."""
    asked: tuple[Asked, ...]
    """Candidates and answers, a thousand people at a time; empty where only rows were wanted."""
    parts: tuple[RankingRows, ...]
    """Features and labels of the candidates of each of ``asked``; a weighted sample of them where only rows were."""
    beside: tuple[RankingRows, ...] = ()
    """Weighted samples of the candidates of further people, to train on."""

    @classmethod
    def at(
        cls,
        behaviour: Behaviour,
        cutoff: datetime,
        plan: FoldPlan,
        *,
        whole: bool = True,
        progress: Progress | None = None,
        said: Said | None = None,
    ) -> Fold:
        """The fold at ``cutoff``, from as many buckets as hold ``most_cases`` people with an answer.

        ``whole`` keeps every candidate, so that orders can be compared; else only rows to train on are kept.
        """
        sources = Sources.fit(
            behaviour,
            cutoff,
            plan.settings,
            tables=tables_of(plan.names),
            related=related_of(plan.names),
            progress=progress,
            said=said,
        )
        asked: list[Asked] = []
        parts: list[RankingRows] = []
        beside: list[RankingRows] = []
        people = 0
        for number, case in enumerate(_some(behaviour, cutoff, plan, sources)):
            judged = whole and people < plan.most_judged
            people += len(case.history)
            found, rows = _rows(sources, case, plan, None if judged else number)
            (beside if whole and not judged else parts).append(rows)
            if judged:
                asked.append(Asked(found, case.answers, _customer_ids(case, plan.goal)))
        return cls(cutoff, tuple(asked), tuple(parts), tuple(beside))

    @property
    def rows(self) -> RankingRows:
        """The rows of all parts."""
        return joined(self.parts)

    @property
    def customers(self) -> int:
        """How many people had an answer."""
        return sum(int((part.answers.bought > 0).sum()) for part in self.asked)

    @property
    def bought(self) -> int:
        """How many of the candidates were right."""
        return sum(int(part.bought.sum()) for part in self.parts)

    def ndcg(self, scores: Sequence[Floats]) -> Floats:
        """ndcg@10 of each person when the candidates of each part are ordered by ``scores``; ``(customers,)``."""
        each = [_ndcg(part, score) for part, score in zip(self.asked, scores, strict=True)]
        return np.concatenate(each or [np.zeros(0)])

    @property
    def whose(self) -> Ints:
        """Number of the customer behind each of :meth:`ndcg`, from 0, shape ``(customers,)``."""
        names = pa.array([name for part in self.asked for name in part.customer_ids], pa.string())
        return names.dictionary_encode().indices.to_numpy()

    def sampled(self, seed: int) -> RankingRows:
        """A weighted sample of the rows of a whole fold, with those of further people, to train on."""
        chosen = [
            rows.take(*sampled(part.found, rows.bought, seed + number))
            for number, (part, rows) in enumerate(zip(self.asked, self.parts, strict=True))
        ]
        return joined([*chosen, *self.beside])


def _some(behaviour: Behaviour, cutoff: datetime, plan: FoldPlan, sources: Sources) -> Iterator[Case]:
    """Cases until there are enough people in them."""
    found = cases(behaviour, cutoff, plan.horizon_days, sources.catalogue, plan.goal, most_views=plan.most_cases)
    return enough(found, plan.most_cases)


def _rows(sources: Sources, case: Case, plan: FoldPlan, seed: int | None) -> tuple[Candidates, RankingRows]:
    people = sources.people(case.history)
    found = candidates(sources, people, plan.names)
    bought = case.answers.hold(found.customer, found.item)
    weight: Floats = np.ones(len(found))
    if seed is not None:
        kept, weight = sampled(found, bought, seed)
        found, bought = found.take(kept), bought[kept]
    names, values = ranking_features(sources, people, found)
    sizes = np.bincount(found.customer, minlength=len(people))
    return found, RankingRows(names, values, bought, sizes[sizes > 0], weight)


def _customer_ids(case: Case, goal: str) -> tuple[str, ...]:
    names = case.history.customer_ids.to_pylist()
    return tuple(owner(name) for name in names) if goal == VIEW else tuple(names)


def _ndcg(asked: Asked, score: Floats) -> Floats:
    people = len(asked.answers.bought)
    items, _ = top_items(asked.found.customer, asked.found.item, score, people, TOP)
    hits = asked.answers.hold(np.arange(people)[:, None], items)
    return ndcg_at(hits, asked.answers.bought, TOP)[asked.answers.bought > 0]
