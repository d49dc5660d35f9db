"""Sums person by person, and the row they become."""

from __future__ import annotations

import pytest

from serving.database.answers.shown import ShownItem, StoredAnswer
from serving.shown.attribution import Followed
from serving.shown.tally import Tally

ITEMS = [ShownItem("tea", "s", 1.0, 1), ShownItem("cup", "s", 0.5, 2)]


def stored(name: str, person: str | None, weight: float = 1.0) -> StoredAnswer:
    """An answer of two items."""
    return StoredAnswer(name, 0, None, person, "home", "ranker", None, "3", None, weight, ITEMS)


def test_a_row() -> None:
    """People are counted once, nobody in particular with each answer; a sampled answer counts for several."""
    tally = Tally()
    nothing, bought = Followed(), Followed(clicked=True, purchased=True, revenue=4.0)
    tally.add(stored("r1", "anna"), [bought, nothing])
    tally.add(stored("r2", "anna"), [nothing, nothing])
    tally.add(stored("r3", None, 2.0), [Followed(clicked=True), bought])
    tally.add(stored("r4", None), [nothing, nothing])
    # An id of a person may look like the id of an answer.
    tally.add(stored("r5", "r3"), [nothing])
    row = tally.row("home")
    assert (row.value, row.people, row.answers, row.seen_items) == ("home", 4, 6.0, 11.0)
    assert (row.clicks, row.purchases, row.revenue) == (5.0, 3.0, 12.0)
    assert row.click_rate.value == pytest.approx(5 / 11)
    assert row.answer_click_rate.value == pytest.approx(3 / 6)
    assert row.purchase_rate.value == pytest.approx(3 / 11)
    assert row.revenue_per_answer.value == pytest.approx(2.0)


def test_a_flat_row() -> None:
    """Every interval becomes three columns; a row of nobody has no rates."""
    flat = Tally().row("all").flat()
    assert (flat["value"], flat["people"], flat["answers"]) == ("all", 0, 0.0)
    assert {name for name, value in flat.items() if value is None} == {
        f"{name}{end}"
        for name in ("click_rate", "answer_click_rate", "purchase_rate", "revenue_per_answer")
        for end in ("", "_low", "_high")
    }
