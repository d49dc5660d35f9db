"""For whom sentences are said."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.customers.explaining.wording.one_customer import known
from training.customers.explaining.wording.conditions import (
    Condition,
    all_of,
    always,
    at_least,
    clearly_another,
    clearly_less,
    clearly_more,
    exactly,
    lowers,
    more_than,
    points_there,
    raises,
    usual_unknown,
)

VIEWS = "view_count_30d"


def holds(condition: Condition, views: float, usual: float = np.nan, *, up: bool = False) -> bool:
    """Whether it holds of a customer with so many views."""
    customer = known({VIEWS: views, "days_since_any": 4}, {VIEWS: usual}, raises=up)
    return bool(condition(customer)[0])


def test_directions() -> None:
    """Everyone's reasons go one way or the other."""
    for up in (True, False):
        assert holds(always, 1, up=up)
        assert holds(raises, 1, up=up) == up
        assert holds(lowers, 1, up=up) != up


def test_numbers() -> None:
    """Nothing holds of a number that is missing."""
    assert holds(at_least(VIEWS, 3), 3)
    assert not holds(at_least(VIEWS, 3), 2)
    assert holds(exactly(VIEWS, 3), 3)
    assert holds(more_than(VIEWS, "days_since_any"), 5)
    assert not holds(more_than(VIEWS, "days_since_any"), 4)
    for condition in (at_least(VIEWS, 3), exactly(VIEWS, 3), more_than(VIEWS, "days_since_any")):
        assert not holds(condition, np.nan)
        assert not holds(all_of(always, condition), np.nan)


@pytest.mark.parametrize(
    ("views", "usual", "more", "less"),
    [(10, 10, False, False), (9, 10, False, False), (7, 10, False, True), (13, 10, True, False), (0, 0, False, False)],
)
def test_what_is_usual(views: float, usual: float, more: bool, less: bool) -> None:
    """A number counts as another only when it clearly is; more speaks for an order and less against it, or not so."""
    assert holds(clearly_more(VIEWS), views, usual) == more
    assert holds(clearly_less(VIEWS), views, usual) == less
    assert holds(clearly_another(VIEWS), views, usual) == (more or less)
    assert holds(points_there(VIEWS), views, usual, up=True) == more
    assert holds(points_there(VIEWS), views, usual, up=False) == less
    assert holds(points_there(VIEWS, more_is_better=False), views, usual, up=True) == less
    assert holds(points_there(VIEWS, more_is_better=False), views, usual, up=False) == more
    assert not holds(usual_unknown(VIEWS), views, usual)


def test_nothing_is_compared_with_the_unknown() -> None:
    """Where nobody knows what is usual, nothing is more or less than that."""
    assert holds(usual_unknown(VIEWS), 3)
    for condition in (clearly_more(VIEWS), clearly_less(VIEWS), clearly_another(VIEWS), points_there(VIEWS)):
        assert not holds(condition, 3)
        assert not holds(condition, np.nan, 3)
