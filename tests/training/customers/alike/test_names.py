"""Names of clusters: a noun by their orders, words by what sets them apart, and never the same twice."""

from __future__ import annotations

import numpy as np
import pytest

from training.customers.alike.names import Word, cluster_names

EVENING = Word(("evening", "晚间"), follows=False)
BUDGET = Word(("budget", "低价位"), follows=False)
FREQUENT = Word(("frequent", "高频"), follows=False)
SNACKS = Word(("fond of “Snacks”", "偏爱“Snacks”"), follows=True)


@pytest.mark.parametrize(
    ("orders", "en", "zh"),
    [
        ([0, 0, 0, 1], "visitors", "访客"),
        ([1, 1, 1, 0], "one-time buyers", "一次性买家"),
        ([2, 3, 9, 1], "regulars", "回头客"),
        ([1, 1, 2, 2], "buyers", "买家"),
        ([0, 0, 1, 2], "customers", "顾客"),
    ],
)
def test_the_noun_is_told_by_orders(orders: list[float], en: str, zh: str) -> None:
    """What most have ordered says what they are called."""
    assert cluster_names([np.array(orders)], [[]]) == [{"en": en, "zh": zh}]


def test_words_stand_where_they_belong() -> None:
    """What they are like comes before the noun, what they are fond of behind it, in Chinese before it."""
    [name] = cluster_names([np.array([3.0])], [[SNACKS, EVENING, BUDGET]])
    assert name == {"en": "evening regulars fond of “Snacks”", "zh": "偏爱“Snacks”、晚间的回头客"}


def test_two_clusters_never_share_a_name() -> None:
    """Names that would be the same get a further word."""
    orders = [np.array([3.0])] * 2
    first, second = cluster_names(orders, [[EVENING, BUDGET, FREQUENT], [EVENING, BUDGET, SNACKS]])
    assert (first["en"], second["en"]) == (
        "evening, budget, frequent regulars",
        "evening, budget regulars fond of “Snacks”",
    )
    assert first["zh"] != second["zh"]


def test_at_last_a_number_tells_them_apart() -> None:
    """Clusters of which the words say the same are counted."""
    names = cluster_names([np.array([3.0])] * 3, [[EVENING], [EVENING], [BUDGET]])
    assert [name["en"] for name in names] == ["evening regulars (1)", "evening regulars (2)", "budget regulars"]
    assert [name["zh"] for name in names] == ["晚间的回头客 (1)", "晚间的回头客 (2)", "低价位的回头客"]


def test_nothing_is_said_twice() -> None:
    """Two traits that earn the same word, in either language, give it once."""
    often = Word(("frequent", "下单多"), follows=False)
    [name] = cluster_names([np.array([3.0])], [[FREQUENT, often, EVENING]])
    assert name == {"en": "frequent, evening regulars", "zh": "高频、晚间的回头客"}
