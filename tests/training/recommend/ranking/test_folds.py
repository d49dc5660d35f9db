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
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.candidates import tiered_score
from training.recommend.proposing.registry import VIEW_SOURCES
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.cases import cases
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.goals import VIEW
from training.recommend.ranking.rules import RULE
from training.recommend.recommender import FittedRecommender

HORIZON_DAYS = 10
PLAN = FoldPlan(HORIZON_DAYS, SourceSettings())
BY_VIEW = FoldPlan(3, SourceSettings(), VIEW_SOURCES, VIEW, 400)
TWO_WEEKS = FoldPlan(14, SourceSettings())


@pytest.fixture(scope="module")
def fold(planted: PlantedShop) -> Fold:
    """The fold at the cutoff of the simulated shop."""
    return Fold.at(planted.behaviour, planted.cutoff, PLAN)


@pytest.fixture(scope="module")
def thinned(planted: PlantedShop) -> Fold:
    """The same fold, made to train on."""
    return Fold.at(planted.behaviour, planted.cutoff, PLAN, whole=False)


def test_cases_are_the_buyers(planted: PlantedShop, fold: Fold) -> None:
    """Every customer who buys within the horizon is a case with all of its candidates, and nobody else is."""
    catalogue = planted.behaviour.catalogue(planted.cutoff)
    buyers = 0
    for bucket in planted.behaviour.buckets:
        history = planted.behaviour.history(bucket, planted.cutoff, catalogue)
        buyers += int((Answers.of(planted.behaviour, bucket, history, HORIZON_DAYS).bought > 0).sum())
    assert fold.customers == buyers > 30
    assert sum(len(part.answers.bought) for part in fold.asked) == buyers
    assert fold.rows.group_sizes.sum() == len(fold.rows.bought) == len(fold.rows.values)
    assert fold.rows.group_sizes.sum() == sum(len(part.found) for part in fold.asked)
    assert len(fold.rows.group_sizes) == buyers
    assert (fold.rows.weight == 1).all()


def test_labels_are_the_answers(fold: Fold) -> None:
    """A pair is labelled when it was bought, part by part in the order of the rows."""
    for part, rows in zip(fold.asked, fold.parts, strict=True):
        np.testing.assert_array_equal(rows.bought, part.answers.hold(part.found.customer, part.found.item))
    assert 0 < fold.rows.bought.mean() < 0.5
    assert fold.bought == fold.rows.bought.sum()


def test_ndcg_is_that_of_the_evaluation(planted: PlantedShop, fold: Fold, by_rule: FittedRecommender) -> None:
    """The rule's ndcg in the fold is that of what the rule recommends, measured by the evaluation."""
    in_fold = fold.ndcg([tiered_score(part.found, RULE) for part in fold.asked])
    measured = []
    for bucket in planted.behaviour.buckets:
        history = planted.behaviour.history(bucket, planted.cutoff, by_rule.sources.catalogue)
        answers = Answers.of(planted.behaviour, bucket, history, HORIZON_DAYS)
        hits = answers.hold(np.arange(len(history))[:, None], by_rule.recommend(history, 10).item)
        measured.append(ndcg_at(hits, answers.bought, 10)[answers.bought > 0])
    np.testing.assert_allclose(in_fold, np.concatenate(measured))


def test_best_and_worst_order(fold: Fold) -> None:
    """The answers as scores give the best order of what was found; turned round they give the worst."""
    answers = [rows.bought.astype(np.float64) for rows in fold.parts]
    best, worst = fold.ndcg(answers), fold.ndcg([-part for part in answers])
    rule = fold.ndcg([tiered_score(part.found, RULE) for part in fold.asked])
    assert (best >= rule).all()
    assert (rule >= worst).all()
    assert best.mean() > 0.9
    assert best.max() == pytest.approx(1)


def test_rows_to_train_on(fold: Fold, thinned: Fold) -> None:
    """Made to train on, a fold keeps every bought pair and stands for all candidates, in fewer rows."""
    assert thinned.asked == ()
    assert len(thinned.rows.bought) < len(fold.rows.bought)
    assert thinned.bought == fold.bought
    assert thinned.rows.weight.sum() == pytest.approx(len(fold.rows.bought))
    assert (thinned.rows.weight[thinned.rows.bought] == 1).all()
    assert thinned.rows.names == fold.rows.names
    assert len(thinned.rows.group_sizes) == fold.customers
    known = {row.tobytes() for row in fold.rows.values}
    assert {row.tobytes() for row in thinned.rows.values} <= known, "rows are those of the whole fold"


def test_a_sample_of_a_whole_fold(fold: Fold, thinned: Fold) -> None:
    """A whole fold is sampled as one that was made to train on; the same seed draws the same rows."""
    sampled = fold.sampled(0)
    np.testing.assert_array_equal(sampled.values, fold.sampled(0).values)
    assert not np.array_equal(sampled.values, fold.sampled(1).values)
    for rows in (sampled, fold.sampled(1)):
        assert rows.bought.sum() == fold.bought
        assert rows.weight.sum() == pytest.approx(len(fold.rows.bought))
        np.testing.assert_array_equal(rows.group_sizes, thinned.rows.group_sizes)
    np.testing.assert_array_equal(sampled.values, thinned.rows.values)


