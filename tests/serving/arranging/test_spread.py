"""Diversity: more of it never shows fewer categories."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import Floats, Ints
from serving.arranging.spread import spread

NO_BRAND = -1


@st.composite
def falling_items(draw: st.DrawFn) -> tuple[Floats, Ints, Ints]:
    """Relevance that falls from 1 to 0, categories and brands of up to forty items."""
    size = draw(st.integers(0, 40))
    relevance = draw(st.lists(st.integers(0, 100), min_size=size, max_size=size))
    category = draw(st.lists(st.integers(-1, 5), min_size=size, max_size=size))
    brand = draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    return np.sort(np.array(relevance) / 100)[::-1], np.array(category, dtype=int), np.array(brand, dtype=int)


SHARES = st.integers(0, 20).map(lambda step: step / 20)


@given(falling_items())
def test_no_diversity_leaves_the_order(items: tuple[Floats, Ints, Ints]) -> None:
    """With 0 every item stays where it is."""
    assert spread(*items, 0.0).tolist() == list(range(len(items[0])))


@given(falling_items(), SHARES)
def test_every_item_once(items: tuple[Floats, Ints, Ints], diversity: float) -> None:
    """The answer is an order of all items."""
    assert sorted(spread(*items, diversity).tolist()) == list(range(len(items[0])))


@given(falling_items(), SHARES, SHARES)
def test_more_diversity_never_shows_fewer_categories(
    items: tuple[Floats, Ints, Ints], one: float, other: float
) -> None:
    """However many places there are, they hold at least as many categories when more is asked for."""
    category = items[1]
    less, more = (category[spread(*items, share)] for share in sorted((one, other)))
    for places in range(len(category) + 1):
        assert len(set(more[:places].tolist())) >= len(set(less[:places].tolist()))


@given(falling_items())
def test_full_diversity_lets_categories_take_turns(items: tuple[Floats, Ints, Ints]) -> None:
    """With 1 no category has its next item before every other one that has any left has as many."""
    relevance, category, _ = items
    shown_categories = category[spread(relevance, category, np.full(len(category), NO_BRAND), 1.0)].tolist()
    total = {name: shown_categories.count(name) for name in shown_categories}
    for places in range(len(category) + 1):
        shown = {name: shown_categories[:places].count(name) for name in total}
        waiting = [shown[name] for name in total if shown[name] < total[name]]
        assert max(shown.values(), default=0) <= min(waiting, default=len(category)) + 1


@given(falling_items())
def test_full_diversity_begins_with_every_category(items: tuple[Floats, Ints, Ints]) -> None:
    """With 1, whatever the brands, the best item of each category comes before any second one."""
    category = items[1]
    firsts = {int(name): int(np.flatnonzero(category == name)[0]) for name in category}
    assert set(spread(*items, 1.0)[: len(firsts)].tolist()) == set(firsts.values())


@given(falling_items(), SHARES)
def test_the_greedy_order_of_marginal_relevance(items: tuple[Floats, Ints, Ints], diversity: float) -> None:
    """Without brands it is the order in which a slow greedy choice takes the items."""
    relevance, category, _ = items
    left = list(range(len(relevance)))
    chosen: list[int] = []
    while left:
        taken = [category[item] for item in chosen]
        value = {
            item: (1 - diversity) * relevance[item] - diversity * (1 - 1 / (1 + taken.count(category[item])))
            for item in left
        }
        best = min(left, key=lambda item: (-round(value[item], 12), item))
        chosen.append(best)
        left.remove(best)
    found = spread(relevance, category, np.full(len(category), NO_BRAND), diversity)
    assert sorted(found.tolist()) == sorted(chosen)
    assert category[found].tolist() == category[chosen].tolist() or _tied(relevance, category, diversity)


def _tied(relevance: Floats, category: Ints, diversity: float) -> bool:
    """Whether two values that the order compares lie closer than rounding."""
    number = [int((category[:place] == name).sum()) for place, name in enumerate(category)]
    value = np.sort((1 - diversity) * relevance - diversity * (1 - 1 / (1 + np.array(number))))
    return bool((np.diff(value) < 1e-9).any())


def test_a_brand_gives_way_within_its_category() -> None:
    """A second item of a brand stands back behind a little less relevant one of another brand."""
    relevance, category = np.array([1.0, 0.9, 0.8]), np.array([0, 0, 0])
    assert spread(relevance, category, np.array([7, 7, 8]), 0.5).tolist() == [0, 2, 1]
    assert spread(relevance, category, np.array([NO_BRAND, NO_BRAND, 8]), 0.5).tolist() == [0, 1, 2]


@pytest.mark.parametrize("diversity", [0.0, 0.5, 1.0])
def test_few_items(diversity: float) -> None:
    """Nothing stays nothing, and one item stays one."""
    for size in (0, 1):
        nothing = np.zeros(size, dtype=int)
        assert len(spread(np.ones(size), nothing, nothing, diversity)) == size
