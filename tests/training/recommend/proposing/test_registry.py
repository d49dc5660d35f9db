"""The registry: every named source can be asked, keeps to its bounds, and a name that is none is refused."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import HuitouError
from features.history import History
from tests.training.recommend.conftest import PlantedShop, histories
from training.recommend.counted.related_kinds import RELATED_KINDS
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.people import People
from training.recommend.proposing.linked import strongest_link
from training.recommend.proposing.registry import (
    PURCHASE_SOURCES,
    REGISTRY,
    SOURCES,
    VIEW_SOURCES,
    checked_names,
    related_of,
    tables_of,
)
from training.recommend.proposing.spread import Spread

EACH = 12


@pytest.fixture(scope="module")
def everything(planted: PlantedShop) -> Sources:
    """Counts with the tables of every source."""
    return Sources.fit(planted.behaviour, planted.cutoff, SourceSettings(), tables=tables_of(SOURCES))


@pytest.fixture(scope="module")
def again(planted: PlantedShop) -> Sources:
    """The same counted once more."""
    return Sources.fit(planted.behaviour, planted.cutoff, SourceSettings(), tables=tables_of(SOURCES))


@pytest.fixture(scope="module")
def people(planted: PlantedShop, everything: Sources) -> People:
    """The people of one bucket."""
    return everything.people(next(histories(planted, everything)))


@pytest.mark.parametrize("name", SOURCES)
def test_proposals_keep_to_their_bounds(everything: Sources, people: People, name: str) -> None:
    """A source proposes items of the catalogue, at most so many to each, none twice, with falling scores above 0."""
    found = REGISTRY[name].propose(everything, people, EACH)
    assert found.customer.shape == found.item.shape == found.score.shape
    assert len(found) > 0
    assert np.bincount(found.customer).max() <= EACH
    assert found.item.min() >= 0
    assert found.item.max() < len(everything.catalogue)
    assert np.isfinite(found.score).all()
    assert (found.score > 0).all()
    pair = found.customer.astype(np.int64) * len(everything.catalogue) + found.item
    assert len(np.unique(pair)) == len(pair)
    same = np.diff(found.customer) == 0
    assert (np.diff(found.customer) >= 0).all()
    assert (np.diff(found.score)[same] <= 0).all()


@pytest.mark.parametrize("name", SOURCES)
def test_alone_as_in_the_crowd(planted: PlantedShop, everything: Sources, people: People, name: str) -> None:
    """To one person alone a source proposes the very same items in the same order."""
    together = REGISTRY[name].propose(everything, people, EACH)
    for place in (0, len(people) // 2, len(people) - 1):
        alone = everything.people(people.history.part(place, place + 1))
        found, mine = REGISTRY[name].propose(everything, alone, EACH), together.customer == place
        assert found.item.tolist() == together.item[mine].tolist()
        np.testing.assert_allclose(found.score, together.score[mine], rtol=1e-5)


@pytest.mark.parametrize("name", SOURCES)
def test_counted_again_it_proposes_the_same(again: Sources, everything: Sources, people: People, name: str) -> None:
    """Counting is repeatable: a second time the same is proposed, to the bit."""
    one, other = (REGISTRY[name].propose(counted, people, EACH) for counted in (everything, again))
    np.testing.assert_array_equal(one.item, other.item)
    np.testing.assert_array_equal(one.score, other.score)


@pytest.mark.parametrize("name", SOURCES)
def test_nobody_is_proposed_nothing(planted: PlantedShop, everything: Sources, name: str) -> None:
    """Asked for nobody, a source proposes nothing."""
    empty = History.before(planted.behaviour.reader.bucket(0).slice(0, 0), planted.cutoff, everything.catalogue)
    assert len(REGISTRY[name].propose(everything, everything.people(empty), EACH)) == 0


@pytest.mark.parametrize("name", [name for name, source in REGISTRY.items() if source.known])
def test_known_sources_propose_what_was_touched(everything: Sources, people: People, name: str) -> None:
    """A source that says it knows its items from the customer proposes nothing else."""
    found = REGISTRY[name].propose(everything, people, EACH)
    _, touched = people.touches.find(found.customer, found.item)
    assert touched.all()


@pytest.mark.parametrize("name", [name for name, source in REGISTRY.items() if source.named])
def test_reasons_name_own_items(everything: Sources, people: People, name: str) -> None:
    """A source that names the item behind its proposal names one of the customer's own, for most proposals."""
    spread = REGISTRY[name].propose
    assert isinstance(spread, Spread)
    found = spread(everything, people, EACH)
    links = spread.taste(everything, people), spread.relation(everything)
    own = strongest_link(*links, found.customer, found.item)
    assert own.shape == found.item.shape
    named = own >= 0
    assert named.mean() > 0.5
    _, touched = people.touches.find(found.customer[named], own[named].astype(np.int64))
    assert touched.all()


def test_tables_come_once() -> None:
    """Sources that share a table need it once; those without one need none."""
    names = (*SOURCES, *SOURCES)
    tables = tables_of(names)
    assert len(tables) == len(set(tables)) == len({table.__name__ for table in tables})
    assert set(tables) == {table for source in REGISTRY.values() for table in source.tables}
    assert tables_of(("viewed", "popular")) == ()


def test_what_is_asked_exists() -> None:
    """The sources of both goals are in the registry, each once, and ``popular`` among them answers everybody."""
    for names in (PURCHASE_SOURCES, VIEW_SOURCES):
        assert checked_names(names) == tuple(names)
        assert len(set(names)) == len(names)
        assert "popular" in names


def test_a_name_that_is_none() -> None:
    """A name that no source has is refused with those that there are."""
    assert checked_names(["popular", "viewed"]) == ("popular", "viewed")
    with pytest.raises(HuitouError) as told:
        checked_names(["popular", "horoscope", "tarot"])
    assert told.value.message == (
        f"a source must be one of {', '.join(REGISTRY)}; got 'horoscope'. Train again with this Huitou."
    )
    assert (told.value.code, told.value.field, told.value.value) == ("unknown_source", "sources", "horoscope")
    assert told.value.allowed == list(REGISTRY)


def test_only_the_relations_that_sources_need_are_counted() -> None:
    """Sources are named after the kind of related items that they propose; the others need none."""
    assert related_of(["open_cart", "bought_together", "viewed_then_bought", "popular"]) == (
        "bought_together",
        "viewed_then_bought",
    )
    assert set(related_of(SOURCES)) <= set(RELATED_KINDS)
