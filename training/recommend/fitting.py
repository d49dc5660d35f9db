"""Training the recommender: a model is kept only where it beats the rule on the shop's own newest fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from features.behaviour import Behaviour
from features.progress import Said
from training.cutoffs import CutoffSettings, embargoed, training_cutoffs
from training.gate import Gate
from training.recommend.counted.table import SourceSettings
from training.recommend.judging import RULE_TIER, judged
from training.recommend.proposing.registry import VIEW_SOURCES
from training.recommend.ranking.blend import Blend
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.goals import PURCHASE, VIEW
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.ranking.rules import usual_rule
from training.recommend.recommender import Recommender

LEAST_CUSTOMERS = 50
"""Fewer buyers than this in the newest fold say nothing; the rule serves."""

LEAST_BOUGHT = 100
"""The ranker is trained on at least this many bought candidates."""

MOST_FOLDS = 6
"""Cutoffs that ranking cases are made at; with three in a horizon, three of them are complete before the newest."""

LONGEST_HORIZON_DAYS = 14
"""Next items are learned for at most so many days ahead: what is in a cart today says little about next quarter."""

VIEW_FOLDS = 2
"""Cutoffs that next views are learned at: one to train on, one to judge by."""

VIEW_SHARE = 1 / 12
"""Each of them looks at so much of the history's time after it."""

MOST_PREFIXES = 30_000
"""Beginnings of visits that one fold takes at most; their rows take 650 MB."""

MOST_JUDGED = 10_000
"""Beginnings of visits that the ranker is judged by at most."""

VIEW_CANDIDATES = 100
"""Candidates of each source where the next view is wanted: they hold more of the right ones than 50."""

VIEW_RANKER = RankerSettings(
    trees=80, leaves=63, learning_rate=0.1, least_rows_per_leaf=200, feature_fraction=0.6, l2=5.0, from_blend=False
)
"""Next views give many more rows to learn from than purchases."""

ENOUGH = {PURCHASE: "customers must have bought", VIEW: "customers must have gone on within a visit"}
"""What a fold must have enough of, by goal."""

RIGHT = {PURCHASE: "bought candidates", VIEW: "candidates that were looked at next"}
"""What the ranker must have enough of, by goal."""


@dataclass(frozen=True)
class RecommenderTraining:
    """The outcome of a training."""

    recommender: Recommender
    """What serves from now on."""
    gate: Gate
    """Why the ranker serves, or why it does not."""
    cutoffs: tuple[datetime, ...]
    """The cutoffs of the folds, oldest first."""
    figures: dict[str, float]
    """ndcg@10 of rule, ranker and blend on the newest fold, their differences and the intervals."""


def source_settings(history_days: float) -> SourceSettings:
    """How sources count in a shop with this much history: interest halves in a tenth of it, 1 to 30 days."""
    return SourceSettings(half_life_days=float(np.clip(history_days / 10, 1.0, 30.0)))


def goal_of(behaviour: Behaviour, as_of: datetime) -> str:
    """What the shop wants foreseen: the next purchase, or the next view where nothing was ever bought."""
    return PURCHASE if behaviour.reader.has_kind("purchase", as_of) else VIEW


def fit_recommender(
    behaviour: Behaviour,
    as_of: datetime,
    horizon_days: int,
    *,
    settings: RankerSettings | None = None,
    said: Said | None = None,
) -> RecommenderTraining:
    """Choose between the rule and the ranker with what was known before ``as_of``.

    What was bought within ``horizon_days``, or ``LONGEST_HORIZON_DAYS`` where that is shorter, is what counts.
    The newest fold is the judge: the ranker is trained on the folds whose answers were complete before it, and is
    trained once more on all folds when it wins.
    """
    first = behaviour.reader.extent(as_of).first
    history_days = 0.0 if first is None else (as_of - first).total_seconds() / 86_400
    goal = goal_of(behaviour, as_of)
    plan = fold_plan(goal, history_days, min(horizon_days, LONGEST_HORIZON_DAYS))
    cutoffs = _cutoffs(behaviour, first, as_of, plan)
    folds = []
    for number, cutoff in enumerate(cutoffs, start=1):
        if said is not None:
            said(f"ranking cases {number} of {len(cutoffs)}, known before {cutoff:%Y-%m-%d}")
        folds.append(Fold.at(behaviour, cutoff, plan, whole=cutoff == cutoffs[-1], said=said))
    if settings is None:
        settings = VIEW_RANKER if goal == VIEW else RankerSettings.learning_from(sum(fold.bought for fold in folds))
    return _judged(folds, behaviour, plan, settings)


