"""The blend: what people take over their other candidates is found, and a saved blend scores the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.arrays import Floats
from features.errors import HuitouError
from training.recommend.ranking.blend import Blend, BlendSettings, terms
from training.recommend.ranking.rows import RankingRows

NAMES = ("pair_days_since_any", "pair_open_cart_days", "pair_view_count", "source_walks_rank")
EASY = BlendSettings(ridge=1.0)


def rows(seed: int, customers: int = 300, pairs: int = 12) -> RankingRows:
    """One pair in two is in the cart; one of each customer's is taken, one in the cart seven times as often."""
    rng = np.random.default_rng(seed)
    cart = rng.random((customers, pairs)) < 0.5
    chance = np.where(cart, 7.0, 1.0)
    drawn = [rng.choice(pairs, p=each / each.sum()) for each in chance]
    bought = np.zeros((customers, pairs), dtype=bool)
    bought[np.arange(customers), drawn] = True
    days = np.where(cart.ravel(), 1.0, np.nan)
    noise = rng.integers(0, 9, customers * pairs)
    values = np.stack([np.ones(customers * pairs), days, noise, rng.integers(0, 50, customers * pairs)], axis=1)
    return RankingRows(NAMES, values, bought.ravel(), np.full(customers, pairs), np.ones(customers * pairs))


@pytest.fixture(scope="module")
def blend() -> Blend:
    """A blend of two folds."""
    return Blend.fit([rows(1), rows(2)], EASY)


def of_cart(fitted: Blend) -> float:
    """What it says of two pairs of which one was put into the cart a day ago."""
    values = np.array([[1.0, 1.0, 3.0, 5.0], [1.0, np.nan, 3.0, 5.0]])
    with_cart, without = fitted.score(NAMES, values)
    return float(with_cart - without)


def test_planted_weight(blend: Blend) -> None:
    """An item in the cart is taken seven times as often as another: that is the weight, as a logarithm."""
    assert of_cart(blend) == pytest.approx(np.log(7), abs=0.35)
    assert abs(blend.weights["from_walks"]) < 0.4


def test_habits_of_buying_say_nothing(blend: Blend) -> None:
    """Who takes nothing changes no weight, whatever they have in their carts."""
    fold = rows(1)
    nobody = RankingRows(NAMES, fold.values, np.zeros_like(fold.bought), fold.group_sizes, fold.weight)
    again = Blend.fit([rows(1), rows(2), nobody], EASY)
    assert again.weights == pytest.approx(blend.weights, rel=1e-3, abs=1e-4)


def test_rows_that_stand_for_several() -> None:
    """Half of the pairs not taken, each standing for two, gives about the weights of all."""
    whole = rows(5, customers=400, pairs=80)
    kept = np.flatnonzero(whole.bought | (np.random.default_rng(4).random(len(whole.bought)) < 0.5))
    thinned = whole.take(kept, np.where(whole.bought[kept], 1.0, 2.0))
    assert of_cart(Blend.fit([thinned], EASY)) == pytest.approx(of_cart(Blend.fit([whole], EASY)), abs=0.1)


def test_ridge(blend: Blend) -> None:
    """The stronger the penalty, the smaller the weights; nothing taken gives none."""
    assert 0 < of_cart(Blend.fit([rows(1), rows(2)], BlendSettings(ridge=2000.0))) < 0.5 * of_cart(blend)
    fold = rows(1)
    nothing = RankingRows(NAMES, fold.values, np.zeros_like(fold.bought), fold.group_sizes, fold.weight)
    assert set(Blend.fit([nothing]).weights.values()) == {0.0}


def test_much_bought_counts_as_little(blend: Blend) -> None:
    """Somebody who takes twenty of their candidates has the say of five purchases, not of twenty."""
    settings = BlendSettings(ridge=1.0, most_bought=1)
    values = np.full((40, 4), np.nan)
    values[:20, 1] = 1.0
    greedy = RankingRows(NAMES, values, np.arange(40) >= 20, np.array([40]), np.ones(40))
    weaker, stronger = Blend.fit([rows(1), greedy], settings), Blend.fit([rows(1), greedy], EASY)
    assert of_cart(Blend.fit([rows(1)], EASY)) > of_cart(weaker) > of_cart(stronger)


def test_saved_and_opened(blend: Blend, tmp_path: Path) -> None:
    """What was saved scores the same and has the same settings."""
    blend.save(tmp_path / "blend")
    opened = Blend.load(tmp_path / "blend")
    unseen = rows(3)
    np.testing.assert_array_equal(opened.score(NAMES, unseen.values), blend.score(NAMES, unseen.values))
    assert opened.settings == EASY


def test_other_sources_are_told(blend: Blend) -> None:
    """Rows of other sources than those of training are refused, with the difference."""
    other = (*NAMES[:3], "source_low_rank_rank")
    with pytest.raises(HuitouError) as error:
        blend.score(other, np.ones((1, 4)))
    assert str(error.value) == "This blend was trained with other terms: - from_walks  + from_low_rank.  Retrain."


@pytest.mark.parametrize("values", [np.full((2, 4), np.nan), np.zeros((0, 4)), np.full((1, 4), 3e4)])
def test_terms_are_numbers(values: Floats) -> None:
    """Whatever the columns say, or do not say, every term of every pair is a number."""
    for name, term in terms(NAMES, values).items():
        assert term.shape == (len(values),), name
        assert np.isfinite(term).all(), name


def test_importance(blend: Blend) -> None:
    """The weights are told by size."""
    sizes = [abs(weight) for weight in blend.importance().values()]
    assert sizes == sorted(sizes, reverse=True)
    assert set(blend.importance()) == set(terms(NAMES, np.ones((1, 4))))
