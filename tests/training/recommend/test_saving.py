"""A fitted recommender on disk: opened again it answers to the bit as before, from maps that nobody can write to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.history import History
from tests.small_shop import events, moment, stored
from tests.training.recommend.conftest import PlantedShop, histories
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.registry import REGISTRY, SOURCES, VIEW_SOURCES, tables_of
from training.recommend.ranking.blend import Blend
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.goals import VIEW
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.ranking.rules import RULES
from training.recommend.recommender import FittedRecommender, Recommendations, Recommender

QUICK = RankerSettings(trees=8, leaves=7, least_rows_per_leaf=20)
PLACES = (0, 1, 17, 40)
"""Some people of a bucket."""


@pytest.fixture(scope="module")
def everything(planted: PlantedShop) -> Sources:
    """Counts with the tables of every source."""
    return Sources.fit(planted.behaviour, planted.cutoff, SourceSettings(), tables=tables_of(SOURCES))


@pytest.fixture(
    scope="module",
    params=["every source by the rule", "every source by a ranker", "every source by a blend", "next views"],
)
def fitted(request: pytest.FixtureRequest, planted: PlantedShop, everything: Sources) -> FittedRecommender:
    """All sources by a rule, a ranker and a blend, and those of a shop of views."""
    match request.param:
        case "every source by the rule":
            recommender = Recommender(names=SOURCES, rule=(SOURCES,))
        case "every source by a ranker":
            fold = Fold.at(planted.behaviour, planted.cutoff, FoldPlan(10, everything.settings, SOURCES), whole=False)
            recommender = Recommender(names=SOURCES, ranker=Ranker.fit([fold.rows], QUICK))
        case "every source by a blend":
            fold = Fold.at(planted.behaviour, planted.cutoff, FoldPlan(10, everything.settings, SOURCES), whole=False)
            recommender = Recommender(names=SOURCES, ranker=Blend.fit([fold.rows]))
        case _:
            recommender = Recommender(names=VIEW_SOURCES, goal=VIEW, rule=(VIEW_SOURCES,))
    return FittedRecommender(recommender, everything)


@pytest.fixture(scope="module")
def saved(fitted: FittedRecommender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder it was saved in."""
    folder = tmp_path_factory.mktemp("saved") / "recommender 推荐"
    fitted.save(folder)
    return folder


def same(one: Recommendations, other: Recommendations) -> None:
    for name in ("item", "score", "source", "because"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def arrays(value: Any) -> Iterator[np.ndarray]:
    """Every array below a table."""
    if isinstance(value, np.ndarray):
        yield value
    elif hasattr(value, "indptr"):
        yield from (value.data, value.indices, value.indptr)
    elif isinstance(value, dict):
        yield from (array for held in value.values() for array in arrays(held))
    elif hasattr(value, "__dataclass_fields__"):
        yield from (array for name in value.__dataclass_fields__ for array in arrays(getattr(value, name)))


def test_several_threads_at_once(fitted: FittedRecommender, saved: Path, planted: PlantedShop) -> None:
    """Asked by four threads from the first answer on, an opened recommender gives each the answer of one."""
    opened = FittedRecommender.open(saved)
    alone = [history.part(place, place + 1) for history in histories(planted, fitted.sources) for place in PLACES]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda one: opened.recommend(one, 20), alone))
    for one, history in zip(found, alone, strict=True):
        same(one, fitted.recommend(history, 20))


def test_settings_survive(tmp_path: Path) -> None:
    """Settings other than the usual ones are read back, and so are the sources, the goal and the rule."""
    settings = SourceSettings(half_life_days=2.5, neighbours=7, history_items=9, per_source=11)
    for recommender in (
        Recommender(settings),
        Recommender(settings, names=VIEW_SOURCES, goal=VIEW, rule=RULES["together_first"]),
        Recommender(names=("popular",), rule=(("popular",),)),
    ):
        recommender.save(tmp_path)
        assert Recommender.load(tmp_path) == recommender