def fold_plan(goal: str, history_days: float, horizon_days: float) -> FoldPlan:
    """How folds are made in a shop with so much history."""
    sources = source_settings(history_days)
    if goal == VIEW:
        sources = replace(sources, per_source=VIEW_CANDIDATES, visits_per_item=1_500, neighbour_visits=500)
        return FoldPlan(history_days * VIEW_SHARE, sources, VIEW_SOURCES, VIEW, MOST_PREFIXES, MOST_JUDGED)
    return FoldPlan(horizon_days, sources)


def _cutoffs(behaviour: Behaviour, first: datetime | None, as_of: datetime, plan: FoldPlan) -> list[datetime]:
    """The moments of the folds, oldest first; those of views stand one behind the other."""
    if plan.goal == VIEW:
        if first is None:
            return []
        return [as_of - timedelta(days=plan.horizon_days * back) for back in range(VIEW_FOLDS, 0, -1)]
    settings = CutoffSettings(most=MOST_FOLDS)
    return list(training_cutoffs(first, as_of, int(plan.horizon_days), behaviour.settings.timezone, settings))


def _judged(
    folds: Sequence[Fold], behaviour: Behaviour, plan: FoldPlan, settings: RankerSettings
) -> RecommenderTraining:
    rule = Recommender(plan.settings, names=plan.names, goal=plan.goal, rule=usual_rule(plan.goal))
    cutoffs = tuple(fold.cutoff for fold in folds)
    earlier = _before(folds, behaviour, plan) if folds else []
    reason = _too_little(folds, earlier, plan.goal)
    if reason is not None:
        return RecommenderTraining(rule, Gate(False, (reason,)), cutoffs, {})
    judge = folds[-1]
    rows = [fold.rows for fold in earlier]
    models: dict[str, Ranker | Blend] = {"ranker": Ranker.fit(rows, settings)}
    if plan.goal == PURCHASE:
        models["blend"] = Blend.fit(rows)
    verdict = judged(judge, plan.goal, models, settings.seed)
    rule = replace(rule, rule=verdict.rule)
    if verdict.winner != RULE_TIER:
        rows = [fold.rows for fold in folds[:-1]] + [judge.sampled(settings.seed)]
        rule = replace(rule, ranker=Blend.fit(rows) if verdict.winner == "blend" else Ranker.fit(rows, settings))
    gate = Gate(verdict.winner != RULE_TIER, (verdict.sentence,))
    return RecommenderTraining(rule, gate, cutoffs, dict(verdict.figures))


def _before(folds: Sequence[Fold], behaviour: Behaviour, plan: FoldPlan) -> list[Fold]:
    """The folds whose answers were complete before the newest one."""
    if plan.goal == VIEW:
        return list(folds[:-1])
    cutoffs = [fold.cutoff for fold in folds]
    before = embargoed(cutoffs, cutoffs[-1], int(plan.horizon_days), behaviour.settings.timezone)
    return [fold for fold in folds if fold.cutoff in before]


def _too_little(folds: Sequence[Fold], earlier: Sequence[Fold], goal: str) -> str | None:
    """Why there is nothing to train a ranker on, or None."""
    if not folds:
        return "the history is too short for a cutoff with a horizon after it: the rule serves"
    customers = len(np.unique(folds[-1].whose))
    if customers < LEAST_CUSTOMERS:
        return f"at least {LEAST_CUSTOMERS} {ENOUGH[goal]} in the newest fold; {customers} did: the rule serves"
    bought = sum(fold.bought for fold in earlier)
    if bought < LEAST_BOUGHT:
        return f"at least {LEAST_BOUGHT} {RIGHT[goal]} are needed before it; there are {bought}: the rule serves"
    return None
