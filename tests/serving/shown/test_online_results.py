"""Online results: by what answers have in common, without whom is set aside, and exploration without bias."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import HuitouError
from serving.database.answers.shown import ShownAnswer
from serving.shown.memory import Memory
from serving.shown.online_results import MOST_ROWS, OnlineResults, online_results
from serving.shown.period import Period
from tests.serving.shown.small_memory import NOON, answer, event, hours

DAY = Period(NOON, hours(24))


def results(memory: Memory, by: str = "placement", set_aside: frozenset[str] = frozenset()) -> OnlineResults:
    """The results of the first day, looked at when it ends."""
    return online_results(memory.shown, memory.responses, DAY, by, hours(24), set_aside=set_aside)


def fill(memory: Memory) -> None:
    """Three answers to two people, and to a bot; one click, one purchase."""
    memory.shown.put(
        [
            answer("r1"),
            answer("r2", placement="cart", items=("pot",), offset=4, arm="try:a"),
            answer("r3", "bob", ("tea",), model_version="4", tier="popular"),
            answer("r4", "bot", ("tea", "pot")),
            answer("before", at=hours(-1)),
            answer("after", at=hours(24)),
        ]
    )
    memory.responses.put(
        [
            event(1, "view", "tea", "r1"),
            event(2, "purchase", "pot", "r2", unit_price="8"),
            event(3, "view", "tea", "r4", person="bot"),
        ]
    )


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("placement", [("home", 3, 1), ("cart", 1, 0)]),
        ("source", [("from tea", 2, 1), ("from cup", 1, 0), ("from pot", 1, 0)]),
        ("tier", [("ranker", 3, 1), ("popular", 1, 0)]),
        ("version", [("3", 3, 1), ("4", 1, 0)]),
        ("arm", [("none", 3, 1), ("try:a", 1, 0)]),
        ("place", [("1", 2, 1), ("2", 1, 0), ("5", 1, 0)]),
    ],
)
def test_results_by_everything(memory: Memory, by: str, expected: list[tuple[str, int, int]]) -> None:
    """Each shown item is in one row, with what followed from it; the bot is left out, and told."""
    fill(memory)
    found = results(memory, by, frozenset({"bot"}))
    assert [(row.value, row.seen_items, row.clicks) for row in found.rows] == expected
    assert (found.total.value, found.total.people, found.total.answers) == ("all", 2, 3.0)
    assert (found.total.clicks, found.total.purchases, found.total.revenue) == (1.0, 1.0, 8.0)
    assert (found.left_out, found.exploration, found.settled_until) == (1, None, NOON)


def test_nothing_was_shown(memory: Memory) -> None:
    """Then there are no rows, and a total of nothing."""
    found = results(memory)
    assert (found.rows, found.total.people, found.total.click_rate.value) == ((), 0, None)


def test_endless_rows_are_cut(local: Memory) -> None:
    """Callers who make up placements do not make up answers without end; the total still counts them."""
    local.shown.put([answer(f"r{number}", placement=f"p{number}") for number in range(MOST_ROWS + 7)])
    found = results(local)
    assert (len(found.rows), found.more_rows, found.total.answers) == (MOST_ROWS, 7, MOST_ROWS + 7)


def test_by_is_checked(local: Memory) -> None:
    """Another word is refused with what is allowed."""
    with pytest.raises(HuitouError) as caught:
        results(local, "colour")
    assert caught.value.message == "by must be one of placement, source, tier, version, arm, place; got 'colour'."


def test_exploration_without_bias(local: Memory) -> None:
    """People with many little-seen items are explored as often as those with few, and count by how many they have.

    Half of the people have one such item, which they click in 40 of 100 cases, the others nine, which they click in
    10: plainly counted that is 25 %, but if all were shown alike it would be 13 %.
    """
    rng = np.random.default_rng(3)
    answers: list[ShownAnswer] = []
    clicks = []
    for number in range(6_000):
        fitting, chance = ((1, 0.4), (9, 0.1))[number % 2]
        answers.append(answer(f"r{number}", f"c{number}", ("tea", "new"), explored=(2, 0.05 / fitting / 7)))
        if rng.random() < chance:
            clicks.append(event(number, "view", "new", f"r{number}", person=f"c{number}"))
    local.shown.put(answers)
    local.responses.put(clicks)
    found = results(local, "source").exploration
    assert found is not None
    assert (found.shown, found.clicks) == (6_000, len(clicks))
    rate = found.click_rate
    assert found.clicks / found.shown == pytest.approx(0.25, abs=0.015)
    assert rate.value == pytest.approx(0.13, abs=0.012)
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < 0.13 < rate.high
    assert rate.high - rate.low < 0.03
