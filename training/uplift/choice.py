"""Which learner is used: the one that ranks people best whom it has not seen, among those it may learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from training.uplift.learners.learner import FITS
from training.uplift.qini import Trial, qini_curve

FOLDS = 5
"""Each fifth of the people is ranked by a learner of the others."""

SEED = 3
"""Of the draws of folds."""

MOST_ROWS = 25_000
"""Of more rows a sample chooses."""


@dataclass(frozen=True)
class Choice:
    """The learner that won, and how all did."""

    name: str
    """Its name in :data:`training.uplift.learners.learner.FITS`."""
    qini: Mapping[str, float]
    """Mean Qini of each learner on people whom it had not seen, by name."""


def chosen_learner(features: Floats, trial: Trial, *, repeats: int = 3) -> Choice:
    """The learner of the highest Qini by cross-fitting; nothing but these rows is looked at.

    ``features`` has shape ``(n, n_features)``, its rows are those of ``trial``. Rows of one person are in one fold.
    """
    rows = np.sort(np.random.default_rng(SEED).permutation(len(trial))[:MOST_ROWS])
    features, trial = features[rows], trial.take(rows)
    found: dict[str, list[float]] = {name: [] for name in FITS}
    for fold in folds(trial.person, repeats):
        for name in FITS:
            found[name].append(qini_curve(cross_fitted(name, features, trial, fold), trial).qini)
    mean = {name: float(np.mean(each)) for name, each in found.items()}
    return Choice(max(mean, key=mean.__getitem__), mean)


def cross_fitted(name: str, features: Floats, trial: Trial, fold: Ints) -> Floats:
    """The uplift of each row, said by a learner that has not seen the rows of its fold; shape ``(n,)``."""
    uplift = np.zeros(len(trial))
    for number in range(FOLDS):
        here = fold == number
        known = trial.take(~here)
        learner = FITS[name](features[~here], known.treated, known.outcome, known.propensity)
        uplift[here] = learner.uplift(features[here])
    return uplift


def one_fold(person: Ints) -> Ints:
    """The fold of each row in the first draw; shape ``(n,)``."""
    return next(folds(person, 1))


def folds(person: Ints, repeats: int) -> Iterator[Ints]:
    """The fold of each row, draw by draw, that of one person the same; each ``(n,)``."""
    _, place = np.unique(person, return_inverse=True)
    people, random = int(place.max(initial=-1)) + 1, np.random.default_rng(SEED)
    for _ in range(repeats):
        yield (random.permutation(people) % FOLDS)[place]
