"""Who is set aside, as a snapshot knows it."""

from __future__ import annotations

from pathlib import Path

from serving.shown.set_aside_people import set_aside_people
from serving.snapshot import Snapshot
from tests.serving.published_shop import small_shop


def test_nobody_is_set_aside_in_the_small_shop(tmp_path: Path) -> None:
    """Without a bot or an internal account everybody counts."""
    assert set_aside_people(Snapshot.open_current(small_shop(tmp_path))) == frozenset()
