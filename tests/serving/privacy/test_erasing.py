"""Deleting a person: at once a stranger, everywhere in the end, and with care for others."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparisons
from serving.database.connection import Database, open_database
from serving.database.people.merged import Merged
from serving.privacy.erasing import Erasing
from serving.snapshot import Snapshot, current_id, published
from tests.serving.privacy.searched import files_with
from tests.serving.published_shop import PEOPLE, later, small_shop, write_snapshot

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> ShopFolder:
    """The small shop, published twice."""
    shop = small_shop(tmp_path / "shop")
    write_snapshot(shop, PEOPLE, header=later(1))
    return shop


@pytest.fixture
def engine(folder: ShopFolder) -> Iterator[Database]:
    """The shop's database."""
    engine = open_database(folder)
    yield engine
    engine.dispose()


def test_snapshots_that_are_compared(folder: ShopFolder, engine: Database) -> None:
    """Both sides of a running comparison are written anew, and it goes on with them; the newest is served."""
    served = current_id(folder)
    other = next(identity for identity, _ in published(folder) if identity != served)
    Comparisons(engine).start("trial", {"a": served, "b": other}, 0.5, NOW)
    erasing = Erasing(folder, engine)
    erasing.ask("anna", NOW)
    assert erasing.carry_out(NOW) == 1
    found = Comparisons(engine).get("trial").snapshots
    assert found["a"] == current_id(folder) != served
    assert {identity for identity, _ in published(folder)} == {*found.values()}
    for identity in found.values():
        snapshot = Snapshot(folder.snapshots / identity)
        snapshot.verify()
        assert len(snapshot.customers) == len(PEOPLE) - 1


def test_while_somebody_publishes(folder: ShopFolder, engine: Database) -> None:
    """The rest waits, and is done with the next call; until then the deletion is not said to be done."""
    erasing = Erasing(folder, engine)
    asked = erasing.ask("anna", NOW)
    with open(folder.snapshots / ".publishing.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(HuitouError, match="^another process is publishing"):
            erasing.carry_out(NOW)
    assert (erasing.status(asked.request_id).done_at, erasing.pending()) == (None, ["anna"])
    assert erasing.carry_out(NOW) == 1
    assert erasing.status(asked.request_id).done_at == NOW
    assert (erasing.carry_out(NOW), erasing.pending()) == (0, [])
    assert files_with(folder.path, ["anna"]) == {}


def test_a_snapshot_that_cannot_be_read(folder: ShopFolder, engine: Database) -> None:
    """One that is only kept is removed; where it is the one that is served, somebody must look."""
    other = next(identity for identity, _ in published(folder) if identity != current_id(folder))
    erasing = Erasing(folder, engine)
    (folder.snapshots / other / "customer_end.npy").write_bytes(b"broken")
    erasing.ask("anna", NOW)
    assert erasing.carry_out(NOW) == 1
    assert [identity for identity, _ in published(folder)] == [current_id(folder)]
    (folder.snapshots / current_id(folder) / "customer_end.npy").write_bytes(b"broken")
    erasing.ask("quiet", NOW)
    with pytest.raises(HuitouError, match="Publish again"):
        erasing.carry_out(NOW)


def test_visitors_and_their_customers(folder: ShopFolder, engine: Database) -> None:
    """A merged visitor goes with its customer, not alone, and not while the two are being parted."""
    merged, erasing = Merged(engine), Erasing(folder, engine)
    merged.join("v 1", "anna", NOW)
    with pytest.raises(HuitouError, match="^this visitor was merged into a customer. Delete that customer, or undo"):
        erasing.ask("visitor:v 1", NOW)
    merged.leave("v 1", "anna")
    with pytest.raises(HuitouError, match="^a visitor is just leaving this customer, and must not be deleted") as said:
        erasing.ask("anna", NOW)
    assert said.value.code == "busy"
    merged.join("v 1", "anna", NOW)
    assert erasing.ask("anna", NOW).places["snapshots"] == 2
    assert erasing.carry_out(NOW) == 2
    assert files_with(folder.path, ["anna", "v 1"]) == {}


def test_a_dry_run_changes_nothing(folder: ShopFolder, engine: Database) -> None:
    """It counts, and the person is known as before."""
    erasing = Erasing(folder, engine)
    assert erasing.count("anna")["snapshots"] == 2
    assert list(erasing.count("anna")) == list(erasing.holds)
    assert (erasing.pending(), erasing.count("nobody")) == ([], dict.fromkeys(erasing.holds, 0))


def test_the_guide_names_every_place(folder: ShopFolder, engine: Database, root: Path) -> None:
    """The table of the guide says what the API says of each place, in the same order."""
    text = (root / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    told = {row[0].strip("`"): row[1] for row in rows}
    assert list(told.items()) == list(Erasing(folder, engine).holds.items())
