"""What goes with an item, from a snapshot."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from serving.recommending.related import code_of, related_items
from serving.snapshot import Snapshot
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The small shop's snapshot."""
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def test_the_best_that_can_be_bought(snapshot: Snapshot) -> None:
    """At most so many, best first, without those out of stock unless they are asked for."""

    def names(**how: bool) -> list[str]:
        found = related_items(snapshot, "bought_together", code_of(snapshot, "a/b 苹果"), 2, **how)
        return [snapshot.shelf.ids.id(code) for code, _ in found]

    assert names() == ["kettle", "apple"]
    assert names(in_stock=False) == ["kettle", "gone"]


def test_mistakes(snapshot: Snapshot) -> None:
    """An unknown item and an unknown kind are told in words."""
    with pytest.raises(HuitouError, match="no item has the id 'x' in the snapshot that is served"):
        code_of(snapshot, "x")
    with pytest.raises(HuitouError, match="kind must be one of bought_together, viewed_together; got 'x'"):
        related_items(snapshot, "x", 0, 5)
