"""Comparisons of two snapshots: planted differences are recovered, and none is found where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from features.estimate import Estimate
from serving.database.answers.comparisons import Comparison
from serving.database.answers.shown import ShownAnswer
from serving.shown.comparing.comparison_results import ComparisonResults, comparison_results
from serving.shown.memory import Memory
from tests.serving.shown.small_memory import NOON, answer, event, hours

TRY = Comparison("try", "usual", "tried", 0.5, NOON, hours(24))
PEOPLE = 800
ITEMS = ("tea", "cup", "pot", "mug", "bag")


def simulated(
    memory: Memory, number: int, conversion: dict[str, float], clicks: dict[str, float], share_b: float = 0.5
) -> ComparisonResults:
    """A comparison of a day of its own: people get one to four answers, click at a rate of their own, and may buy."""
    rng = np.random.default_rng([21, number])
    start = NOON + timedelta(days=number)
    comparison = Comparison(f"try-{number}", "usual", "tried", share_b, start, start + timedelta(days=1))
    answers: list[ShownAnswer] = []
    events: list[dict[str, Any]] = []
    for who in range(PEOPLE):
        person = f"c{number}-{who}"
        side = comparison.side(person)
        own = rng.beta(2, 2 / clicks[side] - 2)
        for again in range(rng.integers(1, 5)):
            name, at = f"{person}-{again}", start + timedelta(hours=again + 1)
            answers.append(answer(name, person, ITEMS, at=at, arm=comparison.arm(side)))
            events += [
                event(0, "view", item, name, event_id=f"{name}-{item}", person=person, at=at + timedelta(minutes=5))
                for item in ITEMS
                if rng.random() < own
            ]
        if rng.random() < conversion[side]:
            spent = f"{rng.lognormal(3, 0.5):.2f}"
            at = start + timedelta(hours=6)
            events.append(event(0, "purchase", "any", event_id=person, person=person, unit_price=spent, at=at))
    memory.shown.put(answers)
    memory.responses.put(events)
    return comparison_results(memory.shown, memory.responses, comparison, start + timedelta(days=2))


def holds(estimate: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth."""
    return estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high


def test_a_planted_difference_is_recovered(local: Memory) -> None:
    """Over thirty repeats its intervals hold the truth about 95 times of 100: of conversion, clicks and revenue."""
    conversion, clicks = {"a": 0.2, "b": 0.3}, {"a": 0.1, "b": 0.15}
    found = [simulated(local, number, conversion, clicks) for number in range(30)]
    paid = float(np.exp(3 + 0.5**2 / 2))
    truth = {"conversion": 0.1, "clicks_per_answer": 0.25, "revenue_per_person": 0.1 * paid}
    for name, expected in truth.items():
        differences = [each.differences[name] for each in found]
        assert np.mean([each.absolute.value or 0 for each in differences]) == pytest.approx(expected, rel=0.15)
        assert sum(holds(each.absolute, expected) for each in differences) >= 26
        assert sum(holds(each.relative, 0.5) for each in differences) >= 26
    assert sum(not holds(each.differences["conversion"].absolute, 0) for each in found) >= 22


def test_nothing_is_found_between_equals(local: Memory) -> None:
    """Two equal sides differ in 5 of 100 cases at most by chance, and a share of a fifth is kept."""
    same = {"a": 0.2, "b": 0.2}
    found = [simulated(local, number, same, {"a": 0.1, "b": 0.1}, share_b=0.2) for number in range(30)]
    for name in ("conversion", "clicks_per_answer", "revenue_per_person"):
        assert sum(holds(each.differences[name].absolute, 0) for each in found) >= 26
    assert sum(each.mismatch_chance < 0.001 for each in found) <= 1
    assert sum(each.b.people for each in found) == pytest.approx(30 * PEOPLE * 0.2, rel=0.05)


def results(memory: Memory, comparison: Comparison = TRY, **settings: Any) -> ComparisonResults:
    """The results of a comparison, looked at two days later."""
    return comparison_results(memory.shown, memory.responses, comparison, hours(48), **settings)


def test_from_the_first_answer_on(memory: Memory) -> None:
    """Everything bought after it counts, whatever it is; nothing before it, after the end, or of strangers."""
    memory.shown.put(
        [
            answer("r1", "anna", at=hours(2), arm="try:a"),
            answer("r2", "anna", at=hours(3), arm="try:a"),
            answer("r3", "bob", at=hours(2), arm="try:b"),
            answer("r4", "cleo", at=hours(2)),
            answer("r5", "dan", at=hours(2), arm="other:a"),
            answer("r6", "bot", at=hours(2), arm="try:b"),
        ]
    )
    memory.responses.put(
        [
            event(1, "purchase", "tea", at=hours(1), unit_price="100"),
            event(2, "purchase", "any", at=hours(4), unit_price="3", quantity=2),
            event(3, "purchase", "any", at=hours(5), unit_price="1"),
            event(4, "purchase", "tea", at=hours(24), unit_price="100"),
            event(5, "view", "tea", "r2", at=hours(4)),
            *(event(number, "purchase", "tea", person=who, at=hours(4)) for number, who in ((6, "cleo"), (7, "bot"))),
        ]
    )
    found = results(memory, set_aside=frozenset({"bot"}))
    assert (found.a.people, found.a.answers, found.a.clicks, found.a.buyers, found.a.revenue) == (1, 2.0, 1.0, 1, 7.0)
    assert (found.b.people, found.b.answers, found.b.clicks, found.b.buyers, found.b.revenue) == (1, 1.0, 0.0, 0, 0.0)
    assert (found.a.conversion.value, found.a.clicks_per_answer.value) == (1.0, 0.5)
    assert (found.until, found.notes) == (hours(24), ())


def test_what_must_be_known_is_told(local: Memory) -> None:
    """That a comparison still runs, and that one side loses people."""
    local.shown.put([answer(f"r{number}", f"c{number}", arm=f"try:{'ab'[number > 60]}") for number in range(80)])
    uneven, running = results(local, replace(TRY, ended=None)).notes
    assert uneven.startswith("The sides have 61 and 19 people, which a share of 50% for side b makes nearly impossible")
    assert running.startswith("The comparison still runs. Its intervals hold for one look, at an end that was planned")
    assert results(local, replace(TRY, started=hours(48), ended=None)).a.people == 0
