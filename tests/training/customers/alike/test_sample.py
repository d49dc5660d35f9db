"""The sample by which a shop is told: whole buckets, enough of them, without those who are set aside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from tests.small_shop import append, events, people, shop
from tests.training.customers.alike.planted_kinds import AS_OF, bots, catalogue, rows
from training.customers.alike.sample import Sample


@pytest.fixture(scope="module")
def behaviour(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """A hundred and twenty people, some bots and an account of the shop's own in four buckets."""
    folder = shop(tmp_path_factory.mktemp("sample") / "shop", buckets=4)
    append(folder, events(*rows(of_each=30), *bots()))
    Warehouse.open(folder).put_items(catalogue())
    Warehouse.open(folder).put_customers(people("snackers 0", internal=True))
    return Behaviour.of(folder)


def test_everyone_but_those_who_are_set_aside(behaviour: Behaviour) -> None:
    """Neither machines nor the shop's own accounts are in it, and all others who are known well enough are."""
    sample = Sample.of(behaviour, AS_OF, most=50_000)
    [traits] = sample.traits(sample.tastes())
    assert (len(sample.buckets), len(traits)) == (4, 119)
    assert traits.known.all()


def test_enough_buckets_are_read(behaviour: Behaviour) -> None:
    """With as many customers as are wanted no further bucket is read."""
    sample = Sample.of(behaviour, AS_OF, most=10)
    assert sample.buckets == range(1)
    [traits] = sample.traits(sample.tastes())
    assert 10 <= len(traits) < 119


def test_bots_do_not_say_what_matters(behaviour: Behaviour, tmp_path: Path) -> None:
    """Thousands of looks at lamps leave the main categories as they are."""
    folder = shop(tmp_path / "shop", buckets=4)
    append(folder, events(*rows(of_each=30)))
    Warehouse.open(folder).put_items(catalogue())
    Warehouse.open(folder).put_customers(people("snackers 0", internal=True))
    without, among = (Sample.of(each, AS_OF, most=50_000) for each in (Behaviour.of(folder), behaviour))
    np.testing.assert_array_equal(without.by_item, among.by_item)
    assert without.tastes() == among.tastes()


def test_the_same_people_seen_with_other_tastes(behaviour: Behaviour) -> None:
    """Traits with two sets of tastes are of the same people, row for row."""
    sample = Sample.of(behaviour, AS_OF, most=50_000)
    mine, none = sample.traits(sample.tastes(), ())
    np.testing.assert_array_equal(mine.values[:, : len(none.names)], none.values)
