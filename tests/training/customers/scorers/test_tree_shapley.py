"""Shapley values of trees: those of LightGBM, and of the definition."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import lightgbm
import numpy as np
import pytest

from features.arrays import Floats, Ints
from tests.training.customers.small_trees import FEATURES, booster, numbers, odd_numbers
from training.customers.scorers.tree_shapley import shapley_tables, way_values
from training.customers.scorers.tree_tables import MOST_SPLITS, roots_of


def added(model: lightgbm.Booster, values: Floats, groups: Ints, group_count: int) -> Floats:
    """What groups of features add to each row."""
    tables = shapley_tables(roots_of(model), groups, group_count)
    assert tables is not None
    return tables.sums(values)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"use_missing": False},
        {"zero_as_missing": True},
        {"num_leaves": 2},
        {"num_leaves": MOST_SPLITS + 1, "rounds": 5},
        {"feature_fraction": 0.3, "max_depth": -1, "num_leaves": 9},
    ],
)
def test_the_values_are_those_of_lightgbm(settings: dict[str, object]) -> None:
    """Feature by feature, with the expected value last, also where one feature is asked several times."""
    model = booster(**settings)  # type: ignore[arg-type]
    values = np.concatenate([numbers(300, 1), odd_numbers(300, 1)])
    expected = np.asarray(model.predict(values, pred_contrib=True))
    found = added(model, values, np.arange(FEATURES), FEATURES)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    margin = np.asarray(model.predict(values, raw_score=True))
    np.testing.assert_allclose(found.sum(axis=1), margin, rtol=0, atol=1e-9)


def test_groups_add_up_their_features() -> None:
    """A group adds what its features add; the last group stands with the expected value."""
    model, values = booster(2), odd_numbers(200, 2)
    alone = added(model, values, np.arange(FEATURES), FEATURES)
    found = added(model, values, np.array([0, 1, 0, 2, 1, 1, 0]), 2)
    np.testing.assert_allclose(found[:, 0], alone[:, [0, 2, 6]].sum(axis=1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[:, 1], alone[:, [1, 4, 5]].sum(axis=1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[:, 2], alone[:, 3] + alone[:, -1], rtol=0, atol=1e-12)


def test_the_values_follow_from_the_definition() -> None:
    """The mean, over all orders of asking, of what a feature changes when it becomes known."""
    shares = np.array([0.2, 0.7, 0.5, 0.01])
    count = len(shares)
    found = way_values(shares)
    for row, values in enumerate(found):
        follows = np.array([row >> place & 1 for place in range(count)])
        for feature in range(count):
            others = [place for place in range(count) if place != feature]
            expected = 0.0
            for size in range(count):
                weight = factorial(size) * factorial(count - 1 - size) / factorial(count)
                for known in combinations(others, size):
                    reached = np.prod([follows[place] if place in known else shares[place] for place in others])
                    expected += weight * reached * (follows[feature] - shares[feature])
            assert values[feature] == pytest.approx(expected, abs=1e-12)


def test_large_trees_have_no_tables() -> None:
    """Beyond the limit LightGBM's own values must serve."""
    model = booster(num_leaves=MOST_SPLITS + 2, rounds=2)
    assert shapley_tables(roots_of(model), np.arange(FEATURES), FEATURES) is None
