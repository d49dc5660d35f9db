"""The properties of the store, by the names they have in the design: arrival, buckets, and being killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.features.events.appending import COUNT
from tests.small_shop import (
    append,
    equal,
    items,
    moment,
    random_events,
    shop,
    stored,
    stored_rows,
    whole_shop,
)

CUTOFF = moment("2025-02-01T06:30Z")
SHELF = items(("i0", "tea", "10"), ("i1", "tea", "20"), ("i3", "pots", "30.50"), ("i5", None, "12"))
STEPS = ("begun", "half staged", "staged", "bucket 1", "bucket 3", "bucket 4", "committed", "acknowledged")


@pytest.mark.parametrize(("seed", "parts"), [(1, 1), (2, 3)])
@pytest.mark.parametrize("named", [True, False])
def test_order_and_repetition_of_arrival_never_matter(tmp_path: Path, seed: int, parts: int, named: bool) -> None:
    """Shuffled, split into several imports, some of them repeated: the same events and the same features."""
    table = random_events(3, 240)
    if not named:  # rows without ids are known by their content, and here no two are equal
        table = table.set_column(0, "event_id", pa.nulls(len(table), pa.string()))
        assert len(table.to_pylist()) == len({repr(row) for row in table.to_pylist()})
    straight = stored(tmp_path / "straight", table, described=SHELF)
    places = np.random.default_rng(seed).permutation(len(table))
    crooked = shop(tmp_path / "crooked")
    Warehouse.open(crooked).put_items(SHELF)
    for part in range(parts):
        chunk = table.take(places[part::parts])
        # Within one import equal rows without ids would be two events, as they are in a shop's export.
        append(crooked, chunk, chunk.slice(0, 20 if named else 0))
        append(crooked, chunk.slice(10, 30))
    append(crooked, table)
    assert stored_rows(Warehouse.open(crooked).reader()) == stored_rows(Warehouse.open(straight).reader())
    assert equal(whole_shop(crooked, CUTOFF), whole_shop(straight, CUTOFF))


def test_one_bucket_or_sixty_four_one_worker_or_several(tmp_path: Path) -> None:
    """The number of buckets, and of workers at them, changes no row of the table."""
    table = random_events(6, 1500, customers=40)
    tables = [
        whole_shop(stored(tmp_path / f"{buckets}", table, buckets=buckets, described=SHELF), CUTOFF, workers)
        for buckets, workers in ((1, 1), (64, 3), (7, 1))
    ]
    assert len(tables[0]) == 40
    assert all(equal(other, tables[0]) for other in tables[1:])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is stored when nothing is killed."""
    folder = stored(tmp_path_factory.mktemp("calm") / "shop", random_events(7, COUNT))
    return stored_rows(Warehouse.open(folder).reader())


@pytest.mark.parametrize("step", STEPS)
def test_an_acknowledged_event_is_never_lost(
    tmp_path: Path, root: Path, step: str, undisturbed: list[dict[str, Any]]
) -> None:
    """An import killed at any step leaves the old version or the new one whole, and run again ends right."""
    folder = stored(tmp_path / "shop", random_events(7, COUNT).slice(0, 10))
    old = stored_rows(Warehouse.open(folder).reader())
    kill_at(step, folder, root)
    left = stored_rows(Warehouse.open(folder).reader())
    assert left == (undisturbed if step in ("committed", "acknowledged") else old)
    append(folder, random_events(7, COUNT))
    assert stored_rows(Warehouse.open(folder).reader()) == undisturbed
    assert not (folder.staging / "import").exists()


def kill_at(step: str, folder: ShopFolder, root: Path) -> None:
    """Start an import in another process and kill it when it says that it has come to ``step``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.features.events.appending", str(folder.path), "7"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    while (said := process.stdout.readline().rstrip("\n")) != step:
        assert said, f"the import ended before {step}"
        process.stdin.write("\n")
        process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
