"""The judge: the best rule is the one to beat, and what serves was better by more than chance."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.table import SourceSettings
from training.recommend.judging import RULE_TIER, judged
from training.recommend.proposing.candidates import tiered_score
from training.recommend.ranking.blend import Blend
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.goals import PURCHASE
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.ranking.rules import RULES

QUICK = RankerSettings(trees=20, leaves=7, least_rows_per_leaf=20)


@pytest.fixture(scope="module")
def fold(planted: PlantedShop) -> Fold:
    return Fold.at(planted.behaviour, planted.cutoff, FoldPlan(10, SourceSettings()))


@pytest.fixture(scope="module")
def seen_through(fold: Fold) -> Ranker:
    """A ranker that was trained on the very answers that it is judged by."""
    return Ranker.fit([fold.rows], QUICK)


def test_the_best_rule_is_the_one_to_beat(fold: Fold, seen_through: Ranker) -> None:
    """Of all rules the one with the highest mean is named, kept and compared."""
    verdict = judged(fold, PURCHASE, {"ranker": seen_through}, seed=7)
    scores = {name: [tiered_score(part.found, tiers) for part in fold.asked] for name, tiers in RULES.items()}
    means = {name: float(fold.ndcg(score).mean()) for name, score in scores.items()}
    best = max(means, key=lambda name: means[name])
    assert verdict.rule == RULES[best]
    assert verdict.figures["rule_ndcg_at_10"] == pytest.approx(max(means.values()))
    assert f"the best rule's ({best})" in verdict.sentence


def test_who_knows_the_answers_serves(fold: Fold, seen_through: Ranker) -> None:
    """A model that is far better than every rule wins, with an interval above zero."""
    verdict = judged(fold, PURCHASE, {"ranker": seen_through, "blend": Blend.fit([fold.rows])}, seed=7)
    assert verdict.winner == "ranker"
    assert verdict.figures["difference_low"] > 0
    assert verdict.sentence.endswith("the ranker serves")
    assert verdict.figures["ranker_ndcg_at_10"] > verdict.figures["blend_ndcg_at_10"]


def test_a_useless_model_does_not_serve(fold: Fold, seen_through: Ranker) -> None:
    """Models that order at random lose to the rule, however often one draws."""
    rows = fold.rows
    drawn = np.random.default_rng(3).permutation(rows.bought)
    lost = Ranker.fit([type(rows)(rows.names, rows.values, drawn, rows.group_sizes, rows.weight)], QUICK)
    verdict = judged(fold, PURCHASE, {"ranker": lost}, seed=7)
    assert verdict.winner == RULE_TIER
    assert verdict.figures["difference_high"] < 0
    assert verdict.sentence.endswith("the rule serves")
    assert judged(fold, PURCHASE, {"ranker": lost}, seed=7) == verdict, "the same seed gives the same verdict"


def test_the_blend_serves_where_the_ranker_fails(fold: Fold) -> None:
    """Where only the blend beats the rule, the blend serves."""
    rows = fold.rows
    drawn = np.random.default_rng(3).permutation(rows.bought)
    lost = Ranker.fit([type(rows)(rows.names, rows.values, drawn, rows.group_sizes, rows.weight)], QUICK)
    verdict = judged(fold, PURCHASE, {"ranker": lost, "blend": Blend.fit([rows])}, seed=7)
    assert verdict.winner == "blend"
    assert verdict.figures["blend_difference_low"] > 0
