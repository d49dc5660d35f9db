"""Every number has one definition, in both languages."""

from __future__ import annotations

import re

import pytest

from features.errors import HuitouError
from features.shop.numbers.best_sellers import SOLD_NAMES
from features.shop.numbers.cohorts import COHORT_NAMES
from features.shop.numbers.daily import DAILY_NUMBERS
from features.shop.numbers.definitions import DEFINITIONS, definition, definitions_of
from features.shop.numbers.funnel import FUNNEL_NAMES
from features.shop.numbers.habits import HABIT_NAMES, PER_DAY_NAMES
from features.shop.numbers.overview import OVERVIEW_NAMES
from features.shop.numbers.repurchase import REPURCHASE_NAMES

SHOWN = {
    *(*OVERVIEW_NAMES, *REPURCHASE_NAMES, *FUNNEL_NAMES, *COHORT_NAMES, *DAILY_NUMBERS, *SOLD_NAMES, *HABIT_NAMES),
    *(*PER_DAY_NAMES, "cohort_customers", "interested_people", "growth_against_shop", "rose_beyond_chance"),
}


def test_what_is_shown_is_defined() -> None:
    """The registry holds exactly the numbers that the answers tell."""
    assert set(DEFINITIONS) == SHOWN


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_definitions_are_sentences_in_both_languages(name: str) -> None:
    """Title and meaning are there in English and Chinese, and a meaning is a sentence."""
    said = definition(name)
    assert set(said.title) == set(said.meaning) == {"en", "zh"}
    assert said.meaning["en"].endswith(".")
    assert said.meaning["zh"].endswith("。")
    assert re.search("[\u4e00-\u9fff]", said.title["zh"])
    assert said.unit.value in ("people", "times", "orders", "pieces", "money", "share", "ratio", "flag")


def test_titles_are_told_apart() -> None:
    """No two numbers are called the same."""
    for language in ("en", "zh"):
        titles = [said.title[language] for said in DEFINITIONS.values()]
        assert len(titles) == len(set(titles))


def test_definitions_in_plain_types() -> None:
    """A definition is told with its unit."""
    assert definitions_of(["orders"])["orders"]["unit"] == "orders"


def test_an_unknown_number() -> None:
    """A name that is no number is refused."""
    with pytest.raises(HuitouError, match="there is no number called 'gmv'. Ask for one of those in the list"):
        definition("gmv")
