"""Who may want an item."""

from __future__ import annotations

import numpy as np
import pytest

from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh
from serving.audiences.matching import matching
from serving.interested import interest_in_item
from serving.snapshot import Snapshot
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Everybody has something in the cart."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def people(snapshot: Snapshot, **said: object) -> set[str]:
    """Ids of those who may want something."""
    flags = matching(snapshot, parse_filter(said), Fresh.nothing(), NOW)
    return {snapshot.customers.id(row) for row in np.flatnonzero(flags).tolist()}


def test_who_has_touched_it_or_what_is_like_it(snapshot: Snapshot) -> None:
    """Interest in the item, in related ones and in its category counts; who opted out is never among them."""
    found = people(snapshot, interested_in="kettle")
    rows, _ = interest_in_item(snapshot, snapshot.shelf.ids.row("kettle"))
    behind = {snapshot.customers.id(row) for row in rows.tolist()}
    assert {"anna", "visitor:v 1"} <= found
    assert found == behind - {"quiet"}
    assert "quiet" in {snapshot.customers.id(row) for row in interest_in_item(snapshot, 6)[0].tolist()}
    assert "quiet" not in people(snapshot, interested_in="zip")


def test_the_strongest_come_first(snapshot: Snapshot) -> None:
    """With a limit the strongest stay: anna has the kettle itself."""
    assert people(snapshot, interested_in="kettle", top=1) == {"anna"}
    assert len(people(snapshot, interested_in="kettle", top=2)) == 2
