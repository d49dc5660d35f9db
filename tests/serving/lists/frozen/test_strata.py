"""Strata are named by what they are, and alike in every snapshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from serving.lists.frozen.strata import EVERYBODY, strata_of
from serving.snapshot import Snapshot
from tests.serving.published_shop import PEOPLE, small_shop, write_snapshot


def named(snapshot: Snapshot, *by: str) -> dict[str, str]:
    """The stratum of each customer."""
    rows = np.arange(len(snapshot.customers))
    stratum, names = strata_of(snapshot, rows, by)
    return {snapshot.customers.id(row): names[stratum[row]] for row in rows.tolist()}


def test_strata_are_named_by_their_parts(tmp_path: Path) -> None:
    """Each combination is one, what is not known has a sign, and no columns make one stratum of all."""
    shop = small_shop(tmp_path / "shop")
    told = named(Snapshot.open_current(shop), "layer", "value_level")
    assert told["anna"] == "high_win_back / middle"
    assert told["visitor:v 1"] == "visitor / -"
    assert set(named(Snapshot.open_current(shop)).values()) == {EVERYBODY}
    write_snapshot(shop, PEOPLE[::-1])
    again = Snapshot.open_current(shop)
    assert named(again, "layer", "value_level") == told
    assert strata_of(again, np.arange(6), ["layer"])[1] == ("active", "high_win_back", "lost", "new", "visitor")
