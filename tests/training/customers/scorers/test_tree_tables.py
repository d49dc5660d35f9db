"""Trees as tables: the numbers of LightGBM's own predictions."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from features.arrays import Floats
from features.errors import HuitouError
from tests.training.customers.small_trees import FEATURES, booster, numbers, odd_numbers
from training.customers.scorers import tree_tables
from training.customers.scorers.tree_tables import MOST_SPLITS, TreeTables, roots_of

SETTINGS: list[dict[str, object]] = [
    {},
    {"use_missing": False},
    {"zero_as_missing": True},
    {"num_leaves": 2},
    {"num_leaves": MOST_SPLITS + 1, "rounds": 5},
    {"learning_rate": 1.0, "min_data_in_leaf": 1, "max_bin": 1_000},
]
"""Ways to grow trees: with each way of taking missing values, as small and as large as tables can be."""


def tables(model: lightgbm.Booster) -> TreeTables:
    """The tables of a model whose trees are small enough."""
    found = TreeTables.of_values(roots_of(model))
    assert found is not None
    return found


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_values_are_what_lightgbm_predicts(settings: dict[str, object]) -> None:
    """Also for missing, infinite and nearly zero numbers, and whatever LightGBM does with what is missing."""
    for seed in (1, 2):
        model = booster(seed, **settings)  # type: ignore[arg-type]
        values = np.concatenate([numbers(500, seed), odd_numbers(1_500, seed)])
        expected = np.asarray(model.predict(values, raw_score=True))
        np.testing.assert_allclose(tables(model).sums(values)[:, 0], expected, rtol=0, atol=1e-12)
        assert len(np.unique(expected)) > 1


def test_numbers_at_a_threshold_go_where_lightgbm_sends_them() -> None:
    """The nearest single-precision numbers on both sides of each threshold."""
    model = booster(3)
    nodes = [node for root in roots_of(model) for node in splits(root) if node["threshold"] < 1e30]
    asked = [(node["split_feature"], node["threshold"]) for node in nodes]
    nearest = np.array([np.float32(threshold) for _, threshold in asked])
    values = np.zeros((3 * len(asked), FEATURES), dtype=np.float32)
    for place, towards in enumerate((-np.inf, 0.0, np.inf)):
        moved = np.nextafter(nearest, np.float32(towards)) if towards else nearest
        values[np.arange(len(asked)) + place * len(asked), [feature for feature, _ in asked]] = moved
    expected = np.asarray(model.predict(values, raw_score=True))
    np.testing.assert_allclose(tables(model).sums(values)[:, 0], expected, rtol=0, atol=1e-12)


def splits(node: tree_tables.Node) -> list[tree_tables.Node]:
    """The splits below a node."""
    if "split_index" not in node:
        return []
    return [node, *splits(node["left_child"]), *splits(node["right_child"])]


def test_one_row_alone_is_as_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit, whatever the size of the blocks."""
    found, values = tables(booster()), odd_numbers(300, 1)
    together = found.sums(values)
    alone = np.concatenate([found.sums(values[row : row + 1]) for row in range(len(values))])
    np.testing.assert_array_equal(alone, together)
    monkeypatch.setattr(tree_tables, "BLOCK", 7)
    np.testing.assert_array_equal(found.sums(values), together)
    assert found.sums(values[:0]).shape == (0, 1)


def test_trees_that_never_split() -> None:
    """Where there is nothing to learn, a tree is one value for everyone."""
    label = np.tile([0.0, 1.0, 1.0], 50)
    data = lightgbm.Dataset(np.zeros((150, FEATURES)), label)
    model = lightgbm.train({"objective": "binary", "verbose": -1, "min_data_in_leaf": 5}, data, 3)
    expected: Floats = np.asarray(model.predict(numbers(4, 1), raw_score=True))
    np.testing.assert_allclose(tables(model).sums(numbers(4, 1))[:, 0], expected, rtol=0, atol=1e-12)


def test_large_trees_have_no_tables() -> None:
    """A table doubles with every split, so beyond the limit there is none."""
    assert TreeTables.of_values(roots_of(booster(num_leaves=MOST_SPLITS + 2, rounds=2))) is None


@pytest.mark.parametrize(("linear", "what"), [(True, "a linear leaf"), (False, "==")])
def test_other_trees_are_refused(linear: bool, what: str) -> None:
    """Splits of categories and leaves with a formula have no tables."""
    values = np.nan_to_num(numbers(600, 1))
    values[:, 1] = np.random.default_rng(1).integers(0, 4, 600)
    label = (np.isin(values[:, 1], [0, 3]) + values[:, 0] > 0.5).astype(np.float32)
    asked = {"objective": "binary", "num_leaves": 6, "verbose": -1, "linear_tree": linear, "min_data_per_group": 5}
    data = lightgbm.Dataset(values, label, categorical_feature="auto" if linear else [1], params=asked)
    model = lightgbm.train(asked, data, 5)
    message = (
        f"trees must split numbers at thresholds and have constant leaves; got '{what}'. "
        "Train without categorical features and without linear trees."
    )
    with pytest.raises(HuitouError) as caught:
        roots_of(model)
    assert (caught.value.message, caught.value.code) == (message, "unknown_trees")
