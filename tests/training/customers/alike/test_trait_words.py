"""The words of traits: every trait has them in both languages, and names of the shop stay text."""

from __future__ import annotations

from string import Formatter

import pytest

from training.customers.alike.trait_words import LONGEST_NAME, WORDS, TraitWords, plain, taste_words
from training.customers.alike.traits import NUMBERS

HOSTILE = '{own} <script>=1+1"\u202e snacks\n\x00'


def blanks(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field}


def test_every_trait_has_words() -> None:
    """No trait of every shop is without words, and no words without a trait."""
    assert set(WORDS) == set(NUMBERS)


@pytest.mark.parametrize("words", [*WORDS.values(), taste_words("brand", HOSTILE)])
def test_both_languages_tell_both_numbers(words: TraitWords) -> None:
    """The group's number and the shop's are in both sentences, and words that it earns are in both languages."""
    assert [blanks(sentence) for sentence in words.sentence] == [{"own", "shop"}] * 2
    for pair in (words.label, words.high, words.low):
        assert pair is None or all(pair)


@pytest.mark.parametrize(
    ("trait", "value", "en", "zh"),
    [
        ("order_count_all", 6.0, "6", "6"),
        ("order_count_all", 6.5, "6.5", "6.5"),
        ("order_count_all", 1234.5, "1,234", "1,234"),
        ("purchase_gap_mean_days", 0.2, "1 day", "1天"),
        ("purchase_gap_mean_days", 41.4, "41 days", "41天"),
        ("net_spend_all", 79.8, "79.80", "79.80"),
        ("net_spend_all", 2666.7, "2,667", "2,667"),
        ("discounted_share", 0.716, "72%", "72%"),
        ("price_level", 0.0, "as dear as", "持平"),
        ("price_level", -0.5, "39% below", "低39%"),
        ("price_level", 0.5, "65% above", "高65%"),
    ],
)
def test_numbers_in_words(trait: str, value: float, en: str, zh: str) -> None:
    """Counts, days, money, shares and price levels are told as people say them."""
    assert (WORDS[trait].number(value, "en"), WORDS[trait].number(value, "zh")) == (en, zh)


def test_hostile_names_are_text() -> None:
    """A name is one line, in its own direction, and what looks like a blank is filled with nothing."""
    assert plain(HOSTILE) == '{own} <script>=1+1" snacks'
    words = taste_words("category", HOSTILE)
    said = words.sentence[0].format(own="72%", shop="5%")
    assert said == '72% of their interest is in “{own} <script>=1+1" snacks” (shop: 5%)'
    assert words.sentence[1].format(own="72%", shop="5%") == '72%的兴趣在“{own} <script>=1+1" snacks”（全店5%）'


def test_long_names_are_cut() -> None:
    """A name of a thousand letters does not fill a page; an empty one is empty."""
    assert plain("x" * 1_000) == "x" * (LONGEST_NAME - 1) + "…"
    assert plain("  \t\n") == ""
