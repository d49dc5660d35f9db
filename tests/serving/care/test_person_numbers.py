"""Numbers of people: stable, even, and independent from salt to salt."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from serving.care.person_numbers import shares
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import key_of
from tests.serving.care.care_oracle import World
from tests.serving.published_shop import small_shop

KEYS = np.random.default_rng(7).integers(0, 2**64, 200_000, dtype=np.uint64)


def test_the_key_of_a_row_is_that_of_its_id(tmp_path: Path) -> None:
    """Every row has the hash of its id, whatever the order of the index."""
    snapshot = Snapshot.open_current(small_shop(tmp_path / "shop"))
    ids = [snapshot.customers.id(row) for row in range(len(snapshot.customers))]
    assert snapshot.customers.keys().tolist() == [key_of(each.encode()) for each in ids]


def test_shares_are_even_and_independent() -> None:
    """Each tenth holds a tenth; of those below a share under one salt the same share is below it under another."""
    one, other = shares(KEYS, "one"), shares(KEYS, "other")
    counts = np.histogram(one, bins=10, range=(0, 1))[0]
    # 134 is the standard deviation of such a count.
    assert np.abs(counts - 20_000).max() < 5 * 134
    assert abs(float((other[one < 0.1] < 0.1).mean()) - 0.1) < 0.011
    assert (one == shares(KEYS, "one")).all()
    assert ((one >= 0) & (one < 1)).all()


def test_neighbouring_keys_have_nothing_in_common() -> None:
    """Keys that follow one another are spread as evenly: the salt is mixed in, not added."""
    counts = np.histogram(shares(np.arange(200_000, dtype=np.uint64), "salt"), bins=10, range=(0, 1))[0]
    assert np.abs(counts - 20_000).max() < 5 * 134


def test_any_language_can_compute_them() -> None:
    """The number is SplitMix64 of the id's hash, as plain integers give it."""
    world = World([], {})
    keys = np.array([key_of(name.encode()) for name in ("anna", "顾客")], dtype=np.uint64)
    assert shares(keys, "salt").tolist() == [world._number("anna"), world._number("顾客")]
