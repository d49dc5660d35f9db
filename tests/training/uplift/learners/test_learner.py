"""Every learner: it finds what was planted, says little where there is nothing, and is the same when read back."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.planted_trial import PlantedTrial, planted_trial
from training.uplift.learners.learner import FITS, Learner, learner_from
from training.uplift.qini import qini_curve

NAMES = sorted(FITS)


@pytest.fixture(scope="module")
def known() -> PlantedTrial:
    """Two thousand people to whom a message matters differently."""
    return planted_trial(4_000, 0.25, 1)


@pytest.fixture(scope="module")
def others() -> PlantedTrial:
    """People whom no learner has seen."""
    return planted_trial(4_000, 0.25, 2)


@pytest.fixture(scope="module")
def learners(known: PlantedTrial) -> dict[str, Learner]:
    """Every learner, fitted."""
    return {name: fitted(name, known) for name in NAMES}


def fitted(name: str, planted: PlantedTrial) -> Learner:
    """A learner of some planted people."""
    trial = planted.trial
    return FITS[name](planted.features, trial.treated, trial.outcome, trial.propensity)


@pytest.mark.parametrize("name", NAMES)
def test_planted_uplift_is_found(name: str, learners: dict[str, Learner], others: PlantedTrial) -> None:
    """What is said of strangers follows the truth, and ranks them nearly as well."""
    found = learners[name].uplift(others.features)
    assert found.shape == (4_000,)
    assert np.corrcoef(found, others.tau)[0, 1] > 0.6
    assert qini_curve(found, others.trial).qini > 0.5 * qini_curve(others.tau, others.trial).qini


@pytest.mark.parametrize("name", NAMES)
def test_no_effect_is_said_to_be_small(name: str) -> None:
    """Where a message changes nothing, nobody is said to be changed by much on average."""
    planted = planted_trial(4_000, 0.0, 3)
    assert abs(fitted(name, planted).uplift(planted.features).mean()) < 0.04


@pytest.mark.parametrize("name", NAMES)
def test_read_back_it_says_the_same(name: str, learners: dict[str, Learner], others: PlantedTrial) -> None:
    """Plain JSON holds all of it, to the last bit."""
    said = json.loads(json.dumps(learners[name].as_dict()))
    np.testing.assert_array_equal(
        learner_from(name, said).uplift(others.features), learners[name].uplift(others.features)
    )


@pytest.mark.parametrize("name", NAMES)
def test_money_is_an_outcome_too(name: str, known: PlantedTrial) -> None:
    """A difference in net spend is found as well as one in orders."""
    spend = known.trial.outcome * 50
    learner = FITS[name](known.features, known.trial.treated, spend, known.trial.propensity)
    assert np.corrcoef(learner.uplift(known.features), known.tau)[0, 1] > 0.7
    assert learner.uplift(known.features).mean() > 2


@pytest.mark.parametrize("name", NAMES)
def test_an_arm_in_which_nobody_ordered(name: str, known: PlantedTrial) -> None:
    """One outcome alone in an arm is learned as well, and every number is finite."""
    outcome = np.where(known.trial.treated, known.trial.outcome, 0.0)
    learner = FITS[name](known.features, known.trial.treated, outcome, known.trial.propensity)
    assert np.isfinite(learner.uplift(known.features)).all()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_known_is_no_error(name: str, learners: dict[str, Learner]) -> None:
    """Somebody of whom every feature is missing gets a number; nobody gets none."""
    assert np.isfinite(learners[name].uplift(np.full((1, 6), np.nan, dtype=np.float32))).all()
    assert learners[name].uplift(np.zeros((0, 6), dtype=np.float32)).shape == (0,)