def test_no_more_cases_than_planned(planted: PlantedShop) -> None:
    """Buckets are read until there are as many people as wanted; the others are left."""
    everyone = list(cases(planted.behaviour, planted.cutoff, HORIZON_DAYS, planted.behaviour.catalogue(planted.cutoff)))
    first = len(everyone[0].history)
    for most, wanted in ((1, first), (first, first), (first + 1, first + len(everyone[1].history))):
        plan = FoldPlan(HORIZON_DAYS, SourceSettings(), ("viewed", "popular"), most_cases=most)
        assert Fold.at(planted.behaviour, planted.cutoff, plan).customers == wanted


def test_further_people_are_only_trained_on(planted: PlantedShop, fold: Fold) -> None:
    """Of more people than are judged by, a sample of rows is taken, which counts for all their candidates."""
    plan = FoldPlan(HORIZON_DAYS, SourceSettings(), most_judged=1)
    some = Fold.at(planted.behaviour, planted.cutoff, plan)
    assert some.customers == len(fold.asked[0].answers.bought) < fold.customers
    assert len(some.asked) == len(some.parts) == 1
    assert sum(len(rows.group_sizes) for rows in some.beside) == fold.customers - some.customers
    everyone = some.sampled(3)
    assert everyone.weight.sum() == pytest.approx(len(fold.rows.bought))
    assert everyone.bought.sum() == fold.bought
    assert some.ndcg([rows.bought.astype(np.float64) for rows in some.parts]).shape == (some.customers,)


def test_next_views(planted: PlantedShop) -> None:
    """Where views are foreseen each beginning of a visit is a case with one answer, made with the view sources."""
    fold = Fold.at(planted.behaviour, planted.cutoff, BY_VIEW)
    assert fold.customers >= BY_VIEW.most_cases
    for part in fold.asked:
        assert part.found.names == VIEW_SOURCES
        assert (part.answers.bought == 1).all()
    best = fold.ndcg([rows.bought.astype(np.float64) for rows in fold.parts])
    rule = fold.ndcg([tiered_score(part.found, (("viewed",), ("viewed_together", "category"))) for part in fold.asked])
    assert set(best.tolist()) == {0.0, 1.0}, "the one answer is among the candidates or is not"
    assert 0.02 < rule.mean() < best.mean()


def test_whose_answers_they_are(planted: PlantedShop, fold: Fold) -> None:
    """Buyers are people of their own; the beginnings of visits of one customer are told to be of one."""
    assert fold.whose.tolist() == list(range(fold.customers))
    by_view = Fold.at(planted.behaviour, planted.cutoff, BY_VIEW)
    assert len(by_view.whose) == by_view.customers == len(by_view.ndcg([rows.weight for rows in by_view.parts]))
    names = [name for part in by_view.asked for name in part.customer_ids]
    assert 10 < len(set(names)) == by_view.whose.max() + 1 < by_view.customers
    known = {name for bucket in range(4) for name in planted.behaviour.reader.bucket(bucket)["customer_id"].to_pylist()}
    assert set(names) <= known


def test_only_the_horizon_matters(tmp_path: Path) -> None:
    """What happens after the horizon changes neither features nor labels."""
    cutoff = moment("2024-06-01T00:00Z")
    folder = stored(tmp_path, random_events(4, 800, days=170), buckets=2)
    before = Fold.at(Behaviour.of(folder), cutoff, TWO_WEEKS)
    later = cutoff + timedelta(days=14)
    append(
        folder,
        events(
            ("c1", "purchase", "i1", later),
            ("c2", "purchase", "i2", cutoff + timedelta(days=1), {"known_at": later}),
            ("c3", "view", "i3", cutoff - timedelta(days=1), {"known_at": cutoff}),
        ),
    )
    after = Fold.at(Behaviour.of(folder), cutoff, TWO_WEEKS)
    np.testing.assert_array_equal(after.rows.values, before.rows.values)
    np.testing.assert_array_equal(after.rows.bought, before.rows.bought)
    assert before.customers > 3


@pytest.mark.parametrize("plan", [PLAN, BY_VIEW], ids=["purchase", "view"])
@pytest.mark.parametrize("whole", [True, False])
def test_no_answers(tmp_path: Path, plan: FoldPlan, whole: bool) -> None:
    """A fold in which nobody did anything has columns, no rows, and no ndcg."""
    table = events(("anna", "view", "tea", "2025-03-01T00:00Z"), ("anna", "view", "tea", "2025-03-27T00:00Z"))
    fold = Fold.at(Behaviour.of(stored(tmp_path, table)), moment("2025-03-11T00:00Z"), plan, whole=whole)
    assert fold.customers == fold.bought == len(fold.rows.bought) == 0
    assert fold.rows.values.shape == (0, len(fold.rows.names))
    assert len(fold.rows.names) > 10
    assert fold.ndcg([np.zeros(0) for _ in fold.asked]).shape == (0,)
