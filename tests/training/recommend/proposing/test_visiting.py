"""What the visit says: a planted walk is foreseen by every source, alone as in the crowd, and with any history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from tests.small_shop import EventRow, events, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.people import LAST_ITEMS, People
from training.recommend.proposing import visiting
from training.recommend.proposing.linked import strongest_link
from training.recommend.proposing.proposal import Proposal
from training.recommend.proposing.registry import REGISTRY, VIEW_SOURCES, tables_of

CUTOFF = moment("2025-03-11T00:00Z")
ITEMS = 10
SOURCES = {name: REGISTRY[name].propose for name in VIEW_SOURCES if name != "popular"}
FORWARD = ("next_viewed", "next_viewed_lately", "next_step", "two_steps", "visit_embedding")
AROUND = ("viewed_with", "visit_neighbours", "visit_embedding")


def visit(who: str, first: int, length: int, days_ago: float) -> list[EventRow]:
    """One visit along a circle of ten items."""
    start = CUTOFF - timedelta(days=days_ago)
    return [(who, "view", f"i{(first + step) % ITEMS}", start + timedelta(seconds=step)) for step in range(length)]


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """Six hundred visitors walk five steps along the circle; four customers have histories of other lengths."""
    rows = [row for who in range(600) for row in visit(f"v{who:03}", who % ITEMS, 5, 1 + who % 20)]
    rows += visit("long", 0, 40, 30)
    rows += visit("one", 3, 1, 0.5)
    rows += visit("two", 0, 2, 9) + visit("two", 4, 2, 0.5)
    rows.append(("none", "return", "i1", CUTOFF - timedelta(days=1)))
    return Behaviour.of(stored(tmp_path_factory.mktemp("walk") / "shop", events(*rows), buckets=1))


@pytest.fixture(scope="module")
def sources(behaviour: Behaviour, tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """What was counted, mapped from its files as the live service has it."""
    settings, tables = SourceSettings(half_life_days=5.0), tables_of(VIEW_SOURCES)
    folder = tmp_path_factory.mktemp("counted")
    Sources.fit(behaviour, CUTOFF, settings, tables=tables).save(folder)
    return Sources.open(folder, tables)


@pytest.fixture(scope="module")
def people(behaviour: Behaviour, sources: Sources) -> People:
    """Everyone."""
    return sources.people(behaviour.history(0, CUTOFF, sources.catalogue))


def proposed(found: Proposal, people: People, who: str) -> dict[str, float]:
    """What is proposed to one customer, the best first."""
    mine = found.customer == people.history.customer_ids.to_pylist().index(who)
    ids = people.history.catalogue.ids.to_pylist()
    return {ids[item]: float(score) for item, score in zip(found.item[mine], found.score[mine], strict=True)}


@pytest.mark.parametrize("name", FORWARD)
def test_the_next_item_is_foreseen(sources: Sources, people: People, name: str) -> None:
    """After one click, and after two visits, what is proposed first lies just ahead on the circle."""
    found = SOURCES[name](sources, people, 4)
    for who, seen, ahead in (("one", {"i3"}, {"i4", "i5"}), ("two", {"i4", "i5"}, {"i6", "i7"})):
        new = [item for item in proposed(found, people, who) if item not in seen]
        assert new[0] in ahead, who


@pytest.mark.parametrize("name", AROUND)
def test_what_goes_with_the_visit(sources: Sources, people: People, name: str) -> None:
    """Sources without a direction propose what lies within the visits that share the item, nothing far away."""
    around = set(list(proposed(SOURCES[name](sources, people, 4), people, "one"))[:3])
    assert around <= {"i1", "i2", "i3", "i4", "i5"}


def test_what_came_before(sources: Sources, people: People) -> None:
    """Backwards the circle is walked backwards."""
    assert next(iter(proposed(visiting.viewed_before(sources, people, 3), people, "one"))) == "i2"


def test_last_touched(sources: Sources, people: People) -> None:
    """Own items come by when they were touched last, whatever the visit, at most so many."""
    assert list(proposed(visiting.last_touched(sources, people, 3), people, "two")) == ["i5", "i4", "i1"]
    assert len(proposed(visiting.last_touched(sources, people, 50), people, "long")) == min(LAST_ITEMS, ITEMS)


@pytest.mark.parametrize("name", SOURCES)
def test_alone_as_in_the_crowd(sources: Sources, people: People, name: str) -> None:
    """One customer alone is proposed what the same customer is in the crowd."""
    crowd = SOURCES[name](sources, people, 5)
    names = people.history.customer_ids.to_pylist()
    for who in ("long", "none", "one", "two", "v007"):
        place = names.index(who)
        alone = sources.people(people.history.part(place, place + 1))
        one = proposed(SOURCES[name](sources, alone, 5), alone, who)
        assert one == pytest.approx(proposed(crowd, people, who), abs=1e-6)


@pytest.mark.parametrize("name", SOURCES)
def test_bounded_and_ordered(sources: Sources, people: People, name: str) -> None:
    """At most so many for each, no pair twice, by customer and falling score within 0 and 1; nothing for nobody."""
    found = SOURCES[name](sources, people, 3)
    assert np.bincount(found.customer).max() <= 3
    assert len(np.unique(found.customer * ITEMS + found.item)) == len(found)
    assert (np.diff(found.customer) >= 0).all()
    assert (np.diff(found.score)[np.diff(found.customer) == 0] <= 0).all()
    assert ((found.score > 0) & (found.score <= 1 + 1e-4)).all()
    assert proposed(found, people, "none") == {}
    nobody = sources.people(people.history.part(0, 0))
    assert len(SOURCES[name](sources, nobody, 3)) == 0


def test_what_comes_after_the_cutoff_counts_nothing(behaviour: Behaviour, sources: Sources, tmp_path: Path) -> None:
    """Counted a day earlier, the tables do not know the last day, whatever happened on it."""
    early = CUTOFF - timedelta(days=1.5)
    rows = [row for who in range(600) for row in visit(f"v{who:03}", who % ITEMS, 5, 1 + who % 20)]
    rows += visit("late", 0, 9, 1.2)[::-1] + visit("two", 0, 2, 9)
    tables = tables_of(("next_viewed", "visit_neighbours"))
    with_late = Behaviour.of(stored(tmp_path / "late", events(*rows), buckets=1))
    rows = [row for row in rows if row[3] < early]
    without = Behaviour.of(stored(tmp_path / "early", events(*rows), buckets=1))
    found = [Sources.fit(shop, early, sources.settings, tables=tables) for shop in (with_late, without)]
    asked = [
        counted.people(shop.history(0, early, counted.catalogue))
        for counted, shop in zip(found, (with_late, without), strict=True)
    ]
    for name in ("next_viewed", "visit_neighbours"):
        one, other = (
            proposed(SOURCES[name](counted, one, 5), one, "two") for counted, one in zip(found, asked, strict=True)
        )
        assert one == pytest.approx(other)


def test_the_item_behind_the_reason(sources: Sources, people: People) -> None:
    """The reason names the newest item that leads to the proposal, and no item where none does."""
    names, ids = people.history.customer_ids.to_pylist(), sources.catalogue.ids.to_pylist()
    customer = np.array([names.index("two")] * 3)
    item = np.array([ids.index(name) for name in ("i6", "i2", "i9")])
    links = visiting.next_viewed.taste(sources, people), visiting.next_viewed.relation(sources)
    because = strongest_link(*links, customer, item)
    assert [None if code < 0 else ids[code] for code in because] == ["i5", "i1", "i5"]
    nobody = np.array([names.index("none")])
    assert strongest_link(*links, nobody, item[:1]).tolist() == [-1]
