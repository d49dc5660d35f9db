"""The trained tier: both parts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.model_checks import ScorerChecks
from training.baselines import Predictor
from training.calibration import Calibration
from training.customers.scorers.blend import Blend, BlendSettings
from training.tables import CustomerTable


class TestBlend(ScorerChecks):
    """A blend keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Blend.fit(tables, BlendSettings())


def test_the_margin_is_the_mean_of_both_parts(tables: list[CustomerTable]) -> None:
    """In log-odds each part counts half."""
    blend, features = Blend.fit(tables, BlendSettings()), tables[-1].features
    mean = (blend.linear.margin(features) + blend.boosted.margin(features)) / 2
    np.testing.assert_array_equal(blend.margin(features), mean)


def test_calibration_moves_chances_and_not_margins(tables: list[CustomerTable]) -> None:
    """A slope below 1 pulls chances together; ranking, margin and reasons stay."""
    blend, features = Blend.fit(tables, BlendSettings()), tables[-1].features
    calm = replace(blend, calibration=Calibration(0.5, blend.calibration.centre))
    before, after = blend.order_probability(features), calm.order_probability(features)
    assert after.std() < before.std()
    assert np.array_equal(np.argsort(before, kind="stable"), np.argsort(after, kind="stable"))
    np.testing.assert_array_equal(calm.margin(features), blend.margin(features))
