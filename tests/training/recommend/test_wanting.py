"""Who wants an item: in step with what is recommended to each customer, also for items that nobody has bought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.catalogue import UNKNOWN
from features.history import PURCHASE
from tests.training.recommend.conftest import PlantedShop, histories
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.recommender import FittedRecommender, Recommender
from training.recommend.wanting import NOT_PROPOSED, wanting

QUICK = RankerSettings(trees=15, leaves=7, least_rows_per_leaf=20)


@pytest.fixture(scope="module")
def by_ranker(planted: PlantedShop, sources: Sources) -> FittedRecommender:
    """A ranker of few trees on the counts of the simulated shop."""
    fold = Fold.at(planted.behaviour, planted.cutoff, FoldPlan(10, sources.settings), whole=False)
    return FittedRecommender(Recommender(sources.settings, Ranker.fit([fold.rows], QUICK)), sources)


@pytest.fixture(params=["rule", "ranker"])
def fitted(request: pytest.FixtureRequest, by_rule: FittedRecommender, by_ranker: FittedRecommender) -> Any:
    """Both tiers."""
    return by_rule if request.param == "rule" else by_ranker


@pytest.fixture(scope="module")
def people(planted: PlantedShop, sources: Sources) -> People:
    """The customers of one bucket."""
    return sources.people(next(histories(planted, sources)))


def test_in_step_with_what_is_recommended(fitted: FittedRecommender, people: People) -> None:
    """An item's score for a customer is the one that it has among the customer's own recommendations."""
    best = fitted.recommend(people.history, 20)
    for item in np.unique(best.item[:, :2])[:5]:
        found = wanting(fitted, people, np.array([item]))
        row, column = np.nonzero(best.item == item)
        np.testing.assert_allclose(found.score[row], best.score[row, column], rtol=1e-5)
        np.testing.assert_array_equal(found.source[row], best.source[row, column])
        np.testing.assert_array_equal(found.because[row], best.because[row, column])


def test_who_gets_it_first_wants_it_most(fitted: FittedRecommender, people: People) -> None:
    """Those for whom it is the very first item want it far more than those among whose first ten it is not."""
    best = fitted.recommend(people.history, 50)
    item = int(np.bincount(best.item[:, 0]).argmax())
    found = wanting(fitted, people, np.array([item]))
    first = best.item[:, 0] == item
    hidden = ~(best.item[:, :10] == item).any(axis=1)
    assert first.any()
    assert found.score[first].mean() > 2 * found.score[hidden].mean()


def test_an_item_nobody_has_bought(by_ranker: FittedRecommender, people: People) -> None:
    """Everybody has a score for an item without a sale, whether a source proposed it or not."""
    unsold = int(by_ranker.sources.statistics.counts[:, PURCHASE, -1].argmin())
    found = wanting(by_ranker, people, np.array([unsold]))
    assert (found.item == unsold).all()
    assert ((found.score > 0) & (found.score < 1)).all()
    proposed = found.source != NOT_PROPOSED
    assert proposed.any()
    assert (found.because[~proposed] == UNKNOWN).all()


def test_any_of_several_items(by_ranker: FittedRecommender, people: People) -> None:
    """The chance to buy any of a set is that of missing none: at least the best one's, at most the sum."""
    best = by_ranker.recommend(people.history, 20)
    pair = best.item[0, :2]
    both = wanting(by_ranker, people, np.sort(pair))
    np.testing.assert_allclose(both.score[0], 1 - (1 - best.score[0, 0]) * (1 - best.score[0, 1]), rtol=1e-5)
    assert both.item[0] == pair[0]


def test_items_that_are_no_candidates(by_rule: FittedRecommender, people: People) -> None:
    """Of a set of which nothing is proposed to a customer, nothing is said."""
    found = wanting(by_rule, people, np.zeros(0, dtype=np.int64))
    assert (found.score == 0).all()
    assert (found.item == UNKNOWN).all()
    assert (found.source == NOT_PROPOSED).all()


def test_nobody(by_rule: FittedRecommender, people: People) -> None:
    """Without people there is nobody who wants anything."""
    nobody = by_rule.sources.people(people.history.part(0, 0))
    assert len(wanting(by_rule, nobody, np.array([0])).score) == 0
