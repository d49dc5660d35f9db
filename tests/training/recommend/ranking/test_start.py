"""The start of the trees: the blend's score told as a chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from features.arrays import Flags
from training.recommend.ranking.rows import RankingRows
from training.recommend.ranking.start import Start

NAMES = ("pair_days_since_any", "pair_open_cart_days")


def rows(bought: Flags | None = None) -> RankingRows:
    """Ten pairs for each of 400 people, of which five lie in the cart; of those a third is bought, else a tenth."""
    rng = np.random.default_rng(8)
    cart = np.tile(np.arange(10) < 5, 400)
    values = np.stack([np.ones(4_000), np.where(cart, 1.0, np.nan)], axis=1)
    if bought is None:
        bought = rng.random(4_000) < np.where(cart, 1 / 3, 1 / 10)
    return RankingRows(NAMES, values, bought, np.full(400, 10), np.ones(4_000))


def test_chances() -> None:
    """The log-odds are those of the shares that were bought, in the cart and outside."""
    whole = rows()
    chance = expit(Start.fit(whole).log_odds(NAMES, whole.values[[0, 9]]))
    np.testing.assert_allclose(chance, [1 / 3, 1 / 10], atol=0.03)


def test_rows_that_stand_for_several() -> None:
    """Where every fifth pair not bought stands for five, the chances are those of all pairs."""
    whole = rows()
    kept = np.flatnonzero(whole.bought | (np.arange(4_000) % 5 == np.arange(4_000) // 10 % 5))
    some = whole.take(kept, np.where(whole.bought[kept], 1.0, 5.0))
    chance = expit(Start.fit(some).log_odds(NAMES, whole.values))
    assert chance.mean() == pytest.approx(whole.bought.mean(), abs=0.03)


@pytest.mark.parametrize(("bought", "chance"), [(False, 0.0), (True, 1.0)])
def test_nothing_or_everything_bought(bought: bool, chance: float) -> None:
    """Where nothing was bought, or everything, all pairs have about that chance and none is infinite."""
    start = Start.fit(rows(np.full(4_000, bought)))
    found = start.log_odds(NAMES, rows().values[:3])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(expit(found), chance, atol=1e-3)


def test_saved_and_opened(tmp_path: Path) -> None:
    """What was saved says the same; where nothing was saved there is none."""
    assert Start.load(tmp_path) is None
    start = Start.fit(rows())
    start.save(tmp_path)
    opened = Start.load(tmp_path)
    assert opened is not None
    np.testing.assert_array_equal(opened.log_odds(NAMES, rows().values), start.log_odds(NAMES, rows().values))
