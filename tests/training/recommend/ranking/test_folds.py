"""Folds: cases at a past moment, labelled by what came after it and by nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from tests.small_shop import append, events, moment, random_events, stored
from tests.training.recommend.conftest import PlantedShop
from training.metrics import ndcg_at
from training.recommend.counted.sources import SourceSettings
from training.recommend.proposing.candidates import tiered_score
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.folds import Fold
from training.recommend.recommender import RULE, FittedRecommender

HORIZON_DAYS = 10


@pytest.fixture(scope="module")
def fold(planted: PlantedShop) -> Fold:
    """The fold at the cutoff of the simulated shop."""
    return Fold.at(planted.behaviour, planted.cutoff, HORIZON_DAYS, SourceSettings())


def test_cases_are_the_buyers(planted: PlantedShop, fold: Fold) -> None:
    """Every customer who buys within the horizon is a case with all of its candidates, and nobody else is."""
    catalogue = planted.behaviour.catalogue(planted.cutoff)
    buyers = 0
    for bucket in planted.behaviour.buckets:
        history = planted.behaviour.history(bucket, planted.cutoff, catalogue)
        buyers += int((Answers.of(planted.behaviour, bucket, history, HORIZON_DAYS).bought > 0).sum())
    assert fold.customers == buyers > 30
    assert fold.rows.group_sizes.sum() == len(fold.rows.bought) == len(fold.rows.values)
    assert fold.rows.group_sizes.sum() == sum(len(case.found) for case in fold.cases)


def test_labels_are_the_answers(fold: Fold) -> None:
    """A pair is labelled when it was bought, case by case in the order of the rows."""
    for case, labels in zip(fold.cases, fold.split(fold.rows.bought.astype(np.float64)), strict=True):
        np.testing.assert_array_equal(labels > 0, case.answers.hold(case.found.customer, case.found.item))
    assert 0 < fold.rows.bought.mean() < 0.5


def test_ndcg_is_that_of_the_evaluation(planted: PlantedShop, fold: Fold, by_rule: FittedRecommender) -> None:
    """The rule's ndcg in the fold is that of what the rule recommends, measured by the evaluation."""
    in_fold = fold.ndcg([tiered_score(case.found, RULE) for case in fold.cases])
    measured = []
    for bucket in planted.behaviour.buckets:
        history = planted.behaviour.history(bucket, planted.cutoff, by_rule.sources.catalogue)
        answers = Answers.of(planted.behaviour, bucket, history, HORIZON_DAYS)
        hits = answers.hold(np.arange(len(history))[:, None], by_rule.recommend(history, 10).item)
        measured.append(ndcg_at(hits, answers.bought, 10)[answers.bought > 0])
    np.testing.assert_allclose(in_fold, np.concatenate(measured))


def test_best_and_worst_order(fold: Fold) -> None:
    """The answers as scores give the best order of what was found; turned round they give the worst."""
    answers = fold.split(fold.rows.bought.astype(np.float64))
    best, worst = fold.ndcg(answers), fold.ndcg([-part for part in answers])
    rule = fold.ndcg([tiered_score(case.found, RULE) for case in fold.cases])
    assert (best >= rule).all()
    assert (rule >= worst).all()
    assert best.mean() > 0.9
    assert best.max() == pytest.approx(1)


def test_only_the_horizon_matters(tmp_path: Path) -> None:
    """What happens after the horizon changes neither features nor labels."""
    cutoff = moment("2024-06-01T00:00Z")
    folder = stored(tmp_path, random_events(4, 800, days=170), buckets=2)
    before = Fold.at(Behaviour.of(folder), cutoff, 14, SourceSettings())
    later = cutoff + timedelta(days=14)
    append(
        folder,
        events(
            ("c1", "purchase", "i1", later),
            ("c2", "purchase", "i2", cutoff + timedelta(days=1), {"known_at": later}),
            ("c3", "view", "i3", cutoff - timedelta(days=1), {"known_at": cutoff}),
        ),
    )
    after = Fold.at(Behaviour.of(folder), cutoff, 14, SourceSettings())
    np.testing.assert_array_equal(after.rows.values, before.rows.values)
    np.testing.assert_array_equal(after.rows.bought, before.rows.bought)
    assert before.customers > 3


def test_no_buyers(tmp_path: Path) -> None:
    """A fold in which nobody bought has columns, no rows, and no ndcg."""
    table = events(("anna", "view", "tea", "2025-03-01T00:00Z"), ("anna", "view", "tea", "2025-03-20T00:00Z"))
    fold = Fold.at(Behaviour.of(stored(tmp_path, table)), moment("2025-03-11T00:00Z"), 7, SourceSettings())
    assert fold.customers == len(fold.rows.bought) == 0
    assert fold.rows.values.shape == (0, len(fold.rows.names))
    assert fold.ndcg([np.zeros(0) for _ in fold.cases]).shape == (0,)
