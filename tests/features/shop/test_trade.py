"""What somebody buys: pieces, lines, orders, and what of it was never bought in earnest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.shop.trade import Trade
from tests.small_shop import events, history, items, moment

CUTOFF = moment("2025-04-01T00:00Z")


def line(
    at: str, pieces: int = 1, price: float | None = 5, *, order: str | None = "1", item: str = "tea", **more: Any
) -> Any:
    """A line that anna bought on the first of March, or sent back with ``kind="return"``."""
    kind, day = more.get("kind", "purchase"), more.get("day", "01")
    fields = {"quantity": pieces, "unit_price": price, "order_id": order}
    return ("anna", kind, item, f"2025-03-{day}T{at}Z", fields)


def trade(*rows: Any) -> Trade:
    return Trade.of(history(events(*rows), CUTOFF, items(("tea", "drinks", "4.00"))), 30)


def test_pieces_lines_and_orders() -> None:
    """Returns take away from pieces and spend, not from lines; a line is as large as it was bought."""
    found = trade(line("10:00", 8), line("10:00", 2, item="cup"), line("11:00", 3, kind="return", day="09"))
    assert [float(column[0]) for column in (found.orders, found.lines, found.pieces)] == [1, 2, 7]
    assert (found.pieces_per_line[0], found.spend[0]) == (5, 35)


def test_a_price_that_is_not_known_is_the_list_price_or_none() -> None:
    """What was paid is not always told: the list price stands in, and without any the spend is none."""
    assert trade(line("10:00", 2, None)).spend.tolist() == [8]
    assert trade(line("10:00", 2, None, item="cup")).spend.tolist() == [0]


def test_who_buys_nothing_has_no_line() -> None:
    """Of a visitor there is no size of lines, and nothing is void."""
    found = trade(("anna", "view", "tea", "2025-03-01T10:00Z"))
    assert (found.orders[0], found.lines[0], found.is_void[0]) == (0, 0, False)
    assert np.isnan(found.pieces_per_line[0])
    assert len(trade().is_void) == 0


def test_free_lines_are_void() -> None:
    """A price of zero is void, one that is not known is not."""
    assert trade(line("10:00", price=0), line("11:00", price=0, order="2")).is_void.tolist() == [True]
    assert trade(line("10:00", price=0), line("11:00", price=1)).is_void.tolist() == [False]
    assert trade(line("10:00", price=None)).is_void.tolist() == [False]


@pytest.mark.parametrize(
    ("back", "void"),
    [
        (line("10:05", 2, kind="return"), True),
        (line("10:30", 2, kind="return"), True),
        (line("10:31", 2, kind="return"), False),
        (line("10:05", 1, kind="return"), False),
        (line("10:05", 2, kind="return", item="cup"), False),
        (line("10:05", 2, kind="return", order="C1"), True),
        (line("10:00", 2, kind="return"), False),
        (line("09:55", 2, kind="return"), False),
    ],
    ids=["soon", "just", "late", "in part", "other item", "other number", "same moment", "before"],
)
def test_what_goes_back_whole_within_minutes_is_void(back: Any, void: bool) -> None:
    """A line is void when all of it went back soon after it was bought; at the same moment is no proof."""
    found = trade(line("10:00", 2), back)
    assert found.void_lines.tolist() == [float(void)]


def test_each_line_has_its_own_return() -> None:
    """One return undoes the line just before it, not every line of the item."""
    found = trade(line("10:00"), line("11:00", order="2"), line("11:05", kind="return", order="2"))
    assert found.void_lines.tolist() == [1]
    assert found.is_void.tolist() == [False]


def test_a_return_of_somebody_else_undoes_nothing() -> None:
    """Returns are looked for among the customer's own."""
    found = trade(line("10:00"), ("ben", "return", "tea", "2025-03-01T10:05Z"))
    assert found.void_lines.tolist() == [0, 0]
