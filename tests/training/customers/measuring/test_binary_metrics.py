"""Metrics of probabilities against scikit-learn and plain counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from training.customers.measuring.binary_metrics import Tally

SCORES = [0.01, 0.2, 0.2000001, 0.5, 0.77, 0.99]
people = st.lists(st.tuples(st.sampled_from(SCORES), st.booleans()), min_size=2, max_size=60)


def arrays(drawn: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in drawn]), np.array([did for _, did in drawn])


@given(people)
def test_metrics_equal_those_of_scikit_learn(drawn: list[tuple[float, bool]]) -> None:
    """With any ties, each metric is that of an independent computation."""
    chance, happened = arrays(drawn)
    found = {name: value[0] for name, value in Tally.of(chance, happened).metrics().items()}
    assert found["log_loss"] == pytest.approx(log_loss(happened, chance, labels=[False, True]))
    assert found["brier"] == pytest.approx(brier_score_loss(happened, chance, pos_label=True))
    if not happened.any() or happened.all():
        assert np.isnan(found["roc_auc"])
        assert np.isnan(found["brier_skill"])
        return
    assert found["roc_auc"] == pytest.approx(roc_auc_score(happened, chance))
    assert found["average_precision"] == pytest.approx(average_precision_score(happened, chance))
    usual = brier_score_loss(happened, np.full(len(chance), happened.mean()))
    assert found["brier_skill"] == pytest.approx(1 - found["brier"] / usual)


def test_lift_counts_the_top_of_the_list() -> None:
    """Of twenty with five leaving, the top two both leave: lift at 10 % is 4."""
    chance = np.linspace(0.95, 0.05, 20)
    happened = np.isin(np.arange(20), [0, 1, 7, 8, 19])
    assert Tally.of(chance, happened).lift(0.1)[0] == pytest.approx(4.0)
    assert Tally.of(chance, happened).lift(0.05)[0] == pytest.approx(4.0)


def test_ties_at_the_end_of_the_list_count_by_their_mean() -> None:
    """When all scores are equal, any list has the usual rate."""
    happened = np.arange(40) < 10
    assert Tally.of(np.full(40, 0.3), happened).lift(0.1)[0] == pytest.approx(1.0)


def test_the_reliability_table_counts_everyone() -> None:
    """Each bin has its customers, their mean probability and what was seen; the error is their mean distance."""
    chance = np.array([0.05, 0.05, 0.15, 0.15, 0.15, 0.15, 1.0])
    happened = np.array([True, False, False, False, False, True, True])
    tally = Tally.of(chance, happened)
    table = tally.reliability()
    assert [row["customers"] for row in table] == [2.0, 4.0, 1.0]
    assert [row["seen"] for row in table] == [0.5, 0.25, 1.0]
    assert [(row["from"], row["to"]) for row in table] == [(0.0, 0.1), (0.1, 0.2), (0.9, 1.0)]
    assert tally.ece()[0] == pytest.approx((2 * 0.45 + 4 * 0.10 + 0) / 7)


def test_resamples_are_a_bootstrap_over_customers() -> None:
    """Their AUCs scatter about the AUC as those of customers drawn one by one."""
    rng = np.random.default_rng(1)
    chance = rng.random(400)
    happened = rng.random(400) < chance
    fast = Tally.of(chance, happened).resampled(500, np.random.default_rng(2)).roc_auc()
    slow = []
    for _ in range(500):
        rows = rng.integers(0, 400, 400)
        slow.append(roc_auc_score(happened[rows], chance[rows]))
    assert fast.mean() == pytest.approx(np.mean(slow), abs=0.005)
    assert fast.std() == pytest.approx(np.std(slow), rel=0.15)


def test_near_scores_are_joined_without_changing_much() -> None:
    """A hundred thousand scores joined to a thousand have nearly the same metrics."""
    rng = np.random.default_rng(3)
    chance = rng.beta(1, 3, 100_000)
    tally = Tally.of(chance, rng.random(100_000) < chance)
    joined = tally.joined(1000)
    assert len(joined.score) <= 1000
    assert joined.customers[0] == 100_000
    for name, value in tally.metrics().items():
        assert joined.metrics()[name][0] == pytest.approx(value[0], abs=2e-3), name


def test_what_those_caught_are_worth() -> None:
    """The worth of those to whom it happened is summed from the top, ties by their mean; others are worth nothing."""
    chance = np.array([0.9, 0.8, 0.8, 0.1])
    happened = np.array([True, True, False, True])
    tally = Tally.of(chance, happened, np.array([5.0, 10.0, 99.0, 1.0]))
    assert tally.caught_worth(0.25)[0] == pytest.approx(5.0)
    assert tally.caught_worth(0.5)[0] == pytest.approx(10.0)
    assert tally.caught_worth(1.0)[0] == pytest.approx(16.0)
    assert Tally.of(chance, happened).caught_worth(1.0)[0] == Tally.of(chance, happened).caught(1.0)[0] == 3


@pytest.mark.parametrize("bins", [1000, 7])
def test_resampled_worth_scatters_as_that_of_customers(bins: int) -> None:
    """The worth of the top third has the mean and the spread of customers drawn one by one, joined or not."""
    rng = np.random.default_rng(5)
    chance = np.round(rng.random(600), 2 if bins == 7 else 6)
    happened, worth = rng.random(600) < chance, rng.gamma(0.5, 40, 600)
    tally = Tally.of(chance, happened, worth).joined(bins)
    fast = tally.resampled(600, np.random.default_rng(6), bins).caught_worth(1 / 3)
    slow = []
    for _ in range(600):
        rows = rng.integers(0, 600, 600)
        drawn = Tally.of(chance[rows], happened[rows], worth[rows]).joined(bins)
        slow.append(drawn.caught_worth(1 / 3)[0])
    assert fast.mean() == pytest.approx(np.mean(slow), rel=0.03)
    assert fast.std() == pytest.approx(np.std(slow), rel=0.15)
