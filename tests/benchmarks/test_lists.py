"""The benchmark of lists, in small: it measures what it says, and leaves the shop as it was."""

from __future__ import annotations

from pathlib import Path

from benchmarks.lists import EXPORTS, measured
from tests.serving.published_shop import PEOPLE, small_shop


def test_every_step_is_measured(tmp_path: Path) -> None:
    """Each has its seconds, its highest memory and its file; contact details are told of no more than were asked."""
    shop = small_shop(tmp_path / "shop").path
    before = sorted(shop.rglob("*"))
    (tmp_path / "beside").mkdir()
    found = measured(shop, tmp_path / "beside", people=4, contacts=2)
    assert (found["people"], found["contacts"]) == (4, 2)
    assert len(PEOPLE) > 4
    for name in ("freeze", *EXPORTS):
        assert found[name]["seconds"] > 0
        assert found[name]["peak_mb"] > 1
    assert found["xlsx, all columns"]["mb"] >= 0
    assert sorted(shop.rglob("*")) == before
