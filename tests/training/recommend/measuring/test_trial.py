"""A trial: recommenders side by side over several cases, by group, and paired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.items import item_statistics
from tests.small_shop import events, moment, stored
from training.recommend.measuring.customer_groups import GROUPS
from training.recommend.measuring.popularity import Popularity
from training.recommend.measuring.trial import GROUP_MEASURES, Trial
from training.recommend.people import People
from training.recommend.ranking.answers import Answers

CUTOFF = moment("2025-03-11T00:00Z")
ROWS: tuple[Any, ...] = (
    ("anna", "view", "a", "2025-03-01T00:00Z"),
    ("bo", "purchase", "b", "2025-03-01T00:00Z"),
    ("cy", "view", "a", "2025-03-01T00:00Z"),
    ("dee", "view", "b", "2025-03-01T00:00Z"),
    ("anna", "purchase", "a", "2025-03-11T01:00Z"),
    ("bo", "purchase", "a", "2025-03-11T01:00Z"),
    ("cy", "purchase", "b", "2025-03-11T01:00Z"),
)
A, B = 0, 1


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Anna, bo and cy are measured in two cases; what serves always begins with a, the other with b."""
    behaviour = Behaviour.of(stored(tmp_path / "shop", events(*ROWS), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    answers = Answers.of(behaviour, 0, history, 2)
    trial = Trial(Popularity.of(item_statistics(history)))
    for chosen in (np.array([0, 1]), np.array([2, 3])):
        ranked = {name: np.array([order] * 2) for name, order in (("served", [A, B]), ("other", [B, A]))}
        trial.add(ranked, People(history.chosen(chosen), 7.0, 50), answers.chosen(chosen))
    return trial


def test_cases_add_up(trial: Trial) -> None:
    """The measures are over the customers of all cases who did something."""
    assert trial.customers == 3
    models = trial.models(seed=7)
    assert models["served"]["mrr@10"]["value"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert models["other"]["mrr@10"]["value"] == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)


def test_groups_by_hand(trial: Trial) -> None:
    """Bo is the one with an order; anna and cy are visitors; a group of nobody has no figures."""
    groups = trial.groups(seed=7)
    assert {name: found["customers"] for name, found in groups.items() if found["customers"]} == {
        "visitor": 2,
        "one_order": 1,
        "touches_1": 3,
    }
    assert set(groups) == set(GROUPS)
    assert groups["visitor"]["models"]["served"]["mrr@10"]["value"] == pytest.approx(3 / 4)
    assert groups["one_order"]["models"]["other"]["mrr@10"]["value"] == pytest.approx(1 / 2)
    assert set(groups["one_order"]["models"]["served"]) == set(GROUP_MEASURES)
    assert groups["repeat"]["models"]["served"]["ndcg@10"] == {"value": None, "low": None, "high": None}


def test_paired_difference(trial: Trial) -> None:
    """What serves is half a place better for two and half a place worse for one."""
    told = trial.against("other", seed=7)["mrr@10"]
    assert told["value"] == pytest.approx((1 / 2 + 1 / 2 - 1 / 2) / 3)
    assert told["low"] is not None
    assert told["high"] is not None
    assert told["low"] < 0 < told["high"]


def test_a_trial_of_nothing() -> None:
    """Without cases there is nobody, and nothing to tell."""
    empty = Trial(Popularity(np.zeros(0, np.int8), np.zeros(0)))
    assert (empty.customers, empty.models(7), empty.groups(7)) == (0, {}, {})
