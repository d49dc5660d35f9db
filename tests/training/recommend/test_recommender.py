"""The recommender: what it answers is the same alone, in the crowd and after saving, and its reasons are true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.catalogue import UNKNOWN
from features.events.event import bucket_of
from features.history import PURCHASE, History
from features.pairs import Touches
from tests.small_shop import events, items, moment, stored
from tests.training.recommend.conftest import PlantedShop
from tests.training.recommend.conftest import histories as all_histories
from tests.training.recommend.proposing.proposed import NAMES
from training.recommend.counted.related_kinds import RELATED_KINDS
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.candidates import candidates
from training.recommend.proposing.registry import REGISTRY
from training.recommend.ranking.cases import CASES_AT_ONCE
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.ranking.rules import RULE, RULES
from training.recommend.recommender import FittedRecommender, Recommendations, Recommender

QUICK = RankerSettings(trees=15, leaves=7, least_rows_per_leaf=20)
NAMED_KINDS = ("viewed_together", "bought_together")
CUTOFF = moment("2025-03-11T00:00Z")


@pytest.fixture(scope="module")
def by_ranker(planted: PlantedShop, sources: Sources) -> FittedRecommender:
    """A ranker of few trees on the counts of the simulated shop."""
    fold = Fold.at(planted.behaviour, planted.cutoff, FoldPlan(10, sources.settings), whole=False)
    return FittedRecommender(Recommender(sources.settings, Ranker.fit([fold.rows], QUICK)), sources)


@pytest.fixture(params=["rule", "ranker"])
def fitted(request: pytest.FixtureRequest, by_rule: FittedRecommender, by_ranker: FittedRecommender) -> Any:
    """Both tiers."""
    return by_rule if request.param == "rule" else by_ranker


def histories(planted: PlantedShop, fitted: FittedRecommender) -> Iterator[History]:
    return all_histories(planted, fitted.sources)


def same(one: Recommendations, other: Recommendations) -> None:
    np.testing.assert_array_equal(one.item, other.item)
    np.testing.assert_array_equal(one.source, other.source)
    np.testing.assert_array_equal(one.because, other.because)
    np.testing.assert_allclose(one.score, other.score, rtol=1e-5)


def test_alone_equals_in_the_crowd(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """Each thirtieth customer gets the same items, scores and reasons alone as among all customers of the bucket."""
    for history in histories(planted, fitted):
        together = fitted.recommend(history, 20)
        for place in range(0, len(history), 30):
            name = history.customer_ids[place].as_py()
            table = planted.behaviour.reader.customer(bucket_of(name, 4), name, before=planted.cutoff)
            alone = fitted.recommend(History.before(table, planted.cutoff, fitted.sources.catalogue), 20)
            rows = slice(place, place + 1)
            same(
                alone,
                Recommendations(
                    together.item[rows], together.score[rows], together.source[rows], together.because[rows]
                ),
            )


def test_save_and_load(planted: PlantedShop, fitted: FittedRecommender, tmp_path: Path) -> None:
    """A recommender that was saved answers the same on counts that are made anew."""
    fitted.recommender.save(tmp_path / "saved")
    loaded = Recommender.load(tmp_path / "saved")
    assert (loaded.tier, loaded.settings) == (fitted.recommender.tier, fitted.recommender.settings)
    again = FittedRecommender.fit(planted.behaviour, planted.cutoff, fitted.sources.catalogue, loaded)
    for history in histories(planted, fitted):
        same(again.recommend(history, 10), fitted.recommend(history, 10))


def test_shapes(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """Items, scores, sources and reasons have one row for each customer and the types that are said."""
    for history in histories(planted, fitted):
        best = fitted.recommend(history, 12)
        arrays = (best.item, best.score, best.source, best.because)
        assert [found.dtype.name for found in arrays] == ["int32", "float32", "int8", "int32"]
        assert {found.shape for found in arrays} == {(len(history), 12)}


def test_scores_fall_and_no_item_comes_twice(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """Along each row scores never rise, every item is another one, and all are items of the catalogue."""
    for history in histories(planted, fitted):
        best = fitted.recommend(history, 30)
        assert (best.item >= 0).all()
        assert (best.item < len(fitted.sources.catalogue)).all()
        assert (np.diff(best.score, axis=1) <= 0).all()
        assert (best.score > 0).all()
        ordered = np.sort(best.item, axis=1)
        assert (np.diff(ordered, axis=1) > 0).all()
        assert ((best.source >= 0) & (best.source < len(fitted.recommender.names))).all()


def test_more_than_there_is(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """Asked for more than the catalogue holds, the rest is padding, and padding stands at the end alone."""
    size = len(fitted.sources.catalogue)
    for history in histories(planted, fitted):
        best = fitted.recommend(history, size + 25)
        padding = best.item < 0
        assert padding[:, size:].all()
        assert (np.diff(padding.astype(int), axis=1) >= 0).all()
        assert (best.source[padding] == -1).all()
        assert (best.because[padding] == UNKNOWN).all()
        assert (best.score[padding] == 0).all()


def test_the_first_items_do_not_depend_on_k(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """The best five are the beginning of the best twenty."""
    history = next(histories(planted, fitted))
    np.testing.assert_array_equal(fitted.recommend(history, 5).item, fitted.recommend(history, 20).item[:, :5])


def test_reasons_are_true(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """A source that speaks of another item names one of the customer's own; the others name none."""
    names = fitted.recommender.names
    for history in histories(planted, fitted):
        best, touches = fitted.recommend(history, 60), Touches.of(history)
        for place, name in enumerate(names):
            row, column = np.nonzero(best.source == place)
            own = best.because[row, column].astype(np.int64)
            if not REGISTRY[name].named:
                assert (own == UNKNOWN).all(), name
            else:
                _, touched = touches.find(row[own >= 0], own[own >= 0])
                assert touched.all(), name
        assert (best.because[best.source < 0] == UNKNOWN).all()


