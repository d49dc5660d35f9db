"""Ablation: taking away the source that was planted costs, taking away a useless one does not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.arrays import Floats
from features.behaviour import Behaviour
from tests.small_shop import events, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.measuring.ablation import ablation, score_without, without
from training.recommend.people import People
from training.recommend.proposing.candidates import RANK_OFFSET, Candidates, candidates, fixed_blend, tiered_score
from training.recommend.ranking.cases import Case, cases
from training.recommend.ranking.features import ranking_features
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.recommender import FittedRecommender, Recommender

CUTOFF = moment("2025-03-11T00:00Z")
NAMES = ("open_cart", "open_favorite", "viewed", "popular")
CUSTOMERS = 30


def rule(_: People, found: Candidates) -> Floats:
    """The cart first, then the rest."""
    return tiered_score(found, (("open_cart",), ("open_favorite", "viewed"), ("popular",)))


class CartShop:
    """Everyone bought what had lain in their cart for long, after looking at twelve other items; one bought news."""

    def __init__(self, path: Path) -> None:
        rows: list[tuple[Any, ...]] = []
        for person in range(CUSTOMERS):
            name = f"c{person}"
            rows.append((name, "cart", f"wanted {person}", "2025-01-10T00:00Z"))
            rows += [(name, "view", f"seen {person} {item}", "2025-03-10T00:00Z") for item in range(12)]
            rows.append((name, "purchase", f"wanted {person}", "2025-03-11T05:00Z"))
        rows.append(("c0", "purchase", "brand new", "2025-03-11T06:00Z"))
        self.behaviour = Behaviour.of(stored(path, events(*rows)))
        self.sources = Sources.fit(self.behaviour, CUTOFF, SourceSettings(half_life_days=7))

    def told(self, **more: Any) -> dict[str, Any]:
        """The ablation of the rule."""
        asked = cases(self.behaviour, CUTOFF, 1, self.sources.catalogue)
        return ablation(self.sources, NAMES, rule, asked, seed=7, **more)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> CartShop:
    """The shop."""
    return CartShop(tmp_path_factory.mktemp("carts") / "shop")


@pytest.fixture(scope="module")
def told(shop: CartShop) -> dict[str, Any]:
    """What each source is worth."""
    return shop.told()


def values(told: dict[str, Any]) -> dict[str, float | None]:
    return {name: found["value"] for name, found in told.items()}


def test_the_planted_source_costs(told: dict[str, Any]) -> None:
    """Without the cart its item falls behind the twelve that were seen since: every hit is lost."""
    lost = values(told["sources"]["open_cart"]["lost"])
    assert lost["known_recall@10"] == pytest.approx(1)
    assert lost["ndcg@10"] == told["whole"]["ndcg@10"]["value"]
    assert lost["known_candidate_recall"] == 0, "the item is still found by interest"


def test_a_useless_source_costs_nothing(told: dict[str, Any]) -> None:
    """Nobody has favourites: without them everything stays as it is, and that is sure."""
    useless = told["sources"]["open_favorite"]
    assert {found["value"] for found in useless["lost"].values()} <= {0.0, None}
    assert useless["lost"]["ndcg@10"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert useless["alone"]["proposes"]["value"] == 0


def test_alone_by_hand(told: dict[str, Any]) -> None:
    """The cart alone finds all but what was new; interest alone has it among its proposals, below the tenth place."""
    cart, viewed = (values(told["sources"][name]["alone"]) for name in ("open_cart", "viewed"))
    # The one who also bought something new has half of it.
    assert cart["recall@10"] == pytest.approx((CUSTOMERS - 1 + 1 / 2) / CUSTOMERS)
    assert cart["candidate_recall"] == pytest.approx((CUSTOMERS - 1 + 1 / 2) / CUSTOMERS)
    assert (cart["hit_rate@10"], cart["known_candidate_recall"], cart["proposes"]) == (1, 1, 1)
    assert cart["new_candidate_recall"] == 0
    assert (viewed["recall@10"], viewed["known_candidate_recall"]) == (0, 1)


def test_whole_answer_and_people(told: dict[str, Any]) -> None:
    """Everyone with a purchase is looked at, and the whole answer is measured with its candidates."""
    assert told["customers"] == CUSTOMERS
    assert told["whole"]["hit_rate@10"]["value"] == 1
    assert told["whole"]["known_candidate_recall"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_no_more_people_than_wanted(shop: CartShop) -> None:
    """Whole cases are taken until there are enough people."""
    assert 0 < shop.told(most_customers=1)["customers"] < CUSTOMERS


def test_nobody(shop: CartShop) -> None:
    """Without anyone to ask there is nothing to tell."""
    assert ablation(shop.sources, NAMES, rule, (), seed=7) == {"customers": 0, "whole": {}, "sources": {}}


def test_without_by_hand() -> None:
    """A pair that two sources proposed stays and only one of them is silent; a pair of its own goes."""
    nan = np.nan
    found = Candidates(
        customer=np.array([0, 0, 1]),
        item=np.array([4, 5, 6]),
        score=np.array([[0.5, 0.2], [0.4, 0], [0, 0.3]]),
        rank=np.array([[0, 0], [1, nan], [nan, 0]]),
        blend=fixed_blend(np.array([[0, 0], [1, nan], [nan, 0]]), ("viewed", "popular")),
        names=("viewed", "popular"),
    )
    left = without(found, "viewed")
    assert (left.customer.tolist(), left.item.tolist()) == ([0, 1], [4, 6])
    np.testing.assert_array_equal(left.score, [[0, 0.2], [0, 0.3]])
    np.testing.assert_array_equal(left.rank, [[nan, 0], [nan, 0]])
    np.testing.assert_allclose(left.blend, [1 / RANK_OFFSET] * 2)
    assert found.rank[0, 0] == 0, "what was found is left as it was"


def test_pairs_are_scored_by_themselves(planted: PlantedShop) -> None:
    """Scoring only the pairs that a source spoke of gives what scoring all that are left gives, for a ranker too."""
    plan = FoldPlan(5.0, SourceSettings())
    rows = Fold.at(planted.behaviour, planted.cutoff - timedelta(days=10), plan).rows
    ranker = Ranker.fit([rows], RankerSettings(trees=10, least_rows_per_leaf=20))
    catalogue = planted.behaviour.catalogue(planted.cutoff)
    recommender = Recommender(plan.settings, ranker, plan.names)
    fitted = FittedRecommender.fit(planted.behaviour, planted.cutoff, catalogue, recommender)
    people = fitted.sources.people(planted.behaviour.history(0, planted.cutoff, catalogue).part(0, 40))
    found, score = fitted.candidates(people)
    assert len(np.unique(score)) > 20
    for name in plan.names:
        again = fitted.score(people, without(found, name))
        np.testing.assert_array_equal(score_without(found, name, people, fitted.score, score), again, err_msg=name)


def test_the_ranker_sees_what_is_missing(shop: CartShop) -> None:
    """The ranker's columns are the same ones, and those of the source say that it proposed nothing."""
    [case, *_] = [case for case in cases(shop.behaviour, CUTOFF, 1, shop.sources.catalogue) if len(case.history)]
    assert isinstance(case, Case)
    people = shop.sources.people(case.history)
    found = candidates(shop.sources, people, NAMES)
    names, _ = ranking_features(shop.sources, people, found)
    names_left, left = ranking_features(shop.sources, people, without(found, "open_cart"))
    assert names_left == names
    assert np.isnan(left[:, names.index("source_open_cart_rank")]).all()
    assert (left[:, names.index("source_open_cart_score")] == 0).all()
