"""Odd shops: whatever little or strange is known, training says what serves and everybody gets an answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.history import History
from tests.small_shop import EventRow, events, items, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.fitting import fit_recommender
from training.recommend.proposing.candidates import candidates
from training.recommend.proposing.registry import SOURCES, tables_of
from training.recommend.ranking.features import ranking_features
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.goals import PURCHASE, VIEW
from training.recommend.ranking.ranker import RankerSettings
from training.recommend.recommender import FittedRecommender, Recommender

AS_OF = moment("2025-03-31T00:00Z")
QUICK = RankerSettings(trees=4, leaves=4, least_rows_per_leaf=5)
NOTHING_SAID = items()


def day(number: float) -> datetime:
    """A moment so many days before the training."""
    return AS_OF - timedelta(days=number)


def shopping(customers: int, kinds: tuple[str, ...], item_count: int, days: int = 40) -> list[EventRow]:
    """Everyone does something of some kinds with items drawn by chance, now and then, in visits of three steps."""
    rng = np.random.default_rng(9)
    return [
        (f"c{customer}", kinds[int(rng.integers(len(kinds)))], f"i{rng.integers(item_count):03}", day(age - step / 500))
        for customer in range(customers)
        for age in rng.choice(np.arange(1, days), 6, replace=False)
        for step in range(3)
    ]


DESCRIBED = items(
    *((f"i{number:03}", None if number % 2 else f"group {number % 4}", f"{number + 1}.00") for number in range(250))
)

SHOPS: dict[str, tuple[list[EventRow], pa.Table]] = {
    "empty": ([], NOTHING_SAID),
    "empty, with items": ([], DESCRIBED),
    "one event": ([("anna", "view", "tea", day(3))], NOTHING_SAID),
    "one purchase just now": ([("anna", "purchase", "tea", AS_OF - timedelta(microseconds=1))], NOTHING_SAID),
    "only returns": ([("anna", "return", "tea", day(3)), ("bo", "return", "cup", day(30))], NOTHING_SAID),
    "one customer": ([("anna", "purchase", f"i{age % 9:03}", day(age)) for age in range(60, 0, -1)], DESCRIBED),
    "one item": ([(f"c{n}", "purchase", "i001", day(age)) for n in range(80) for age in (30, 20, 9, 3)], DESCRIBED),
    "no purchases": (shopping(90, ("view", "cart"), 40), DESCRIBED),
    "no views": (shopping(90, ("purchase",), 40), DESCRIBED),
    "only favourites": (shopping(90, ("favorite", "unfavorite"), 40), DESCRIBED),
    "nothing said of the items": (shopping(90, ("view", "purchase"), 40), NOTHING_SAID),
    "more items than are looked at": (shopping(90, ("view", "cart", "favorite", "purchase"), 240), DESCRIBED),
    "everything at one moment": (
        [(f"c{n}", kind, f"i{n % 7:03}", day(5)) for n in range(60) for kind in ("view", "cart", "purchase")],
        DESCRIBED,
    ),
    "sold for a week a year ago": (
        [(f"c{n}", kind, f"i{n % 7:03}", day(360 - n / 10)) for n in range(70) for kind in ("view", "purchase")]
        + [("anna", "view", "i001", day(1))],
        DESCRIBED,
    ),
    "a pause of a month": (
        [row for row in shopping(90, ("view", "purchase"), 20, 90) if not day(60) < row[3] < day(25)],
        DESCRIBED,
    ),
}


@pytest.fixture(params=list(SHOPS))
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Behaviour:
    """Each of the shops, in three buckets."""
    rows, described = SHOPS[request.param]
    return Behaviour.of(stored(tmp_path, events(*rows), buckets=3, described=described))


def people_of(behaviour: Behaviour, sources: Sources) -> list[History]:
    """What is known of everyone, and of somebody with a single event."""
    known = [behaviour.history(bucket, AS_OF, sources.catalogue) for bucket in behaviour.buckets]
    first = [history.part(0, 1) for history in known]
    return known + [newest(history) for history in first if len(history)]


def newest(history: History) -> History:
    """One customer of whom only the newest event is known."""
    table = events(("visitor", "view", history.catalogue.ids[int(history.item[-1])].as_py(), day(0.001)))
    reader_columns = {
        "customer_id": table["customer_id"],
        "kind": table["kind"],
        "item_id": table["item_id"],
        "occurred_us": pa.array([int(day(0.001).timestamp() * 1e6)]),
        "local_day": pa.array([int(day(0.001).timestamp() // 86_400)], pa.int32()),
        "local_hour": pa.array([day(0.001).hour], pa.int8()),
        "quantity": pa.array([1.0], pa.float32()),
        "unit_price": pa.array([None], pa.float32()),
        "order_id": pa.array([None], pa.string()),
    }
    return History.before(pa.table(reader_columns), AS_OF, history.catalogue)


def check(fitted: FittedRecommender, history: History, k: int = 12) -> None:
    """Everybody gets different known items, best first, padded at the end only where nothing is left."""
    best = fitted.recommend(history, k)
    assert best.item.shape == best.score.shape == best.source.shape == best.because.shape == (len(history), k)
    filled = best.item >= 0
    assert (best.item < len(fitted.sources.catalogue)).all()
    assert (np.diff(filled.astype(int), axis=1) <= 0).all()
    assert (filled.sum(axis=1) >= min(k, len(fitted.popular))).all()
    assert np.isfinite(best.score).all()
    assert (np.diff(best.score, axis=1) <= 0).all()
    for row in best.item:
        assert len(set(row[row >= 0].tolist())) == (row >= 0).sum()
    assert ((best.source >= 0) == filled).all()


def test_training_and_answers(shop: Behaviour) -> None:
    """A shop is trained on and answered from whatever is known of it, and the gate says what serves in one sentence."""
    training = fit_recommender(shop, AS_OF, 7, settings=QUICK)
    (reason,) = training.gate.reasons
    assert reason.endswith(f": the {training.recommender.tier.removesuffix('s')} serves")
    assert training.gate.passed == (training.recommender.tier != "rules")
    fitted = FittedRecommender.fit(shop, AS_OF, shop.catalogue(AS_OF), training.recommender)
    for history in people_of(shop, fitted.sources):
        check(fitted, history)


def test_every_source_at_once(shop: Behaviour) -> None:
    """All sources together propose, and are seen by the ranker, in every shop, to everybody and to each alone."""
    recommender = Recommender(names=SOURCES, rule=(SOURCES,))
    fitted = FittedRecommender.fit(shop, AS_OF, shop.catalogue(AS_OF), recommender)
    for history in people_of(shop, fitted.sources):
        check(fitted, history)
        people = fitted.sources.people(history)
        found = candidates(fitted.sources, people, SOURCES)
        names, values = ranking_features(fitted.sources, people, found)
        assert values.shape == (len(found), len(names))
        assert not np.isinf(values).any(), [names[place] for place in np.flatnonzero(np.isinf(values).any(axis=0))]
        assert np.bincount(found.customer, minlength=1).max() <= recommender.settings.most_candidates
        for place in range(min(len(history), 2)):
            alone = fitted.recommend(history.part(place, place + 1), 9)
            np.testing.assert_array_equal(alone.item[0], fitted.recommend(history, 9).item[place])


@pytest.mark.parametrize("goal", [PURCHASE, VIEW])
def test_every_source_in_a_fold(shop: Behaviour, goal: str) -> None:
    """Cases of both goals are made with all sources in every shop."""
    fold = Fold.at(shop, day(8), FoldPlan(7, SourceSettings(), SOURCES, goal), whole=False)
    assert len(fold.rows.bought) == len(fold.rows.values) == fold.rows.group_sizes.sum()


def test_more_candidates_than_are_looked_at(tmp_path: Path) -> None:
    """Where sources propose more than are looked at, so many are, and the popular ones still answer everybody."""
    rows, described = SHOPS["more items than are looked at"]
    behaviour = Behaviour.of(stored(tmp_path, events(*rows), buckets=1, described=described))
    settings = SourceSettings(per_source=200, most_candidates=150)
    sources = Sources.fit(behaviour, AS_OF, settings, tables=tables_of(SOURCES))
    people = sources.people(behaviour.history(0, AS_OF, sources.catalogue))
    found = candidates(sources, people, SOURCES)
    assert np.bincount(found.customer).tolist() == [150] * len(people)
    fitted = FittedRecommender(Recommender(settings, names=SOURCES, rule=(SOURCES,)), sources)
    check(fitted, people.history, 150)
    assert (fitted.recommend(people.history, 151).item[:, 150] == -1).all()


@pytest.mark.parametrize("seed", range(8))
def test_shops_by_chance(tmp_path: Path, seed: int) -> None:
    """With bounds so tight that equal scores are cut apart, each person is answered alone as in the crowd."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(["view", "favorite", "cart", "purchase", "return"], 2, replace=False)
    days = rng.choice([0.01, 1, 60, 800]) * rng.random(60)
    rows: list[EventRow] = [
        (f"c{rng.integers(6)}", str(rng.choice(kinds)), f"i{rng.integers(12):03}", day(age + 1e-5)) for age in days
    ]
    behaviour = Behaviour.of(stored(tmp_path, events(*rows), buckets=1, described=DESCRIBED.slice(0, 20)))
    settings = SourceSettings(neighbours=3, history_items=4, per_source=3, most_candidates=8)
    recommender = Recommender(settings, names=SOURCES, rule=(SOURCES,))
    fitted = FittedRecommender.fit(behaviour, AS_OF, behaviour.catalogue(AS_OF), recommender)
    history = behaviour.history(0, AS_OF, fitted.sources.catalogue)
    best = fitted.recommend(history, 5)
    for place in range(len(history)):
        alone = fitted.recommend(history.part(place, place + 1), 5)
        for name in ("item", "score", "source", "because"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(best, name)[place])
