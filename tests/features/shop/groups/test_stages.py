"""Life-cycle stages by hand, and that they only ever move on while a customer is silent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shop.groups.stages import STAGE_NAMES, STAGES, stages_of, usual_gap_days
from features.shop.layers import LayerLimits
from tests.features.shop.groups.known_people import anybody, crowd, one, person

LIMITS = LayerLimits(45, 90, 180, 360)
CYCLE_DAYS = 40.0


def stage_of(who: dict[str, float]) -> str:
    """The stage of one person."""
    return STAGE_NAMES[stages_of(crowd(who), LIMITS, CYCLE_DAYS)[0]]


@pytest.mark.parametrize(
    ("who", "stage"),
    [
        (person(), "visitor"),
        (person(orders=1), "acquired"),
        (person(orders=3, order_days=1), "acquired"),
        (person(orders=1, silent_days=79.9), "acquired"),
        (person(orders=1, silent_days=80), "declining"),
        (person(orders=1, silent_days=239.9), "declining"),
        (person(orders=1, silent_days=240), "lost"),
        (person(orders=2), "growing"),
        (person(orders=3), "growing"),
        (person(orders=4), "mature"),
        # The mean of four gaps of ten days and of forty is 16.
        (person(orders=5, gap_trend=0.51), "mature"),
        (person(orders=5, gap_trend=0.5), "growing"),
        (person(orders=5, gap_trend=9, silent_days=15.9), "mature"),
        (person(orders=5, gap_trend=2, silent_days=16), "declining"),
        (person(orders=5, gap_trend=1.9, silent_days=31.9), "mature"),
        # With three gaps it is 17.5, and there is no trend yet.
        (person(orders=4, silent_days=34.9), "mature"),
        (person(orders=4, silent_days=35), "declining"),
        # Six usual gaps are 105 days, and who is silent for less than 90 is still active.
        (person(orders=4, silent_days=104), "declining"),
        (person(orders=4, silent_days=105), "lost"),
        (person(orders=9, gap_mean_days=1, silent_days=89), "declining"),
        (person(orders=9, gap_mean_days=1, silent_days=90), "lost"),
        (person(orders=9, gap_mean_days=300, silent_days=359), "mature"),
        (person(orders=9, gap_mean_days=300, silent_days=360), "lost"),
    ],
)
def test_by_hand(who: dict[str, float], stage: str) -> None:
    """Each rule at the day on which it begins."""
    assert stage_of(who) == stage


def test_few_gaps_lean_on_the_shop() -> None:
    """Without a gap of their own the shop's cycle is the usual one; with more it fades."""
    known = crowd(person(orders=1), person(orders=2), person(orders=4), person(orders=2, gap_mean_days=0.01))
    np.testing.assert_allclose(usual_gap_days(known, CYCLE_DAYS)[:3], [40, 25, 17.5])
    assert usual_gap_days(known, 0.5)[3] == 1.0


@given(anybody(), st.floats(0, 500), st.floats(0, 500), st.floats(1, 200))
def test_silence_only_moves_on(who: dict[str, float], earlier: float, more: float, cycle_days: float) -> None:
    """While somebody is silent they may decline and be lost, and never come back from it."""
    if who["orders"] == 0:
        return
    ranks = {"acquired": 0, "growing": 0, "mature": 0, "declining": 1, "lost": 2}
    known = crowd(who | {"silent_days": earlier}, who | {"silent_days": earlier + more})
    before, after = (STAGE_NAMES[code] for code in stages_of(known, LIMITS, cycle_days))
    assert ranks[before] <= ranks[after]
    assert before == after or ranks[before] < ranks[after]


@given(st.lists(anybody(), min_size=1, max_size=30))
def test_everybody_is_in_one_stage(people: list[dict[str, float]]) -> None:
    """Visitors alone are visitors, and anybody alone is where they are among the others."""
    known = crowd(*people)
    found = stages_of(known, LIMITS, CYCLE_DAYS)
    np.testing.assert_array_equal(found == STAGE_NAMES.index("visitor"), ~known.is_buyer)
    alone = [stages_of(one(known, place), LIMITS, CYCLE_DAYS)[0] for place in range(len(known))]
    assert found.tolist() == alone


def test_stages_have_names_in_both_languages() -> None:
    """Every stage has a name and a rule in English and Chinese."""
    assert all(stage.title[language] and stage.rule[language] for stage in STAGES for language in ("en", "zh"))
