"""Behaviour groups by hand, their precedence, and that everybody is in exactly one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shop.groups.behaviour_groups import BEHAVIOUR_GROUPS, BEHAVIOUR_NAMES, behaviour_groups_of
from features.shop.layers import LayerLimits
from tests.features.shop.groups.known_people import anybody, crowd, one, person

LIMITS = LayerLimits(45, 90, 180, 360)
UNKNOWN = (np.nan, np.nan)


@pytest.mark.parametrize(
    ("who", "promoted", "group"),
    [
        (person(), UNKNOWN, "browse_only"),
        (person(carts=2, favorites=2), UNKNOWN, "browse_only"),
        (person(carts=3), UNKNOWN, "cart_heavy"),
        (person(carts=3, favorites=3), UNKNOWN, "cart_heavy"),
        (person(carts=3, favorites=4), UNKNOWN, "favourite_heavy"),
        (person(orders=1), UNKNOWN, "occasional"),
        (person(orders=1, purchases=1, carts=3), UNKNOWN, "cart_heavy"),
        (person(orders=1, purchases=2, carts=3), UNKNOWN, "occasional"),
        (person(orders=1, purchases=2, favorites=6), UNKNOWN, "favourite_heavy"),
        (person(orders=3, carts=50), UNKNOWN, "loyal"),
        (person(orders=3, order_days=2), UNKNOWN, "occasional"),
        (person(orders=3, silent_days=89.9), UNKNOWN, "loyal"),
        (person(orders=3, silent_days=90), UNKNOWN, "occasional"),
        (person(orders=3), (1.0, np.nan), "promotion_only"),
        (person(orders=3), (np.nan, 0.9), "promotion_only"),
        (person(orders=3), (0.5, 0.89), "loyal"),
        (person(orders=1), (1.0, 1.0), "occasional"),
    ],
)
def test_by_hand(who: dict[str, float], promoted: tuple[float, float], group: str) -> None:
    """Each rule where it begins, and the earlier of two that fit."""
    discount, promotion = (np.array([share]) for share in promoted)
    assert BEHAVIOUR_NAMES[behaviour_groups_of(crowd(who), LIMITS, discount, promotion)[0]] == group


@given(st.lists(st.tuples(anybody(), st.floats(0, 1) | st.just(np.nan)), min_size=1, max_size=30))
def test_everybody_is_in_one_group(people: list[tuple[dict[str, float], float]]) -> None:
    """Who has not ordered is never loyal, and anybody alone is where they are among the others."""
    known, promoted = crowd(*(who for who, _ in people)), np.array([share for _, share in people])
    found = behaviour_groups_of(known, LIMITS, promoted, np.full(len(known), np.nan))
    names = np.array(BEHAVIOUR_NAMES)[found]
    assert not np.isin(names[~known.is_buyer], ["loyal", "occasional", "promotion_only"]).any()
    assert not (names[known.is_buyer] == "browse_only").any()
    for place in range(len(known)):
        share = promoted[place : place + 1]
        assert behaviour_groups_of(one(known, place), LIMITS, share, share)[0] == found[place]


def test_groups_have_names_in_both_languages() -> None:
    """Every group has a name and a rule in English and Chinese."""
    assert all(
        group.title[language] and group.rule[language] for group in BEHAVIOUR_GROUPS for language in ("en", "zh")
    )
