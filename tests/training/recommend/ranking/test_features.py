"""What the ranker sees: one row for each candidate, with everything that is known of the pair."""

from __future__ import annotations

import numpy as np

from features.history import History
from features.pairs import pair_features
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.sources import Sources
from training.recommend.proposing.candidates import candidates
from training.recommend.proposing.registry import PURCHASE_SOURCES, VIEW_SOURCES
from training.recommend.ranking.features import MORE, ranking_features


def test_ranking_features(planted: PlantedShop, sources: Sources) -> None:
    """The ranker sees pairs, customers, items and every source, one float32 row for each candidate."""
    people = sources.people(planted.behaviour.history(0, planted.cutoff, sources.catalogue))
    found = candidates(sources, people)
    names, values = ranking_features(sources, people, found)
    assert values.dtype == np.float32
    assert values.shape == (len(found), len(names))
    assert len(set(names)) == len(names)
    assert {f"source_{name}_{what}" for name in PURCHASE_SOURCES for what in ("score", "rank")} < set(names)
    column = dict(zip(names, values.T, strict=True))
    np.testing.assert_array_equal(~np.isnan(column["pair_open_cart_days"]), ~np.isnan(found.column("open_cart")))
    _, touched = people.touches.find(found.customer, found.item)
    np.testing.assert_array_equal(column["pair_touch_weight"] > 0, touched)


def test_nothing_is_said_twice(planted: PlantedShop, sources: Sources) -> None:
    """No feature has the name of another: the columns of all parts together are as many as the names."""
    people = sources.people(planted.behaviour.history(0, planted.cutoff, sources.catalogue))
    found = candidates(sources, people)
    names, _ = ranking_features(sources, people, found)
    parts = [
        pair_features(people.touches, people.features, sources.items, found.customer, found.item),
        *(more(sources, people, found.customer, found.item) for more in MORE),
        found.columns(),
    ]
    assert {*names} == {"pair_touch_weight"}.union(*parts)
    assert len(names) == 1 + sum(len(part) for part in parts)


def test_a_row_does_not_depend_on_the_others(planted: PlantedShop, sources: Sources) -> None:
    """A candidate has the same row when only some candidates are looked at."""
    people = sources.people(planted.behaviour.history(0, planted.cutoff, sources.catalogue))
    found = candidates(sources, people)
    names, values = ranking_features(sources, people, found)
    some = np.arange(3, len(found), 7)
    again, chosen = ranking_features(sources, people, found.take(some))
    assert again == names
    np.testing.assert_array_equal(chosen, values[some])


def test_columns_follow_the_sources(planted: PlantedShop, sources: Sources) -> None:
    """Where other sources are asked, their scores and ranks are the columns that differ."""
    people = sources.people(planted.behaviour.history(0, planted.cutoff, sources.catalogue))
    asked = ("viewed", "popular")
    names, _ = ranking_features(sources, people, candidates(sources, people, asked))
    told = {name for name in names if name.startswith("source_") and name not in {"source_count", "source_blend"}}
    assert told == {f"source_{name}_{what}" for name in asked for what in ("score", "rank")}
    assert set(asked) <= {*PURCHASE_SOURCES, *VIEW_SOURCES}


def test_ranking_features_of_nobody(planted: PlantedShop, sources: Sources) -> None:
    """Without customers there are no rows and the same columns."""
    empty = History.before(planted.behaviour.reader.bucket(0).slice(0, 0), planted.cutoff, sources.catalogue)
    nobody = sources.people(empty)
    names, values = ranking_features(sources, nobody, candidates(sources, nobody))
    assert values.shape == (0, len(names))
    people = sources.people(planted.behaviour.history(0, planted.cutoff, sources.catalogue))
    assert names == ranking_features(sources, people, candidates(sources, people))[0]
