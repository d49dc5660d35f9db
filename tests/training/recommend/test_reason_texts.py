"""Reasons in words: every source of the recommender has its own sentence in both languages."""

from __future__ import annotations

import pytest

from training.recommend.proposing.registry import SOURCES
from training.recommend.reason_texts import ABOUT_CATEGORY, ABOUT_ITEM, LANGUAGES, PLAIN, language_of, reason


@pytest.mark.parametrize(
    ("source", "language", "expected"),
    [
        ("open_cart", "en", "in your cart"),
        ("open_cart", "zh", "在您的购物车里"),
        ("viewed_together", "en", "often viewed together with Green Tea"),
        ("viewed_together", "zh", "常与Green Tea一起浏览"),
        ("bought_together", "en", "often bought with Green Tea"),
        ("category", "en", "popular in Drinks"),
        ("category", "zh", "Drinks类热门"),
        ("something new", "en", "picked for you"),
    ],
)
def test_sentences(source: str, language: str, expected: str) -> None:
    """Each source speaks of what it knows, in the language asked for."""
    assert reason(source, language, because="Green Tea", category="Drinks") == expected


def test_sentences_without_names() -> None:
    """Where the other item or the category is not known the sentence does without."""
    assert reason("category", "en") == "popular in a category you like"
    assert reason("viewed", "en") == "you looked at this recently"


def test_the_own_cycle() -> None:
    """Where it is known how often a customer buys an item, that is the reason to buy it again; of nothing else."""
    assert reason("buy_again", "en", every_days=30) == "you usually buy this every 30 days"
    assert reason("buy_again", "zh", every_days=30) == "您通常每30天购买一次"
    assert reason("buy_again", "en") == reason("buy_again", "en", every_days=1) == "you bought this before"
    assert reason("popular", "en", every_days=30) == "popular now"


def test_names_are_not_templates() -> None:
    """A title that looks like a placeholder is only a title."""
    assert reason("bought_together", "en", because="$category {item} %s") == "often bought with $category {item} %s"


def test_no_two_sources_say_the_same() -> None:
    """Each source of the recommender has words of its own, with and without a name to speak of."""
    for language in LANGUAGES:
        plain = [reason(source, language) for source in SOURCES if source in PLAIN]
        named = [reason(source, language, because="x", category="y", every_days=3) for source in SOURCES]
        assert (len(set(plain)), len(set(named))) == (len(plain), len(named))


def test_every_source_of_the_recommender_has_a_sentence() -> None:
    """No source of training falls back to the sentence for unknown ones."""
    assert {*SOURCES} <= {*PLAIN, *ABOUT_ITEM, *ABOUT_CATEGORY}
    general = {reason("no such source", language) for language in LANGUAGES}
    assert not general & {reason(source, language, because="x") for source in SOURCES for language in LANGUAGES}


@pytest.mark.parametrize(
    ("lang", "accepted", "expected"),
    [
        (None, None, "en"),
        ("zh", "en", "zh"),
        ("zh-CN", None, "zh"),
        ("ZH_tw", None, "zh"),
        (None, "fr-CH, zh;q=0.9, en;q=0.8", "zh"),
        ("klingon", "de", "en"),
        ("", ";;,,", "en"),
    ],
)
def test_language_of(lang: str | None, accepted: str | None, expected: str) -> None:
    """The parameter goes before the browser's wish, and English is the last resort."""
    assert language_of(lang, accepted) == expected
