"""What follows from an answer: each event from one answer at most, whatever comes late, early or again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from serving.shown.attribution import Followed
from serving.shown.memory import Memory
from serving.shown.period import Period
from tests.serving.shown.small_memory import NOON, answer, event, hours

CLICKED, BOUGHT = Followed(clicked=True), Followed(purchased=True)


def followed(memory: Memory, *events: dict[str, Any]) -> dict[str, dict[str, Followed]]:
    """What followed from each answer of the first day, those from which nothing did left out."""
    from serving.shown.attribution import Attribution

    memory.responses.put(events)
    period = Period(NOON, hours(24))
    attribution = Attribution(memory.responses.between(period.responses.start, period.responses.end))
    found = {each.recommendation_id: dict(attribution.of(each)) for each in memory.shown.between(NOON, hours(24))}
    return {name: items for name, items in found.items() if items}


def test_what_is_a_click(local: Memory) -> None:
    """A view, a cart or a favourite of a shown item that carries the id; once, however often it is done."""
    local.shown.put([answer("r1", items=("tea", "cup", "pot", "mug"))])
    found = followed(
        local,
        event(1, "view", "tea", "r1"),
        event(2, "view", "tea", "r1"),
        event(3, "cart", "cup", "r1"),
        event(4, "favorite", "pot", "r1"),
        event(5, "uncart", "mug", "r1"),
        event(6, "view", "mug"),
        event(7, "view", "other", "r1"),
    )
    assert found == {"r1": {"tea": CLICKED, "cup": CLICKED, "pot": CLICKED}}


def test_what_is_a_purchase(local: Memory) -> None:
    """One that carries the id, or one without any of what the same person clicked there; all pieces are paid for."""
    local.shown.put([answer("r1", items=("tea", "cup", "pot"))])
    found = followed(
        local,
        event(1, "purchase", "tea", "r1", unit_price="2", quantity=3),
        event(2, "purchase", "tea", "r1", unit_price="1", at=hours(2)),
        event(3, "view", "cup", "r1"),
        event(4, "purchase", "cup", unit_price="5", at=hours(30)),
        event(5, "purchase", "pot", unit_price="7"),
        event(6, "purchase", "cup", unit_price="9", person="bob", at=hours(31)),
    )
    assert found == {"r1": {"tea": Followed(False, True, 7.0), "cup": Followed(True, True, 5.0)}}


def test_a_purchase_follows_from_the_last_click(local: Memory) -> None:
    """Of two answers in which the item was clicked the later one counts, and only clicks before the purchase."""
    local.shown.put([answer("r1"), answer("r2"), answer("r3")])
    found = followed(
        local,
        event(1, "view", "tea", "r1", at=hours(1)),
        event(2, "view", "tea", "r2", at=hours(2)),
        event(3, "purchase", "tea", at=hours(3), unit_price="4"),
        event(4, "view", "tea", "r3", at=hours(4)),
    )
    assert found == {"r1": {"tea": CLICKED}, "r2": {"tea": Followed(True, True, 4.0)}, "r3": {"tea": CLICKED}}


@pytest.mark.parametrize(("later", "counts"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_seven_days(local: Memory, later: timedelta, counts: bool) -> None:
    """What happens within seven days of the answer follows from it, and nothing after."""
    local.shown.put([answer("r1")])
    at = NOON + timedelta(days=7) + later
    events: Sequence[dict[str, Any]] = [
        event(1, "view", "tea", "r1", at=at),
        event(2, "purchase", "cup", "r1", at=at),
    ]
    assert followed(local, *events) == ({"r1": {"tea": CLICKED, "cup": BOUGHT}} if counts else {})


def test_order_of_arrival_does_not_matter(memory: Memory) -> None:
    """Events before their answer is stored, events sent again, unknown ids and clocks that differ do no harm."""
    early = [event(1, "view", "tea", "r1", at=hours(-0.5)), event(2, "purchase", "tea", at=hours(2), unit_price="3")]
    memory.responses.put([*early, event(3, "view", "tea", "never shown", person="bob")])
    memory.shown.put([answer("r1")])
    assert followed(memory, *early, early[0]) == {"r1": {"tea": Followed(True, True, 3.0)}}
