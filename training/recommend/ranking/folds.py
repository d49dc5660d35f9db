"""Cases for the ranker: at an earlier cutoff, what the sources would have proposed and what was then bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from features.arrays import Floats
from features.behaviour import Behaviour
from features.history import History
from features.pairs import Touches
from features.progress import Progress
from training.metrics import ndcg_at
from training.recommend.counted.sources import Sources, SourceSettings
from training.recommend.proposing.candidates import Candidates, candidates
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.ranker import RankingRows, ranking_features
from training.recommend.top import top_items

CASES_PER_FOLD = 2_500
"""Customers with a purchase that one fold takes at most; further buckets are not read."""

TOP = 10
"""How many of the ranked items are compared."""


@dataclass(frozen=True)
class Case:
    """The customers of one bucket who bought something within the horizon."""

    found: Candidates
    """What the sources proposed to them."""
    answers: Answers
    """What they bought."""
    customers: int
    """Number of customers in the bucket's history, buyers or not."""


@dataclass(frozen=True)
class Fold:
    """One cutoff: everything, item-to-item tables included, was counted before it."""

    cutoff: datetime
    """The moment."""
    rows: RankingRows
    """Features and labels of all candidate pairs."""
    cases: tuple[Case, ...]
    """The same pairs bucket by bucket, with the answers."""

    @classmethod
    def at(
        cls,
        behaviour: Behaviour,
        cutoff: datetime,
        horizon_days: float,
        settings: SourceSettings,
        progress: Progress | None = None,
    ) -> Fold:
        """The fold at ``cutoff``, from as many buckets as hold ``CASES_PER_FOLD`` buyers."""
        sources = Sources.fit(behaviour, cutoff, settings, progress=progress)
        parts: list[tuple[RankingRows, Case]] = []
        cases = 0

        def bucket_rows(bucket: int, history: History) -> tuple[RankingRows, Case]:
            return _rows(behaviour, sources, bucket, history, horizon_days)

        for part in behaviour.map_histories(bucket_rows, cutoff, sources.catalogue):
            parts.append(part)
            cases += len(part[0].group_sizes)
            if cases >= CASES_PER_FOLD:
                break
        return cls(cutoff, _joined([rows for rows, _ in parts]), tuple(case for _, case in parts))

    @property
    def customers(self) -> int:
        """How many customers bought something."""
        return len(self.rows.group_sizes)

    def ndcg(self, scores: Sequence[Floats]) -> Floats:
        """ndcg@10 of each customer when the pairs of each case are ordered by ``scores``; shape ``(customers,)``."""
        return np.concatenate(
            [_case_ndcg(case, score) for case, score in zip(self.cases, scores, strict=True)] or [np.zeros(0)]
        )

    def split(self, values: Floats) -> list[Floats]:
        """One value for each pair of ``rows``, cut into the cases they belong to."""
        edges = np.cumsum([len(case.found) for case in self.cases])[:-1]
        return np.split(values, edges)


def _rows(
    behaviour: Behaviour, sources: Sources, bucket: int, history: History, horizon_days: float
) -> tuple[RankingRows, Case]:
    touches = Touches.of(history)
    answers = Answers.of(behaviour, bucket, history, horizon_days)
    everyone = candidates(sources, history, touches)
    wanted = answers.bought[everyone.customer] > 0
    found = Candidates(everyone.customer[wanted], everyone.item[wanted], everyone.score[wanted], everyone.rank[wanted])
    names, values = ranking_features(sources, history, touches, found)
    sizes = np.bincount(found.customer, minlength=len(history))
    bought = answers.hold(found.customer, found.item)
    return RankingRows(names, values, bought, sizes[sizes > 0]), Case(found, answers, len(history))


def _joined(parts: Sequence[RankingRows]) -> RankingRows:
    return RankingRows(
        parts[0].names,
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.bought for part in parts]),
        np.concatenate([part.group_sizes for part in parts]),
    )


def _case_ndcg(case: Case, score: Floats) -> Floats:
    items, _ = top_items(case.found.customer, case.found.item, score, case.customers, TOP)
    hits = case.answers.hold(np.arange(case.customers)[:, None], items)
    return ndcg_at(hits, case.answers.bought, TOP)[case.answers.bought > 0]
