"""Uplift on a real randomised campaign: women's e-mail against none, people whom the model has not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.hillstrom import Hillstrom
from benchmarks.planted_trial import planted_trial
from benchmarks.uplift import on_planted
from training.uplift.qini import qini_curve, qini_figures


def test_planted_campaigns_are_as_they_say() -> None:
    """Orders of both arms differ by what was planted, and those likely to order are not those whom a message moves."""
    planted = planted_trial(200_000, 0.1, 1)
    trial = planted.trial
    means = [np.average(trial.outcome[arm], weights=trial.weight[arm]) for arm in (trial.treated, ~trial.treated)]
    assert means[0] - means[1] == pytest.approx(planted.tau.mean(), abs=0.01)
    assert planted.tau[planted.tau > 0].mean() == pytest.approx(0.1, abs=0.01)


def test_the_gate_knows_an_effect_from_none() -> None:
    """Planted effects are let through and their best is nearly found; without an effect hardly any model passes."""
    found = on_planted(2_500, 0.25, 2)
    assert found["passed_share"] == 1
    assert found["share_of_best_qini"] > 0.6
    assert on_planted(600, 0.0, 5)["passed_share"] <= 0.2


@pytest.mark.real_data
def test_top_of_hillstrom(real_data: Path) -> None:
    """On the other half of the people the top fifth shows more than .070, and Qini is surely above zero.

    Its interval reaches from .05 to .09, so a single half says little by itself: the benchmark tells the mean of ten.
    """
    shop = Hillstrom.read(real_data)
    visits = [shop.trial.outcome[arm].mean() for arm in (shop.trial.treated, ~shop.trial.treated)]
    assert visits == pytest.approx([0.1514, 0.1062], abs=5e-5)
    known = shop.half(0)
    _, scores = shop.scores(known)
    others = shop.trial.take(~known)
    model = qini_figures(scores["model"], others, draws=200)
    assert model.top[0.2].value is not None
    assert model.top[0.2].value > 0.070
    assert model.qini.low is not None
    assert model.qini.low > 0
    assert model.qini.value == max(qini_curve(score, others).qini for score in scores.values())