def test_related_items_name_what_they_are_related_to(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """An item found through another names an item that is related to it in that very table."""
    told = dict.fromkeys(NAMED_KINDS, 0)
    for history in histories(planted, fitted):
        best = fitted.recommend(history, 60)
        for kind in NAMED_KINDS:
            row, column = np.nonzero(best.source == fitted.recommender.names.index(kind))
            own, item = best.because[row, column].astype(np.int64), best.item[row, column]
            assert (own >= 0).all(), "every related item has a reason"
            assert (np.asarray(fitted.sources.related[kind][own, item]).ravel() > 0).all()
            told[kind] += len(row)
    assert sum(told.values()) > 100


def test_bought_together_names_a_purchase(tmp_path: Path) -> None:
    """What goes with a purchase of long ago names that purchase, however much was looked at since."""
    buyers = [(f"b{person}", "purchase", item, "2025-03-01T10:00Z") for person in range(6) for item in ("cup", "tea")]
    looked = [("anna", "view", f"i{number}", f"2025-03-10T10:{number}Z") for number in range(10, 20)]
    folder = stored(tmp_path, events(*buyers, ("anna", "purchase", "cup", "2025-01-05T10:00Z"), *looked), buckets=1)
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(CUTOFF)
    settings = SourceSettings(history_items=5)
    fitted = FittedRecommender.fit(behaviour, CUTOFF, catalogue, Recommender(settings, names=NAMES))
    history = behaviour.history(0, CUTOFF, catalogue)
    best = fitted.recommend(history, 20)
    ids = catalogue.ids.to_pylist()
    (place,) = np.flatnonzero(best.item[0] == ids.index("tea"))
    assert NAMES[best.source[0, place]] == "bought_together"
    assert ids[best.because[0, place]] == "cup"


def test_the_rule_orders_by_tiers(planted: PlantedShop, by_rule: FittedRecommender) -> None:
    """By the rule the sources' tiers follow one another, and the score is 1 / position."""
    assert by_rule.recommender.tier == "rules"
    for history in histories(planted, by_rule):
        best = by_rule.recommend(history, 20)
        np.testing.assert_allclose(best.score, np.tile(1 / (1 + np.arange(20)), (len(history), 1)), rtol=1e-6)
        found = candidates(by_rule.sources, by_rule.sources.people(history), by_rule.recommender.names)
        tier = np.full(len(found), 99)
        for number, names in reversed(list(enumerate(RULE))):
            tier[~np.isnan([found.column(name) for name in names]).all(axis=0)] = number
        key = found.customer * len(by_rule.sources.catalogue) + found.item
        wanted = np.arange(len(history))[:, None] * len(by_rule.sources.catalogue) + best.item
        assert (np.diff(tier[np.searchsorted(key, wanted)], axis=1) >= 0).all()


def test_the_ranker_orders_by_chance(planted: PlantedShop, by_ranker: FittedRecommender) -> None:
    """Scores of the ranker are chances, and another order than the rule's comes out."""
    assert by_ranker.recommender.tier == "ranker"
    history = next(histories(planted, by_ranker))
    best = by_ranker.recommend(history, 20)
    assert ((best.score > 0) & (best.score < 1)).all()
    rule = FittedRecommender(replace(by_ranker.recommender, ranker=None), by_ranker.sources).recommend(history, 20)
    assert not np.array_equal(best.item, rule.item)


def test_open_cart_first_by_the_rule(tmp_path: Path) -> None:
    """Cart, own history, what goes with it, its category, then what is popular: in this order."""
    rows = [
        *(("bo", "purchase", item, "2025-03-01T10:00Z") for item in ("cup", "tray")),
        *(("cy", "purchase", item, "2025-03-01T10:00Z") for item in ("cup", "tray")),
        *(("dee", "purchase", item, "2025-03-02T10:00Z") for item in ("hit",)),
        ("eve", "view", "pan", "2025-03-02T10:00Z"),
        ("anna", "purchase", "cup", "2025-03-01T10:00Z"),
        ("anna", "cart", "kettle", "2025-03-02T10:00Z"),
    ]
    described = items(("cup", "kitchen", None), ("pan", "kitchen", None), ("kettle", "kitchen", None))
    behaviour = Behaviour.of(stored(tmp_path, events(*rows), buckets=1, described=described))
    catalogue = behaviour.catalogue(CUTOFF)
    recommender = Recommender(names=NAMES, rule=RULES["open_cart_first"])
    fitted = FittedRecommender.fit(behaviour, CUTOFF, catalogue, recommender)
    best = fitted.recommend(behaviour.history(0, CUTOFF, catalogue), 8)
    ids = [*catalogue.ids.to_pylist(), None]
    assert [ids[code] for code in best.item[0]] == ["kettle", "cup", "tray", "pan", "hit", None, None, None]
    assert [NAMES[place] for place in best.source[0, :5]] == [
        "open_cart",
        "bought_before",
        "viewed_together",
        "category",
        "popular",
    ]
    assert ids[best.because[0, 2]] == "cup"


def test_nobody(planted: PlantedShop, fitted: FittedRecommender) -> None:
    """Without customers there are no rows."""
    table = planted.behaviour.reader.bucket(0).slice(0, 0)
    best = fitted.recommend(History.before(table, planted.cutoff, fitted.sources.catalogue), 7)
    assert best.item.shape == best.because.shape == (0, 7)


def test_one_item_one_customer(tmp_path: Path) -> None:
    """The smallest shop recommends its item and pads the rest."""
    behaviour = Behaviour.of(stored(tmp_path, events(("anna", "view", "cup", "2025-03-01T10:00Z")), buckets=1))
    catalogue = behaviour.catalogue(CUTOFF)
    fitted = FittedRecommender.fit(behaviour, CUTOFF, catalogue, Recommender())
    best = fitted.recommend(behaviour.history(0, CUTOFF, catalogue), 3)
    assert best.item.tolist() == [[0, -1, -1]]
    assert fitted.popular.tolist() == [0]
    assert fitted.related["viewed_together"][0].tolist() == [[-1] * 50]


def test_more_people_than_are_looked_at_together(tmp_path: Path) -> None:
    """Of many people, who are looked at a thousand at a time, each gets the own answer in the own row."""
    people = CASES_AT_ONCE + 3
    rows = [(f"p{number:04}", "cart", f"i{number % 23:02}", "2025-03-01T10:00Z") for number in range(people)]
    behaviour = Behaviour.of(stored(tmp_path, events(*rows), buckets=1))
    catalogue = behaviour.catalogue(CUTOFF)
    fitted = FittedRecommender.fit(behaviour, CUTOFF, catalogue, Recommender(names=NAMES))
    history = behaviour.history(0, CUTOFF, catalogue)
    best = fitted.recommend(history, 4)
    assert best.item[:, 0].tolist() == [number % 23 for number in range(people)]
    for start in (0, CASES_AT_ONCE - 1, CASES_AT_ONCE, people - 1):
        alone = fitted.recommend(history.part(start, start + 1), 4)
        np.testing.assert_array_equal(alone.item[0], best.item[start])


def test_related_and_popular_for_serving(by_rule: FittedRecommender) -> None:
    """Related items come best first with their scores, of the width that was set; popular items are all items seen."""
    for kind, (codes, scores) in by_rule.related.items():
        assert codes.shape == scores.shape == (len(by_rule.sources.catalogue), 50), kind
        assert (np.diff(scores, axis=1) <= 0).all()
        assert ((scores > 0) == (codes >= 0)).all()
    assert set(by_rule.related) == set(RELATED_KINDS)
    assert sorted(by_rule.popular) == np.flatnonzero(by_rule.sources.statistics.counts[:, :, -1].sum(axis=1)).tolist()
    assert by_rule.sources.statistics.counts[by_rule.popular[0], PURCHASE, -1] > 0
