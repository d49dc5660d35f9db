"""The one who will see an answer: what the snapshot kept of them, and what they did since."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from features.events.event import EPOCH
from serving.database.people.touch import Touch
from serving.live.live_person import live_person
from serving.recommending.offers import Visitor
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def visitor(snapshot: Snapshot, person: str | None, *touches: tuple[str, str, float]) -> Visitor:
    """Somebody who did these things so many days before now."""
    row = NO_ROW if person is None else snapshot.customers.row(person)
    moments = [NOW - timedelta(days=days) for _, _, days in touches]
    done = [
        Touch(kind, item, (moment - EPOCH) // timedelta(microseconds=1))
        for (kind, item, _), moment in zip(touches, moments, strict=True)
    ]
    return Visitor(person, row, done, NOW)


def items(snapshot: Snapshot, codes: np.ndarray) -> set[str]:
    return {snapshot.shelf.ids.id(code) for code in codes.tolist()}


def test_the_past_and_what_is_fresh(snapshot: Snapshot) -> None:
    """Items of the snapshot and of fresh events are together; purchases are as old as they are now."""
    fresh = (("purchase", "kettle", 0.25), ("view", "zip", 0.1), ("view", "no such item", 0.1))
    person = live_person(snapshot, visitor(snapshot, "anna", *fresh), with_groups=True)
    assert items(snapshot, person.touched) == {"kettle", "gone", "apple", "zip"}
    assert items(snapshot, person.bought) == {"kettle"}
    assert person.bought_days.tolist() == [0.25]
    assert (person.layer, person.kind) == ("high_win_back", "repeat")


def test_who_is_not_known(snapshot: Snapshot) -> None:
    """A stranger is a visitor, nobody in particular is in no group, and groups are not looked up unasked."""
    stranger = live_person(snapshot, visitor(snapshot, "stranger"), with_groups=True)
    assert (len(stranger.touched), stranger.layer, stranger.kind) == (0, "visitor", "visitor")
    nobody = live_person(snapshot, visitor(snapshot, None, ("view", "zip", 0.0)), with_groups=True)
    assert (items(snapshot, nobody.touched), nobody.layer, nobody.kind) == ({"zip"}, None, None)
    assert live_person(snapshot, visitor(snapshot, "anna"), with_groups=False).layer is None


def test_clocks_that_run_ahead(snapshot: Snapshot) -> None:
    """A purchase that a caller's clock puts into the future was made just now."""
    person = live_person(snapshot, visitor(snapshot, "anna", ("purchase", "zip", -3.0)), with_groups=False)
    assert person.bought_days.tolist() == [0.0]
