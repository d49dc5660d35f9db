"""Features of the visit: revisits are told, what leads to an item is looked up, and what is not known is NaN."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.arrays import Floats
from features.behaviour import Behaviour
from tests.small_shop import EventRow, events, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.counted.transitions import Transitions
from training.recommend.people import People
from training.recommend.proposing.registry import VIEW_SOURCES, tables_of
from training.recommend.ranking.visit_features import visit_features

CUTOFF = moment("2025-03-11T00:00Z")
ROWS: tuple[EventRow, ...] = (
    ("anna", "view", "cup", "2025-03-10T08:00Z"),
    ("anna", "view", "tea", "2025-03-10T10:00:00Z"),
    ("anna", "view", "pan", "2025-03-10T10:00:01Z"),
    ("anna", "view", "tea", "2025-03-10T10:00:02Z"),
    ("anna", "view", "mug", "2025-03-10T10:00:03Z"),
    ("bo", "return", "cup", "2025-03-10T10:00Z"),
    ("cy", "view", "pan", "2025-03-09T10:00:00Z"),
    ("cy", "view", "mug", "2025-03-09T10:00:01Z"),
)


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """A shop of three customers."""
    return Behaviour.of(stored(tmp_path_factory.mktemp("visits") / "shop", events(*ROWS), buckets=1))


@pytest.fixture(scope="module")
def sources(behaviour: Behaviour) -> Sources:
    """Its counts with every table of the visit."""
    return Sources.fit(behaviour, CUTOFF, SourceSettings(), tables=tables_of(VIEW_SOURCES))


def everyone(behaviour: Behaviour, sources: Sources) -> People:
    """The customers."""
    return sources.people(behaviour.history(0, CUTOFF, sources.catalogue))


def column(sources: Sources, people: People, name: str, who: str) -> dict[str, float]:
    """One column for one customer, by item."""
    ids, names = sources.catalogue.ids.to_pylist(), people.history.customer_ids.to_pylist()
    item = np.arange(len(ids))
    found: Floats = visit_features(sources, people, np.full(len(ids), names.index(who)), item)[name]
    return dict(zip(ids, found.tolist(), strict=True))


def test_revisits(behaviour: Behaviour, sources: Sources) -> None:
    """The newest visit alone tells how often and how many steps ago an item was there."""
    people = everyone(behaviour, sources)
    nan = float("nan")
    assert column(sources, people, "visit_count", "anna") == {"cup": 0, "mug": 1, "pan": 1, "tea": 2}
    ago = column(sources, people, "visit_steps_ago", "anna")
    assert ago == pytest.approx({"cup": nan, "mug": 0, "pan": 2, "tea": 1}, nan_ok=True)
    first = column(sources, people, "visit_first_steps_ago", "anna")
    assert first == pytest.approx({"cup": nan, "mug": 0, "pan": 2, "tea": 3}, nan_ok=True)
    assert set(column(sources, people, "visit_steps", "anna").values()) == {4.0}
    assert set(column(sources, people, "visit_distinct_share", "anna").values()) == {0.75}


def test_without_a_visit(behaviour: Behaviour, sources: Sources) -> None:
    """Who has touched nothing has no length, no steps and no transitions, and an item still its popularity."""
    people = everyone(behaviour, sources)
    for name in ("visit_steps", "visit_steps_ago", "visit_distinct_share", "visit_after_1", "last_popularity"):
        assert np.isnan(list(column(sources, people, name, "bo").values())).all(), name
    assert set(column(sources, people, "visit_count", "bo").values()) == {0.0}
    assert (
        column(sources, people, "item_popularity", "bo")["tea"]
        > column(sources, people, "item_popularity", "bo")["cup"]
    )


def test_what_leads_to_an_item(behaviour: Behaviour, sources: Sources) -> None:
    """Transitions are looked up from each of the three newest items; where there are fewer they are NaN."""
    people = everyone(behaviour, sources)
    table, ids = sources.table(Transitions).after.toarray(), sources.catalogue.ids.to_pylist()
    for back, last in enumerate(("mug", "tea", "pan"), start=1):
        found = column(sources, people, f"visit_after_{back}", "anna")
        assert found == pytest.approx(dict(zip(ids, table[ids.index(last)].tolist(), strict=True)))
    assert np.isnan(list(column(sources, people, "visit_after_3", "cy").values())).all()


def test_alone_as_in_the_crowd(behaviour: Behaviour, sources: Sources) -> None:
    """One customer's columns are the same alone."""
    people = everyone(behaviour, sources)
    item = np.arange(len(sources.catalogue))
    for place in range(len(people)):
        crowd = visit_features(sources, people, np.full(len(item), place), item)
        alone = sources.people(people.history.part(place, place + 1))
        for name, values in visit_features(sources, alone, np.zeros(len(item), dtype=np.int64), item).items():
            np.testing.assert_allclose(values, crowd[name], atol=1e-6, err_msg=name)


def test_tables_that_were_not_counted(behaviour: Behaviour, sources: Sources, tmp_path: Path) -> None:
    """Without the tables only the visit itself is told; the files give the same columns as the counts."""
    bare = Sources.fit(behaviour, CUTOFF, SourceSettings())
    none = np.zeros(0, dtype=np.int64)
    assert set(visit_features(bare, everyone(behaviour, bare), none, none)) == {
        "visit_steps",
        "visit_distinct_share",
        "visit_count",
        "visit_steps_ago",
        "visit_first_steps_ago",
    }
    sources.save(tmp_path)
    opened = Sources.open(tmp_path, tables_of(VIEW_SOURCES))
    customer, item = np.array([0, 2]), np.array([3, 1])
    for name, values in visit_features(opened, everyone(behaviour, opened), customer, item).items():
        same = visit_features(sources, everyone(behaviour, sources), customer, item)[name]
        np.testing.assert_array_equal(values, same, err_msg=name)
