"""What people read of uplift, in both languages."""

from __future__ import annotations

import pytest

from features.estimate import Estimate
from training.uplift.learners.learner import FITS
from training.uplift.words import (
    LEARNER_NAMES,
    gate_sentence,
    served_sentence,
    too_few_campaigns,
    too_little_before,
)


def test_every_learner_has_a_name() -> None:
    """In English and Chinese."""
    assert set(LEARNER_NAMES) == set(FITS)
    assert all(len(set(names)) == 2 for names in LEARNER_NAMES.values())


def test_too_few_campaigns_are_counted() -> None:
    """How many there are, how many it takes, and how many were too small."""
    told = too_few_campaigns(1, 2, 3, 200, 30)
    assert told["en"] == (
        "1 campaign with a control group and a complete horizon so far, and it takes 2 with at least 200 people in "
        "each arm and 30 who ordered; 3 campaigns were too small"
    )
    assert told["zh"] == (
        "目前有1个设对照组且观察期已满的活动，至少需要2个（每组至少200人、至少30人下单）；另有3个活动规模不足"
    )
    assert "too small" not in too_few_campaigns(0, 2, 0, 200, 30)["en"]


@pytest.mark.parametrize(
    ("passed", "qini", "said"),
    [
        (True, Estimate(0.01, 0.002, 0.02), "its Qini is +0.0100 (+0.0020 ... +0.0200), above zero"),
        (False, Estimate(0.01, -0.002, 0.02), "(-0.0020 ... +0.0200): not surely better than drawing by lot"),
        (False, Estimate.unknown(), "its Qini is unknown (unknown ... unknown): not surely better"),
    ],
    ids=["passed", "refused", "unknown"],
)
def test_the_gate_tells_its_figure(passed: bool, qini: Estimate, said: str) -> None:
    """The figure, its interval, and what it means."""
    told = gate_sentence(passed, "spring", 1_200, qini)
    assert said in told["en"]
    assert told["en"].startswith("on 1,200 people of campaign spring")
    assert "spring" in told["zh"]


def test_sentences_stand_in_sentences() -> None:
    """A reason is told with whether there is a model."""
    why = too_little_before("spring")
    assert served_sentence(False, why)["en"] == (
        "there is no uplift model: without the newest campaign (spring) too few people are left to learn from"
    )
    assert served_sentence(True, why)["zh"].startswith("已有增益模型：")
