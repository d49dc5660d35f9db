"""Sentences in two languages with the customer's own numbers."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.customers.planted import no_features
from training.customers.concepts import CONCEPTS
from training.customers.sentences import NUMBERS, SENTENCES, sentence

NOBODY = dict.fromkeys(NUMBERS, math.nan)


def numbers(**known: float) -> dict[str, float]:
    counts = {name: 0.0 for name in NUMBERS if "_count_" in name or name.endswith("_count")}
    return NOBODY | counts | known


@pytest.mark.parametrize(
    ("concept", "known", "raises", "en", "zh"),
    [
        (
            "silence",
            {"days_since_purchase": 74.2, "purchase_gap_mean_days": 31.4},
            False,
            "silent for 74 days, usually orders every 31 days",
            "已沉默74天，通常每31天下单一次",
        ),
        (
            "silence",
            {"days_since_purchase": 1.2, "purchase_gap_mean_days": 9.0},
            True,
            "ordered 1 day ago, usually every 9 days",
            "上次下单在1天前，通常每9天下单一次",
        ),
        ("silence", {"days_since_purchase": 0.3}, False, "last ordered less than a day ago", "上次下单在不到1天前"),
        (
            "orders",
            {"order_count_all": 1200.0, "order_count_90d": 3.0},
            True,
            "1,200 orders so far, 3 in the last 90 days",
            "共1,200单，近90天3单",
        ),
        ("orders", {"order_count_all": 1.0}, False, "only one order so far", "至今只下过一单"),
        (
            "cart",
            {"open_cart_count": 1.0, "open_cart_newest_days": 2.6},
            True,
            "1 item left in the cart, the newest 3 days ago",
            "购物车里有1件商品，最近一件在3天前加入",
        ),
        (
            "browsing",
            {"view_count_all": 40.0, "view_count_30d": 12.0, "days_since_any": 4.0},
            True,
            "12 views in the last 30 days, last seen 4 days ago",
            "近30天浏览12次，上次来访在4天前",
        ),
        (
            "spend",
            {"order_count_all": 2.0, "net_spend_all": 1234.5, "net_spend_90d": 0.0},
            False,
            "spent 1,234 so far, 0 in the last 90 days",
            "累计消费1,234，近90天0",
        ),
        ("price", {"discounted_share": 0.25}, True, "25% of the items bought at a discount", "购买的商品中25%有折扣"),
        ("returns", {"return_count_all": 2.0}, False, "2 returns so far", "已退货2次"),
        (
            "rhythm",
            {"purchase_day_count": 5.0, "days_since_first_purchase": 300.0, "orders_per_year": 6.1},
            True,
            "about 6 orders a year",
            "平均每年约6单",
        ),
    ],
)
def test_a_sentence_is_worded_so(concept: str, known: dict[str, float], raises: bool, en: str, zh: str) -> None:
    """The wording is fixed, in both languages."""
    assert sentence(concept, numbers(**known), raises=raises) == (en, zh)


@pytest.mark.parametrize("concept", ["silence", "rhythm", "orders", "spend", "price"])
def test_there_is_nothing_to_say_of_nothing(concept: str) -> None:
    """Of a visitor without orders these concepts have no sentence."""
    assert sentence(concept, numbers(), raises=False) is None


def test_every_concept_has_a_sentence() -> None:
    """Each concept can be told, and every number that is spoken of is a feature."""
    assert set(SENTENCES) == set(CONCEPTS)
    assert set(NUMBERS) <= set(no_features().names)


sizes = st.floats(0, 1e7) | st.just(0.0) | st.just(1.0)


@given(st.sampled_from(list(SENTENCES)), st.booleans(), st.fixed_dictionaries(dict.fromkeys(NUMBERS, sizes)))
def test_sentences_never_show_raw_names_or_missing_numbers(concept: str, raises: bool, known: dict[str, float]) -> None:
    """Whatever the numbers, there is no feature name, no nan and no decimal of days in a sentence."""
    for said in sentence(concept, known, raises=raises) or ():
        assert "_" not in said
        assert "nan" not in said
        assert not re.search(r"\d\.\d+ day|\d\.\d+天", said)
