"""The choice of a learner looks at nothing but the rows that it may learn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.planted_trial import planted_trial
from training.uplift.choice import FOLDS, chosen_learner, cross_fitted, folds, one_fold
from training.uplift.learners.learner import FITS
from training.uplift.qini import qini_curve

PLANTED = planted_trial(1_500, 0.25, 1)


def test_the_best_of_all_is_taken() -> None:
    """Every learner has its Qini, the highest wins, and on planted people all of them are above zero."""
    found = chosen_learner(PLANTED.features, PLANTED.trial, repeats=1)
    assert set(found.qini) == set(FITS)
    assert found.qini[found.name] == max(found.qini.values())
    assert min(found.qini.values()) > 0


def test_nobody_is_ranked_by_a_learner_that_saw_them() -> None:
    """Outcomes without any pattern are ranked no better than by lot, though a learner that saw them ranks them well."""
    random = np.random.default_rng(2)
    lots = replace(PLANTED.trial, outcome=random.integers(0, 2, 1_500).astype(float))
    unseen = cross_fitted("t_trees", PLANTED.features, lots, one_fold(lots.person))
    seen = FITS["t_trees"](PLANTED.features, lots.treated, lots.outcome, lots.propensity).uplift(PLANTED.features)
    assert qini_curve(seen, lots).qini > 0.05
    assert abs(qini_curve(unseen, lots).qini) < 0.03


def test_one_person_is_in_one_fold() -> None:
    """Rows of one person go together, and the folds are of about one size."""
    person = np.repeat(np.arange(500), 3)
    for fold in folds(person, 2):
        assert all(len(set(fold[person == number])) == 1 for number in range(500))
        assert set(np.bincount(fold)) == {500 * 3 // FOLDS}


def test_the_same_rows_choose_the_same() -> None:
    """Nothing is left to chance."""
    first, again = (chosen_learner(PLANTED.features, PLANTED.trial, repeats=1) for _ in range(2))
    assert first == again