def test_a_source_that_is_no_more(tmp_path: Path) -> None:
    """A recommender saved with a source that is no more, asked for or in the rule, is refused by its name."""
    for old in (Recommender(names=("popular", "horoscope")), Recommender(rule=(("popular",), ("horoscope",)))):
        old.save(tmp_path)
        with pytest.raises(HuitouError) as told:
            Recommender.load(tmp_path)
        assert told.value.message == (
            f"a source must be one of {', '.join(REGISTRY)}; got 'horoscope'. Train again with this Huitou."
        )
        assert told.value.code == "unknown_source"


def test_it_answers_the_same(planted: PlantedShop, fitted: FittedRecommender, saved: Path) -> None:
    """Items, scores, sources and reasons of a bucket and of single people are the same to the bit."""
    opened = FittedRecommender.open(saved)
    assert opened.recommender.tier == fitted.recommender.tier
    assert opened.recommender.names == fitted.recommender.names
    for history in histories(planted, fitted.sources):
        same(opened.recommend(history, 20), fitted.recommend(history, 20))
        for place in PLACES:
            alone = history.part(place, place + 1)
            same(opened.recommend(alone, 20), fitted.recommend(alone, 20))


def test_a_history_by_the_opened_catalogue(planted: PlantedShop, fitted: FittedRecommender, saved: Path) -> None:
    """A history made with the opened catalogue, as the live service makes it, is answered the same."""
    opened = FittedRecommender.open(saved)
    for place, history in zip(PLACES, histories(planted, fitted.sources), strict=True):
        name = history.customer_ids[place].as_py()
        table = planted.behaviour.reader.customer(PLACES.index(place), name, before=planted.cutoff)
        live = History.before(table, planted.cutoff, opened.sources.catalogue)
        same(opened.recommend(live, 20), fitted.recommend(history.part(place, place + 1), 20))


def test_what_it_tells_of_items_is_the_same(fitted: FittedRecommender, saved: Path) -> None:
    """Popular and related items, and the features of items, are those that were fitted."""
    opened = FittedRecommender.open(saved)
    np.testing.assert_array_equal(opened.popular, fitted.popular)
    assert list(opened.related) == list(fitted.related)
    for kind, (codes, scores) in fitted.related.items():
        np.testing.assert_array_equal(opened.related[kind][0], codes)
        np.testing.assert_array_equal(opened.related[kind][1], scores)
    np.testing.assert_array_equal(opened.sources.items.values, fitted.sources.items.values)
    assert opened.sources.items.names == fitted.sources.items.names
    assert (opened.sources.cutoff, opened.sources.settings) == (fitted.sources.cutoff, fitted.sources.settings)


def test_nothing_can_be_written(saved: Path) -> None:
    """What takes room in memory is mapped read-only, in every table."""
    opened = FittedRecommender.open(saved).sources
    large = [array for array in arrays(opened) if array.nbytes > 256]
    assert len(large) > 30
    assert not any(array.flags.writeable for array in large)
    assert {kind.__name__ for kind in tables_of(Recommender.load(saved).names)} == set(opened.tables)


def test_a_table_that_is_missing(fitted: FittedRecommender, tmp_path: Path) -> None:
    """A folder without a table that one of the sources needs is refused before anyone is answered."""
    fitted.save(tmp_path)
    for kind in tables_of(fitted.recommender.names)[:1]:
        (tmp_path / "sources" / kind.__name__ / "table.json").unlink()
    with pytest.raises(HuitouError, match="cannot be read"):
        FittedRecommender.open(tmp_path)


def test_the_smallest_shops(tmp_path: Path) -> None:
    """A shop without events, and one with a single event, are saved and opened as well."""
    cutoff = moment("2025-03-11T00:00Z")
    for number, rows in enumerate([(), (("anna", "view", "cup", "2025-03-01T10:00Z"),)]):
        behaviour = Behaviour.of(stored(tmp_path / f"shop {number}", events(*rows), buckets=1))
        catalogue = behaviour.catalogue(cutoff)
        fitted = FittedRecommender.fit(behaviour, cutoff, catalogue, Recommender(names=SOURCES, rule=(SOURCES,)))
        fitted.save(tmp_path / f"saved {number}")
        opened = FittedRecommender.open(tmp_path / f"saved {number}")
        history = behaviour.history(0, cutoff, opened.sources.catalogue)
        same(opened.recommend(history, 3), fitted.recommend(history, 3))
        assert opened.recommend(history, 3).item.tolist() == [[0, -1, -1]] * number
