"""RFM scores and groups by hand, and that everybody is in exactly one group."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shop.groups.known import Known
from features.shop.groups.named_group import NOBODY
from features.shop.groups.rfm import NO_SCORE, RFM_GROUPS, RFM_NAMES, RfmLimits
from tests.features.shop.groups.known_people import anybody, crowd, one, person

TEN = crowd(
    *(
        person(orders=orders, silent_days=silent, net_spend=spend)
        for orders, silent, spend in [
            (1, 300, 10),
            (1, 200, 20),
            (1, 100, 30),
            (1, 90, 40),
            (1, 80, 50),
            (2, 70, 60),
            (2, 60, 70),
            (3, 50, 80),
            (4, 40, 90),
            (9, 1, 100),
        ]
    ),
    person(),
)
"""Ten customers, half of whom ordered once, and a visitor."""


def grouped(known: Known) -> list[str | None]:
    """The name of everybody's group."""
    codes = RfmLimits.among(known.buyers).scores(known).group
    return [None if code == NOBODY else RFM_NAMES[code] for code in codes]


def test_ten_customers_by_hand() -> None:
    """Two of ten have each score where nobody ties; the five who ordered once all score 1, two orders score 3."""
    found = RfmLimits.among(TEN.buyers).scores(TEN)
    assert found.recency.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, NO_SCORE]
    assert found.frequency.tolist() == [1, 1, 1, 1, 1, 3, 3, 4, 5, 5, NO_SCORE]
    assert found.monetary.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, NO_SCORE]
    assert grouped(TEN) == [
        "dormant",
        "dormant",
        "dormant",
        "dormant",
        "almost_lost",
        "needs_attention",
        "loyal",
        "loyal",
        "champions",
        "champions",
        None,
    ]


@pytest.mark.parametrize(
    ("recency", "orders", "both", "group"),
    [
        (5, 9, 5, "champions"),
        (4, 9, 4, "loyal"),
        (4, 9, 3, "active"),
        (5, 2, 2, "promising"),
        (5, 1, 3, "new"),
        (4, 1, 1, "new"),
        (3, 9, 5, "needs_attention"),
        (3, 1, 3, "needs_attention"),
        (3, 9, 2, "almost_lost"),
        (2, 9, 5, "previously_loyal"),
        (1, 9, 4, "at_risk"),
        (2, 9, 3, "at_risk"),
        (1, 1, 2, "dormant"),
    ],
)
def test_each_group(recency: int, orders: int, both: int, group: str) -> None:
    """Each rule by one customer whose frequency and spend have the same score."""
    passed = (-1.0,) * (both - 1) + (99.0,) * (5 - both)
    limits = RfmLimits((-4.0, -3.0, -2.0, -1.0), passed, passed)
    found = limits.scores(crowd(person(orders=orders, silent_days=5.5 - recency, net_spend=50)))
    assert (found.recency[0], found.frequency[0], found.monetary[0]) == (recency, both, both)
    assert RFM_NAMES[found.group[0]] == group


def test_a_half_is_rounded_up() -> None:
    """Frequency 1 and spend 4 make 3 together: of one silent for long it is a customer at risk."""
    limits = RfmLimits((-4.0, -3.0, -2.0, -1.0), (9.0,) * 4, (1.0, 2.0, 3.0, 4.0))
    found = limits.scores(crowd(person(orders=2, silent_days=9, net_spend=4)))
    assert (found.frequency[0], found.monetary[0], RFM_NAMES[found.group[0]]) == (1, 4, "at_risk")


def test_without_prices_frequency_decides() -> None:
    """Where nobody's spend is known there is no monetary score, and the frequency score alone makes the group."""
    known = crowd(*(person(orders=orders, silent_days=5, net_spend=0) for orders in (1, 2, 3, 4, 5)))
    found = RfmLimits.among(known).scores(known)
    assert found.monetary.tolist() == [NO_SCORE] * 5
    assert found.recency.tolist() == [1] * 5
    assert [RFM_NAMES[code] for code in found.group] == [
        "dormant",
        "dormant",
        "at_risk",
        "at_risk",
        "previously_loyal",
    ]


@given(st.lists(anybody(), min_size=1, max_size=40))
def test_everybody_is_in_one_group(people: list[dict[str, float]]) -> None:
    """Who has ordered has scores from 1 to 5 and one group, and alone the same as in the crowd; visitors have none."""
    known = crowd(*people)
    limits = RfmLimits.among(known.buyers)
    found = limits.scores(known)
    for scores in (found.recency, found.frequency):
        np.testing.assert_array_equal((scores >= 1) & (scores <= 5), known.is_buyer)
    np.testing.assert_array_equal(found.group != NOBODY, known.is_buyer)
    for place in range(len(known)):
        alone = limits.scores(one(known, place))
        assert (alone.recency[0], alone.group[0]) == (found.recency[place], found.group[place])


@given(st.lists(anybody(), min_size=2, max_size=40))
def test_more_is_never_worse(people: list[dict[str, float]]) -> None:
    """Who has more orders, spent more or ordered later never scores less."""
    known = crowd(*people).buyers
    found = RfmLimits.among(known).scores(known)
    for values, scores in (
        (-known.silent_days, found.recency),
        (known.orders, found.frequency),
        (known.net_spend, found.monetary),
    ):
        order = np.argsort(values, kind="stable")
        assert (np.diff(scores[order].astype(int)) >= 0).all()


def test_limits_survive_json() -> None:
    """What is written down is what is read."""
    limits = RfmLimits.among(TEN.buyers)
    assert RfmLimits.from_dict(json.loads(json.dumps(limits.as_dict()))) == limits


def test_groups_have_names_in_both_languages() -> None:
    """Every group has a name and a rule in English and Chinese, no two the same."""
    for language in ("en", "zh"):
        for told in ([group.title[language] for group in RFM_GROUPS], [group.rule[language] for group in RFM_GROUPS]):
            assert len(set(told)) == len(RFM_GROUPS)
            assert all(told)
