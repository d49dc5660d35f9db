"""The ranker: a planted signal is found, and a saved ranker scores the same or says why it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from training.recommend.ranking import ranker as ranker_module
from training.recommend.ranking.ranker import MANY_BOUGHT, Ranker, RankerSettings
from training.recommend.ranking.rows import RankingRows

NAMES = ("noise", "signal", "more_noise")
QUICK = RankerSettings(trees=12, leaves=7, least_rows_per_leaf=20, feature_fraction=1.0, learning_rate=0.2)


def rows(seed: int, customers: int = 150, pairs: int = 20) -> RankingRows:
    """Pairs of which those with a high signal are bought nine times of ten, the others once in ten."""
    rng = np.random.default_rng(seed)
    values = rng.random((customers * pairs, 3)).astype(np.float32)
    bought = rng.random(len(values)) < np.where(values[:, 1] > 0.8, 0.9, 0.1)
    return RankingRows(NAMES, values, bought, np.full(customers, pairs), np.ones(len(values)))


def thinned(whole: RankingRows, each: int) -> RankingRows:
    """All that were bought, and of the others every third (or so), which then stands for three."""
    kept = np.flatnonzero(whole.bought | (np.arange(len(whole.bought)) % each == 0))
    return whole.take(kept, np.where(whole.bought[kept], 1.0, each))


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    """A ranker of few trees, trained on two folds."""
    return Ranker.fit([rows(1), rows(2)], QUICK)


def test_planted_signal(ranker: Ranker) -> None:
    """On rows it has not seen the signal orders the pairs, and the signal has nearly all of the gain."""
    unseen = rows(3)
    score = ranker.score(unseen.names, unseen.values)
    high = unseen.values[:, 1] > 0.8
    assert np.quantile(score[high], 0.02) > np.quantile(score[~high], 0.98)
    importance = ranker.importance()
    assert next(iter(importance)) == "signal"
    assert importance["signal"] > 0.9 * sum(importance.values())


def test_scores_are_chances(ranker: Ranker) -> None:
    """Where pairs not bought are trained on in part, their weights keep the scores chances of a purchase."""
    unseen = rows(4)
    high = unseen.values[:, 1] > 0.8
    for trained in (ranker, Ranker.fit([thinned(rows(1), 3), thinned(rows(2), 3)], QUICK)):
        score = trained.score(unseen.names, unseen.values)
        assert score[high].mean() == pytest.approx(0.9, abs=0.06)
        assert score[~high].mean() == pytest.approx(0.1, abs=0.03)


def test_deterministic(ranker: Ranker) -> None:
    """Trained again on the same rows it scores the same; where columns are drawn another seed scores otherwise."""
    unseen = rows(3)
    score = ranker.score(unseen.names, unseen.values)
    again = Ranker.fit([rows(1), rows(2)], QUICK).score(unseen.names, unseen.values)
    np.testing.assert_array_equal(again, score)
    drawn = [Ranker.fit([rows(1)], replace(QUICK, feature_fraction=0.5, seed=seed)) for seed in (7, 7, 8)]
    one, repeated, other = (trained.score(unseen.names, unseen.values) for trained in drawn)
    np.testing.assert_array_equal(repeated, one)
    assert not np.array_equal(other, one)


def test_weights_count() -> None:
    """A row that stands for three is trained on as three rows are."""
    whole, unseen = rows(1), rows(3)
    tripled = replace(whole, weight=np.full(len(whole.bought), 3.0))
    settings = replace(QUICK, least_rows_per_leaf=1)
    by_weight = Ranker.fit([tripled], settings).score(unseen.names, unseen.values)
    by_rows = Ranker.fit([whole, whole, whole], settings).score(unseen.names, unseen.values)
    np.testing.assert_allclose(by_weight, by_rows, atol=1e-6)


def test_save_and_load(ranker: Ranker, tmp_path: Path) -> None:
    """What was saved has the same settings and columns and scores the same."""
    ranker.save(tmp_path / "new" / "folder")
    loaded = Ranker.load(tmp_path / "new" / "folder")
    assert (loaded.settings, loaded.feature_names) == (QUICK, NAMES)
    unseen = rows(3)
    np.testing.assert_array_equal(loaded.score(NAMES, unseen.values), ranker.score(NAMES, unseen.values))
    assert loaded.importance() == ranker.importance()


@pytest.mark.parametrize(
    ("names", "difference"),
    [
        (("noise", "another", "more_noise"), "- signal  + another"),
        (("noise", "signal"), "- more_noise"),
        (("noise", "signal", "more_noise", "view_count_14d"), "+ view_count_14d"),
        (("signal", "noise", "more_noise"), "another order"),
    ],
)
def test_other_columns(ranker: Ranker, names: tuple[str, ...], difference: str) -> None:
    """Columns that it was not trained with raise with the difference."""
    with pytest.raises(HuitouError) as told:
        ranker.score(names, np.zeros((1, len(names)), dtype=np.float32))
    assert told.value.message == f"This ranker was trained with other features: {difference}.  Retrain."
    assert told.value.code == "other_features"


def test_empty_input(ranker: Ranker) -> None:
    """No pairs have no scores."""
    assert ranker.score(NAMES, np.zeros((0, 3), dtype=np.float32)).shape == (0,)


def test_missing_values(ranker: Ranker) -> None:
    """A pair without a single known number has a score as well."""
    assert np.isfinite(ranker.score(NAMES, np.full((2, 3), np.nan, dtype=np.float32))).all()


def test_one_pair_scores_as_in_the_crowd(ranker: Ranker) -> None:
    """A pair has the same score alone as among others."""
    unseen = rows(5)
    together = ranker.score(NAMES, unseen.values)
    for place in (0, 17, 2999):
        assert ranker.score(NAMES, unseen.values[place : place + 1])[0] == together[place]


def in_cart(seed: int) -> RankingRows:
    """Few rows, of which those in the cart are bought five times as often."""
    rng = np.random.default_rng(seed)
    cart = rng.random(400) < 0.4
    values = np.stack([np.ones(400), np.where(cart, 1.0, np.nan)], axis=1)
    bought = rng.random(400) < np.where(cart, 0.5, 0.1)
    return RankingRows(("pair_days_since_any", "pair_open_cart_days"), values, bought, np.full(20, 20), np.ones(400))


def test_trees_start_from_the_blend(tmp_path: Path) -> None:
    """With rows too few for a single split the blend still tells the cart from the rest; saved, it scores the same."""
    settings = replace(QUICK, least_rows_per_leaf=1_000)
    trained = Ranker.fit([in_cart(1), in_cart(2)], settings)
    unseen = in_cart(3)
    score, cart = trained.score(unseen.names, unseen.values), ~np.isnan(unseen.values[:, 1])
    assert score[cart].min() > 2 * score[~cart].max()
    assert score.mean() == pytest.approx(unseen.bought.mean(), abs=0.1)
    without = Ranker.fit([in_cart(1), in_cart(2)], replace(settings, from_blend=False))
    assert len(set(without.score(unseen.names, unseen.values))) == 1
    for number, ranker in enumerate((trained, without)):
        ranker.save(tmp_path / str(number))
        opened = Ranker.load(tmp_path / str(number))
        expected = ranker.score(unseen.names, unseen.values)
        np.testing.assert_array_equal(opened.score(unseen.names, unseen.values), expected)


def test_larger_trees_for_more_data() -> None:
    """Few bought candidates get few leaves, many get more."""
    assert RankerSettings.learning_from(500) == RankerSettings()
    assert RankerSettings.learning_from(MANY_BOUGHT).leaves > RankerSettings.learning_from(MANY_BOUGHT - 1).leaves


def test_trees_look_at_the_likeliest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The likeliest pairs by the start have the scores that trees give, the others come after them in its order."""
    trained, unseen = Ranker.fit([in_cart(1), in_cart(2)], replace(QUICK, least_rows_per_leaf=40)), in_cart(3)
    customer = np.repeat(np.arange(20), unseen.group_sizes)
    whole = trained.score(unseen.names, unseen.values)
    np.testing.assert_array_equal(trained.best(unseen.names, unseen.values, customer), whole)
    monkeypatch.setattr(ranker_module, "LOOKED_AT", 5)
    best = trained.best(unseen.names, unseen.values, customer)
    for one in range(20):
        mine = np.flatnonzero(customer == one)
        ahead = mine[np.argsort(-best[mine], kind="stable")[:5]]
        np.testing.assert_array_equal(best[ahead], whole[ahead])
        assert best[np.setdiff1d(mine, ahead)].max() <= best[ahead].min()
        assert (best[mine] > 0).all()
        alone = trained.best(unseen.names, unseen.values[mine], customer[mine])
        np.testing.assert_array_equal(alone, best[mine])


def test_without_a_start_trees_look_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the trees start from nothing there is nothing to choose by: every pair is scored."""
    monkeypatch.setattr(ranker_module, "LOOKED_AT", 2)
    unstarted, unseen = Ranker.fit([rows(1)], replace(QUICK, from_blend=False)), rows(3)
    customer = np.repeat(np.arange(150), 20)
    best = unstarted.best(NAMES, unseen.values, customer)
    np.testing.assert_array_equal(best, unstarted.score(NAMES, unseen.values))
