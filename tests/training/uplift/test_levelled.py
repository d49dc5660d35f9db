"""A levelled learner: its mean and its differences are those that strangers show."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.planted_trial import planted_trial
from training.uplift.learners.learner import FITS
from training.uplift.levelled import SLOPES, Levelled

KNOWN, OTHERS = planted_trial(4_000, 0.25, 1), planted_trial(4_000, 0.25, 2)


@pytest.mark.parametrize("name", sorted(FITS))
def test_what_is_foretold_is_what_comes(name: str) -> None:
    """Of strangers the mean uplift is right, and that of the half with the higher uplift too."""
    found = Levelled.fit(name, KNOWN.features, KNOWN.trial).uplift(OTHERS.features)
    assert found.mean() == pytest.approx(OTHERS.tau.mean(), abs=0.03)
    top = found > np.median(found)
    assert found[top].mean() == pytest.approx(OTHERS.tau[top].mean(), abs=0.08)


def test_the_order_stays() -> None:
    """The line moves numbers, not people."""
    levelled = Levelled.fit("s_trees", KNOWN.features, KNOWN.trial)
    raw = levelled.learner.uplift(OTHERS.features)
    assert (np.diff(levelled.uplift(OTHERS.features)[np.argsort(raw)]) >= -1e-12).all()


def test_no_effect_has_no_level() -> None:
    """Where a message changes nothing, the level is about zero and differences shrink as far as they may."""
    planted = planted_trial(4_000, 0.0, 5)
    levelled = Levelled.fit("t_trees", planted.features, planted.trial)
    assert abs(levelled.level) < 0.03
    assert levelled.slope == SLOPES[0]


def test_read_back_it_says_the_same() -> None:
    """Plain JSON holds all of it."""
    levelled = Levelled.fit("x_trees", KNOWN.features, KNOWN.trial)
    again = Levelled.from_dict(json.loads(json.dumps(levelled.as_dict())))
    np.testing.assert_array_equal(again.uplift(OTHERS.features), levelled.uplift(OTHERS.features))
