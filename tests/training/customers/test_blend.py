"""The trained tier: both parts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.model_checks import SavedChecks
from training.baselines import Predictor
from training.calibration import Calibration
from training.customers.blend import Blend, BlendSettings
from training.tables import CustomerTable, taken


class TestBlend(SavedChecks):
    """A blend keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return Blend.fit(tables, BlendSettings())


def test_the_margin_is_the_mean_of_both_parts(tables: list[CustomerTable]) -> None:
    """In log-odds each part counts half, and contributions add up to that."""
    blend, features = Blend.fit(tables, BlendSettings()), tables[-1].features
    mean = (blend.linear.margin(features) + blend.boosted.margin(features)) / 2
    np.testing.assert_array_equal(blend.margin(features), mean)
    np.testing.assert_allclose(blend.contributions(features).sum(axis=1), mean, rtol=0, atol=1e-6)
    np.testing.assert_allclose(blend.concept_contributions(features).sum(axis=1), mean, rtol=0, atol=1e-6)


def test_one_alone_has_the_contributions_of_the_crowd(tables: list[CustomerTable]) -> None:
    """To the last bit, so that nobody's reasons depend on who else is asked for."""
    blend, features = Blend.fit(tables, BlendSettings()), tables[-1].features
    told = blend.concept_contributions(features)
    for row in range(0, len(features), 25):
        np.testing.assert_array_equal(blend.concept_contributions(taken(features, np.array([row])))[0], told[row])


def test_calibration_moves_chances_and_not_margins(tables: list[CustomerTable]) -> None:
    """A slope below 1 pulls chances together; ranking, margin and reasons stay."""
    blend, features = Blend.fit(tables, BlendSettings()), tables[-1].features
    calm = replace(blend, calibration=Calibration(0.5, blend.calibration.centre))
    before, after = blend.order_probability(features), calm.order_probability(features)
    assert after.std() < before.std()
    assert np.array_equal(np.argsort(before, kind="stable"), np.argsort(after, kind="stable"))
    np.testing.assert_array_equal(calm.margin(features), blend.margin(features))
