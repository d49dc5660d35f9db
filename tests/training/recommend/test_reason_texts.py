"""Reasons in words: every source of the recommender has its own sentence in both languages."""

from __future__ import annotations

import re

import pytest

from serving.arranging.arrangement import EXPLORATION, PINNED
from serving.interested import INTEREST
from training.recommend.counted.related_kinds import RELATED_KINDS
from training.recommend.proposing.registry import REGISTRY, SOURCES
from training.recommend.reason_texts import (
    ABOUT_CATEGORY,
    ABOUT_CYCLE,
    ABOUT_ITEM,
    ABOUT_ITEM_CYCLE,
    ABOUT_OWN_ITEM,
    LANGUAGES,
    PLAIN,
    language_of,
    reason,
)


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
    assert reason("viewed", "en") == "you showed interest in this"


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
        named = [reason(source, language, because="x", category="y", own=True, every_days=3) for source in SOURCES]
        assert (len(set(plain)), len(set(named))) == (len(plain), len(named))


def test_the_cycle_of_an_item() -> None:
    """Where the own cycle is not known it is said after how long others buy the item again."""
    assert reason("buy_again", "en", item_days=30) == "usually bought again after about 30 days"
    assert reason("buy_again", "zh", item_days=30) == "通常约30天后会再次购买"
    assert reason("buy_again", "en", every_days=7, item_days=30) == "you usually buy this every 7 days"
    assert reason("buy_again", "en", item_days=1) == "you bought this before"
    assert reason("open_cart", "en", item_days=30) == "in your cart"


def test_the_own_item() -> None:
    """Who viewed the other item is told so; of an item on a page it is said what people do."""
    tea = "Green Tea"
    assert reason("viewed_then_bought", "en", because=tea) == "often bought after viewing Green Tea"
    own = "because you viewed Green Tea, after which it is often bought"
    assert reason("viewed_then_bought", "en", because=tea, own=True) == own
    assert reason("viewed_then_bought", "zh", because=tea, own=True) == "因为您浏览过Green Tea，之后常被购买"
    assert reason("bought_together", "en", because=tea, own=True) == "often bought with Green Tea"


@pytest.mark.parametrize("source", [*REGISTRY, *RELATED_KINDS, INTEREST, PINNED, EXPLORATION])
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_proposes_has_a_sentence(source: str, language: str) -> None:
    """Neither a source nor a kind of related items, nor what is added to them, is told as something unknown."""
    assert source in PLAIN
    assert reason(source, language) != reason("no such source", language)


def test_sources_that_name_an_item_have_a_sentence_for_it() -> None:
    """Who gives an item as the reason has words for that item, and nobody else has."""
    named = {name for name, source in REGISTRY.items() if source.named}
    assert {*ABOUT_ITEM} == named | {*RELATED_KINDS}
    assert {*ABOUT_OWN_ITEM} <= named
    for sentences in (PLAIN, ABOUT_CATEGORY, ABOUT_CYCLE, ABOUT_ITEM_CYCLE):
        assert {*sentences} <= {*REGISTRY, *RELATED_KINDS, INTEREST, PINNED, EXPLORATION}


def test_chinese_sentences_are_chinese() -> None:
    """No sentence was left in the other language."""
    for sentences in (PLAIN, ABOUT_ITEM, ABOUT_OWN_ITEM, ABOUT_CATEGORY, ABOUT_CYCLE, ABOUT_ITEM_CYCLE):
        for sentence in sentences.values():
            assert not re.search("[a-z]", re.sub(r"\$[a-z]+", "", sentence.zh.template))
            assert sentence.en.template.isascii()
            assert sentence.zh.get_identifiers() == sentence.en.get_identifiers()


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
