"""All together: planted kinds become clusters, odd people change nothing, and numbers outlive a training."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.customers import customer_features
from features.events.warehouse import Warehouse
from tests.small_shop import EventRow, append, events, shop
from tests.training.customers.alike.conftest import PlantedKinds
from tests.training.customers.alike.planted_kinds import AS_OF, KINDS, bots, catalogue, rows
from training.customers.alike.alike import Alike
from training.customers.alike.clusters import NO_CLUSTER


def stored(path: Path, *told: EventRow) -> Behaviour:
    folder = shop(path, buckets=1)
    append(folder, events(*told))
    Warehouse.open(folder).put_items(catalogue())
    return Behaviour.of(folder)


def test_planted_kinds_become_clusters(kinds: PlantedKinds) -> None:
    """Each kind is one cluster, and each cluster one kind."""
    numbers = [kinds.clusters(kind) for kind in KINDS]
    assert sorted(map(len, numbers)) == [1] * 4
    assert set.union(*numbers) == {1, 2, 3, 4}


def test_who_is_hardly_known_is_in_none(kinds: PlantedKinds) -> None:
    """One look is too little to be compared; one order is enough."""
    placed, row = kinds.placed, kinds.ids.index("glance")
    assert (bool(placed.compared[row]), int(placed.cluster[row])) == (False, NO_CLUSTER)
    assert not placed.vectors[row].any()
    row = kinds.ids.index("one order")
    assert placed.compared[row]
    assert placed.cluster[row] != NO_CLUSTER
    assert placed.column().null_count == 1


def test_alone_as_in_the_crowd(kinds: PlantedKinds) -> None:
    """One customer's history gives the very same place as the whole shop's."""
    together = kinds.placed
    for row in range(0, len(kinds.history), 17):
        part = kinds.history.part(row, row + 1)
        alone = kinds.alike.placed(part, customer_features(part))
        np.testing.assert_array_equal(alone.vectors[0], together.vectors[row])
        assert (alone.compared[0], alone.cluster[0]) == (together.compared[row], together.cluster[row])


def test_bots_do_not_move_the_clusters(tmp_path: Path) -> None:
    """With bots among the customers everything that is told is the same, to the last digit."""
    usual = Alike.fit(stored(tmp_path / "usual", *rows()), AS_OF)
    among_bots = Alike.fit(stored(tmp_path / "bots", *rows(), *bots()), AS_OF)
    assert json.dumps(among_bots.as_dict()) == json.dumps(usual.as_dict())


def test_the_future_does_not_matter(kinds: PlantedKinds, tmp_path: Path) -> None:
    """Events at and after the moment change nothing."""
    later = [(name, "purchase", "lamp7", AS_OF, {"unit_price": 80}) for name in kinds.ids[:50]]
    few: list[EventRow] = [
        ("glance", "view", "tea0", AS_OF.replace(month=5)),
        ("one order", "purchase", "tea0", AS_OF.replace(month=5)),
    ]
    found = Alike.fit(stored(tmp_path / "shop", *rows(), *few, *later), AS_OF)
    assert json.dumps(found.as_dict()) == json.dumps(kinds.alike.as_dict())


def test_numbers_outlive_a_training(kinds: PlantedKinds) -> None:
    """Trained again, clusters of the same people keep the numbers that they had, whatever their order."""
    shuffled = replace(kinds.alike, clusters=replace(kinds.alike.clusters, numbers=(7, 3, 9, 1)))
    again = Alike.fit(kinds.behaviour, AS_OF, shuffled)
    assert again.clusters.numbers == (7, 3, 9, 1)
    assert [portrait.number for portrait in again.portraits] == [7, 3, 9, 1]
    assert Alike.fit(kinds.behaviour, AS_OF, Alike.nobody()).clusters.numbers == (1, 2, 3, 4)


def test_too_few_people_say_so(tmp_path: Path) -> None:
    """A small shop has no clusters and says why, and its people are compared all the same."""
    behaviour = stored(tmp_path / "shop", *rows(of_each=10))
    found = Alike.fit(behaviour, AS_OF)
    assert found.portraits == ()
    assert found.why_none == {
        "en": "40 customers are known well enough to be compared; clusters need 200",
        "zh": "只有40位顾客的行为足够比较；划分群体需要200位",
    }
    history = behaviour.history(0, AS_OF, behaviour.catalogue(AS_OF))
    placed = found.placed(history, customer_features(history))
    assert placed.compared.all()
    assert set(placed.cluster.tolist()) == {NO_CLUSTER}
    assert len(np.unique(placed.vectors, axis=0)) == 40


def test_clusters_need_no_excuse(kinds: PlantedKinds) -> None:
    """Where there are clusters nothing is said of why there are none; where halves disagree that is said."""
    assert kinds.alike.why_none is None
    unstable = replace(Alike.nobody(), people=1_000)
    assert unstable.why_none is not None
    assert "do not fall into the same clusters" in unstable.why_none["en"]


@pytest.mark.parametrize("told", [(), (("glance", "view", "tea0", AS_OF.replace(month=5)),)])
def test_an_empty_shop(told: tuple[EventRow, ...], tmp_path: Path) -> None:
    """A shop in which nobody can be compared has a space without traits, and no clusters."""
    behaviour = stored(tmp_path / "shop", *told)
    found = Alike.fit(behaviour, AS_OF)
    assert (found.people, found.space.names, len(found.clusters)) == (0, (), 0)
    history = behaviour.history(0, AS_OF, behaviour.catalogue(AS_OF))
    assert found.placed(history, customer_features(history)).vectors.shape == (len(history), 0)


def test_saved_and_loaded(kinds: PlantedKinds, tmp_path: Path) -> None:
    """What was saved places everybody in the same way; so does that of nobody."""
    kinds.alike.save(tmp_path / "alike")
    loaded = Alike.load(tmp_path / "alike")
    features = customer_features(kinds.history)
    np.testing.assert_array_equal(loaded.placed(kinds.history, features).vectors, kinds.placed.vectors)
    np.testing.assert_array_equal(loaded.placed(kinds.history, features).cluster, kinds.placed.cluster)
    assert loaded.portraits == kinds.alike.portraits
    Alike.nobody().save(tmp_path / "nobody")
    assert Alike.load(tmp_path / "nobody").as_dict() == Alike.nobody().as_dict()


def test_who_is_set_aside_is_nowhere(kinds: PlantedKinds) -> None:
    """Taken out, people are neither compared nor in a cluster, and the others stay where they are."""
    aside = np.arange(len(kinds.history)) < 5
    found = kinds.placed.without(aside)
    assert not found.compared[:5].any()
    assert not found.vectors[:5].any()
    assert set(found.cluster[:5].tolist()) == {NO_CLUSTER}
    np.testing.assert_array_equal(found.cluster[5:], kinds.placed.cluster[5:])
