"""The judge: rules and models order the same candidates of the newest fold, and what serves must have been better.

A model serves only where it beats the best rule; the ranker by more than chance explains, the blend, which has few
weights and stays near the rule, where hardly any resample of the customers speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats
from training.recommend.proposing.candidates import tiered_score
from training.recommend.ranking.blend import Blend
from training.recommend.ranking.folds import Fold
from training.recommend.ranking.goals import PURCHASE, VIEW
from training.recommend.ranking.ranker import Ranker
from training.recommend.ranking.rules import RULES_OF, Tiers

RULE_TIER = "rules"
"""The tier that serves where no model won."""

DOUBT = {"ranker": 0.025, "blend": 0.1}
"""The share of resamples of customers that may speak against a model that serves."""

JUDGES = {PURCHASE: "customers", VIEW: "beginnings of visits"}
"""What the newest fold consists of, by goal."""


@dataclass(frozen=True)
class Verdict:
    """What serves from now on, and why."""

    winner: str
    """``ranker``, ``blend`` or ``rules``."""
    rule: Tiers
    """The best rule."""
    figures: Mapping[str, float]
    """ndcg@10 of the best rule and of every model on the judge, differences to the rule and their intervals."""
    sentence: str
    """The same in words."""


def judged(judge: Fold, goal: str, models: Mapping[str, Ranker | Blend], seed: int) -> Verdict:
    """The best of the goal's rules and of ``models`` (by tier, the ranker among them) on a whole fold."""
    by_rule = {name: _by_rule(judge, tiers) for name, tiers in RULES_OF[goal].items()}
    best = max(by_rule, key=lambda name: float(by_rule[name].mean()))
    figures = {"rule_ndcg_at_10": float(by_rule[best].mean())}
    for name, model in models.items():
        by_model = judge.ndcg([model.score(part.names, part.values) for part in judge.parts])
        figures |= _against_rule(name, by_model, by_rule[best], judge, seed)
    passed = [name for name in models if figures[f"{_prefix(name)}difference_low"] > 0]
    winner = max(passed, key=lambda name: figures[f"{name}_ndcg_at_10"], default=RULE_TIER)
    return Verdict(winner, RULES_OF[goal][best], figures, _told(figures, best, goal, len(by_rule[best]), winner))


def _by_rule(judge: Fold, tiers: Tiers) -> Floats:
    """ndcg@10 of each case when a rule orders the candidates."""
    return judge.ndcg([tiered_score(part.found, tiers) for part in judge.asked])


def _against_rule(name: str, each: Floats, by_rule: Floats, judge: Fold, seed: int) -> dict[str, float]:
    """A model's mean, its difference to the rule, and how far customers drawn anew move that."""
    difference = each - by_rule
    means = _resampled(difference, judge, seed)
    return {
        f"{name}_ndcg_at_10": float(each.mean()),
        f"{_prefix(name)}difference": float(difference.mean()),
        f"{_prefix(name)}difference_low": float(np.quantile(means, DOUBT[name])),
        f"{_prefix(name)}difference_high": float(np.quantile(means, 1 - DOUBT[name])),
    }


def _prefix(name: str) -> str:
    """The ranker's difference is *the* difference."""
    return "" if name == "ranker" else f"{name}_"


def _resampled(values: Floats, judge: Fold, seed: int) -> Floats:
    """Means of a thousand resamples of customers, each with all of the own values."""
    sums, sizes = np.bincount(judge.whose, weights=values), np.bincount(judge.whose)
    draws = np.random.default_rng(seed).integers(0, len(sums), (1000, len(sums)))
    means: Floats = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    return means


def _told(figures: Mapping[str, float], rule: str, goal: str, customers: int, winner: str) -> str:
    """What was compared, and what serves."""
    sentence = (
        f"the ranker's ndcg@10 must beat the best rule's ({rule}) on the newest fold ({customers} {JUDGES[goal]}): "
        f"{figures['ranker_ndcg_at_10']:.4f} against {figures['rule_ndcg_at_10']:.4f}, difference "
        f"{figures['difference']:+.4f} (95 % interval {figures['difference_low']:+.4f} to "
        f"{figures['difference_high']:+.4f})"
    )
    if "blend_difference" in figures:
        sentence += (
            f"; the blend's {figures['blend_ndcg_at_10']:.4f}, difference {figures['blend_difference']:+.4f} "
            f"(80 % interval {figures['blend_difference_low']:+.4f} to {figures['blend_difference_high']:+.4f})"
        )
    return f"{sentence}: the {'rule' if winner == RULE_TIER else winner} serves"
