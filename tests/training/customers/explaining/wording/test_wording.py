"""Templates and the words for numbers in them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.customers.explaining.wording.one_customer import known
from training.customers.explaining.wording.conditions import always
from training.customers.explaining.wording.wording import LANGUAGES, PEOPLE, Wording, compared, distinguished, said
from training.tables import KINDS

ROW = np.zeros(1, dtype=np.int64)
VIEWS = "view_count_30d"


@pytest.mark.parametrize(
    ("number", "style", "en", "zh"),
    [
        (1234567, "", "1,234,567", "1,234,567"),
        (0, "day", "less than a day", "不到1天"),
        (1, "day", "1 day", "1天"),
        (1200, "day", "1,200 days", "1,200天"),
        (0, "every", "every day", "每天"),
        (1, "every", "every day", "每天"),
        (31, "every", "every 31 days", "每31天"),
        (64, "share", "64%", "64%"),
        (1250, "price", "12.50", "12.50"),
        (123456789, "price", "1,234,567.89", "1,234,567.89"),
        (2, "people", "regulars who order again", "会再下单的老顾客"),
    ],
)
def test_numbers_in_words(number: int, style: str, en: str, zh: str) -> None:
    """Each style in each language."""
    assert [said(np.array([number]), style, language)[0].as_py() for language in LANGUAGES] == [en, zh]


def test_nouns_take_their_plural() -> None:
    """One order, but no orders and two orders."""
    assert said(np.array([0, 1, 2, 1]), "order", "en").to_pylist() == ["0 orders", "1 order", "2 orders", "1 order"]


def test_every_kind_of_people_has_a_name() -> None:
    """In both languages."""
    assert [len(PEOPLE[language]) for language in LANGUAGES] == [len(KINDS), len(KINDS)]


def test_a_sentence_needs_its_numbers() -> None:
    """It is said where they are known, with them in their places, also where it holds none."""
    wording = Wording("saw {view_count_30d:view}, {days_since_any:day} ago", "{view_count_30d}次")
    assert wording.needs == (VIEWS, "days_since_any")
    customer = known({VIEWS: 3, "days_since_any": 1}, raises=True)
    assert wording.applies(customer).tolist() == [True]
    assert wording.told(customer, ROW, "en").to_pylist() == ["saw 3 views, 1 day ago"]
    assert wording.told(customer, ROW, "zh").to_pylist() == ["3次"]
    assert wording.applies(known({VIEWS: 3}, raises=True)).tolist() == [False]
    assert Wording("hello", "你好").told(customer, np.zeros(2, dtype=np.int64), "zh").to_pylist() == ["你好", "你好"]


@pytest.mark.parametrize(
    ("views", "usual", "up", "expected"),
    [
        (2, 9, False, "2 seen; regulars who order again usually have 9"),
        (20, 9, True, "20 seen; regulars who order again usually have 9"),
        (2, np.nan, False, "2 seen"),
        (2, np.nan, True, "2 seen"),
        (9, 9, False, None),
        (20, 9, False, None),
        (2, 9, True, None),
    ],
)
def test_a_comparison_points_the_way_or_is_not_made(views: int, usual: float, up: bool, expected: str | None) -> None:
    """With what is usual where that supports the reason, alone where it is unknown, else not at all."""
    wordings = compared(VIEWS, always, "{view_count_30d} seen", "看过{view_count_30d}次", "have {usual}", "有{usual}次")
    customer = known({VIEWS: views}, {VIEWS: usual}, raises=up)
    fitting = [wording for wording in wordings if wording.applies(customer)[0]]
    assert [wording.told(customer, ROW, "en")[0].as_py() for wording in fitting] == ([expected] if expected else [])


def test_what_is_merely_another_is_told_as_a_risk() -> None:
    """Without better or worse, what is usual follows when it is clearly another, beside reasons for a risk."""
    with_usual, plain = distinguished(VIEWS, always, "{view_count_30d}", "{view_count_30d}", "{usual}", "{usual}")
    for views, usual, up, told in (
        (2, 9, False, True),
        (20, 9, False, True),
        (9, 9, False, False),
        (2, 9, True, False),
    ):
        customer = known({VIEWS: views}, {VIEWS: usual}, raises=up)
        assert with_usual.applies(customer)[0] == told
        assert plain.applies(customer)[0]
