"""The funnel of a shop that can be reckoned by hand."""

from __future__ import annotations

import json

import pytest

from features.errors import HuitouError
from features.shop.numbers.funnel import FUNNEL_PEOPLE, FunnelRow, funnel
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK


def people(row: FunnelRow) -> list[float | None]:
    return [row.figures[name].value for name in FUNNEL_PEOPLE]


def test_people_drop_out(tables: ShopTables) -> None:
    """anna, cy and the visitor looked, anna carted, cy favourited, anna bought; dee bought without looking."""
    [row] = funnel(tables, WEEK).rows
    assert people(row) == [3, 1, 1, 2, 2, 2, 1, 1]
    rates = {name: figure.value for name, figure in row.figures.items() if name.endswith("_rate")}
    assert rates == {
        "browse_to_favourite_or_cart_rate": 2 / 3,
        "favourite_or_cart_to_purchase_rate": 0.5,
        "browse_to_purchase_rate": 1 / 3,
    }
    assert row.figures["purchase_people"].values == (2, 2, None)


def test_each_category_has_its_own(tables: ShopTables) -> None:
    """In china anna looked, carted and bought; in drinks she bought without looking, and cy looked and did not buy."""
    rows = {row.category: people(row) for row in funnel(tables, WEEK, "category").rows}
    assert rows == {"china": [2, 0, 1, 1, 2, 1, 1, 1], "drinks": [1, 1, 0, 1, 2, 1, 0, 0]}


def test_it_is_told_over_time(tables: ShopTables) -> None:
    """The week is cut into slices of three days, each beside as many days of the week before, where those are known."""
    rows = funnel(tables, WEEK, "days", 3).rows
    told = [(str(row.days and row.days.first), row.figures["browse_people"].values) for row in rows]
    assert told == [
        ("2025-03-10", (2, 1, None)),
        ("2025-03-13", (0, 0, None)),
        ("2025-03-16", (1, 1, None)),
    ]
    assert rows[-1].days is not None
    assert rows[-1].days.days == 1


def test_slices_before_the_history_are_unknown(tables: ShopTables) -> None:
    """Monday and Tuesday of the week before are not zeros: nobody was counting."""
    rows = funnel(tables, WEEK, "days", 1).rows
    assert [row.figures["purchase_people"].previous for row in rows] == [None, None, 1, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("by", "slice_days", "said"),
    [
        (
            *("brand", 7),
            "by must be one of category, days or nothing; got 'brand'. Leave it out for the whole shop.",
        ),
        (
            *("days", 8),
            "slice_days must be between 1 and the period's 7 days; got 8. Ask for 7, or for a longer period.",
        ),
        (
            *("days", 0),
            "slice_days must be between 1 and the period's 7 days; got 0. Ask for 7, or for a longer period.",
        ),
    ],
)
def test_impossible_funnels(tables: ShopTables, by: str, slice_days: int, said: str) -> None:
    """What the funnel cannot be told by is refused in one sentence."""
    with pytest.raises(HuitouError) as caught:
        funnel(tables, WEEK, by, slice_days)
    assert caught.value.message == said


def test_it_is_said_in_plain_types(tables: ShopTables) -> None:
    """The answer is JSON, with every figure defined."""
    said = json.loads(json.dumps(funnel(tables, WEEK, "days", 7).as_dict(), allow_nan=False))
    assert said["rows"][0]["days"] == WEEK.as_dict()
    assert set(said["rows"][0]["figures"]) == set(said["definitions"])
