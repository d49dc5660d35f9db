"""Verdicts: each kind in its words, and never before the end."""

from __future__ import annotations

import numpy as np
import pytest

from training.campaigns.effects import Effects, effects_of
from training.campaigns.outcomes import Outcomes
from training.campaigns.question import Question
from training.campaigns.verdict import Verdict, more_people, verdict_of


def effects(treated: tuple[int, int], control: tuple[int, int], spend: float = 10.0) -> Effects:
    """Buyers and people of both arms."""
    people = treated[1] + control[1]
    arm = np.arange(people) < treated[1]
    place = np.where(arm, np.arange(people), np.arange(people) - treated[1])
    bought = place < np.where(arm, treated[0], control[0])
    nothing = np.zeros(people, dtype=np.int64)
    return effects_of(Outcomes(arm, nothing, bought, bought * 1.0, bought * spend, nothing > 0))


def verdict(treated: tuple[int, int], control: tuple[int, int], **asked: object) -> Verdict:
    return verdict_of(effects(treated, control), Question(**asked), ended=True)  # type: ignore[arg-type]


def test_it_helped() -> None:
    """With both rates, the relative lift and what it brought, in both languages."""
    found = verdict((900, 18_000), (60, 2_000))
    assert found.kind == "helped"
    assert found.sentence["en"].startswith(
        "It helped: 5.00% of those written to ordered, against 3.00% of the control group (+66.7%, between "
    )
    assert "about 360 orders more (" in found.sentence["en"]
    assert found.sentence["zh"].startswith("活动有效：触达组下单率为5.00%，对照组为3.00%（+66.7%，区间")


def test_it_hurt() -> None:
    """The same the other way round."""
    found = verdict((360, 18_000), (80, 2_000))
    assert found.kind == "hurt"
    assert "about 360 orders fewer (" in found.sentence["en"]
    assert found.sentence["zh"].startswith("活动起了反作用：")


def test_no_difference() -> None:
    """Many people and nothing to see: it is said what would have been seen."""
    found = verdict((10_000, 200_000), (5_000, 100_000))
    assert found.kind == "no_difference"
    assert found.sentence["en"].startswith("No difference seen: +0.0%, between -")
    assert found.sentence["en"].endswith("a lift of 20% would have been seen in 8 of 10 campaigns of this size.")


def test_too_few_says_how_many_more() -> None:
    """As many as the shop's definition needs, less those there are, to two digits."""
    found = verdict((200, 9_000), (20, 1_000))
    assert found.kind == "too_few"
    assert found.more_people == 89_000
    assert found.sentence["en"] == (
        "Not enough people yet: it needs about 89,000 more, so that a lift of 20% would be seen in 8 of 10 campaigns. "
        "Repeat it under the same pool."
    )
    assert found.sentence["zh"].startswith("人数不足：还需约89,000人")


def test_a_larger_lift_needs_fewer() -> None:
    """Who only cares for larger lifts needs fewer people."""
    few = verdict((200, 9_000), (20, 1_000), lift_worth_knowing=0.5).more_people
    assert few is not None
    assert few < 20_000


def test_nobody_ordered() -> None:
    """There is a number all the same, and no verdict."""
    found = verdict((0, 900), (0, 100))
    assert found.kind == "too_few"
    assert found.more_people is not None
    assert found.more_people > 100_000


def test_a_handful_of_orders_declares_nothing() -> None:
    """Below ten expected orders in the smaller arm even a wide gap says nothing."""
    striking = effects((0, 950), (5, 50))
    assert striking.absolute_lift.leaves_out_zero
    assert verdict_of(striking, Question(), ended=True).kind == "too_few"


def test_a_difference_that_shows_early_needs_only_as_many_as_can_be_trusted() -> None:
    """It is not asked for as many people as a lift of 20 % would need."""
    found = verdict((300, 1_000), (2, 30))
    assert (found.kind, found.more_people) == ("too_few", 150)
    assert found.sentence["en"] == (
        "Not enough people yet: a difference shows, but it rests on about 8.8 orders to be expected in the smaller "
        "group, where 10 are needed to trust it; about 150 more people would do. Repeat it under the same pool."
    )
    assert "再有约150人即可" in found.sentence["zh"]


def test_before_the_end_there_is_no_verdict() -> None:
    """However large the difference, interim figures declare nothing: who looks every day is not misled."""
    found = verdict_of(effects((900, 18_000), (60, 2_000)), Question(), ended=False)
    assert found.kind == "not_ended"
    assert found.sentence["en"].startswith("The campaign has not ended: these are interim figures without a verdict")


@pytest.mark.parametrize("arms", [((5, 100), (0, 0)), ((0, 0), (5, 100))], ids=["no control", "nobody treated"])
def test_without_two_arms_nothing_can_be_said(arms: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """Neither helped nor hurt."""
    assert verdict(*arms).kind == "no_control"


def test_revenue_can_be_what_is_asked() -> None:
    """Then the sentence speaks of money, and so does the number of people that are missing."""
    found = verdict((900, 18_000), (60, 2_000), outcome="revenue")
    assert found.kind == "helped"
    assert found.sentence["en"].startswith(
        "It helped: 0.50 a head from those written to, against 0.30 from the control"
    )
    few = effects((200, 9_000), (20, 1_000))
    assert more_people(few, Question("revenue")) > 10_000
