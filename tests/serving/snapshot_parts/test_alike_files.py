"""The files of where customers stand: written in blocks, read as maps, and broken ones are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.customers import customer_features
from features.errors import HuitouError
from serving.snapshot_parts.alike_files import AlikeFiles, AlikeWriter
from tests.training.customers.alike.conftest import PlantedKinds
from tests.training.customers.alike.conftest import kinds as kinds
from training.customers.alike.alike import Alike, Placed
from training.customers.alike.similar import half_squares, nearest


@pytest.fixture
def folder(kinds: PlantedKinds, tmp_path: Path) -> Path:
    """The files of the planted kinds, written in two blocks."""
    writer = AlikeWriter(tmp_path, kinds.alike)
    for start, stop in ((0, 100), (100, len(kinds.history))):
        part = kinds.history.part(start, stop)
        writer.add(kinds.alike.placed(part, customer_features(part)))
    writer.close()
    return tmp_path


def test_what_was_written_is_read(kinds: PlantedKinds, folder: Path) -> None:
    """Coordinates, who is compared, and the clusters come back."""
    files, placed = AlikeFiles(folder), kinds.placed
    assert len(files) == len(kinds.history)
    np.testing.assert_array_equal(files.vectors, placed.vectors)
    assert files.compared(np.arange(len(files))).tolist() == np.flatnonzero(placed.compared).tolist()
    assert files.alike.as_dict() == kinds.alike.as_dict()


def test_the_nearest_are_found_in_the_maps(kinds: PlantedKinds, folder: Path) -> None:
    """A search in the files is the search in memory."""
    placed = kinds.placed
    half = np.where(placed.compared, half_squares(placed.vectors), np.inf).astype(np.float32)
    for rows in ([0], [200], [3, 5, 7]):
        stored = AlikeFiles(folder).nearest(np.array(rows), 10)
        held = nearest(placed.vectors, half, np.array(rows), 10)
        np.testing.assert_array_equal(stored.rows, held.rows)


def test_customers_of_another_space_are_refused(kinds: PlantedKinds, tmp_path: Path) -> None:
    """Coordinates of another number of traits do not fit."""
    writer = AlikeWriter(tmp_path, kinds.alike)
    with pytest.raises(ValueError, match="a block of"):
        writer.add(Placed.nowhere(3))
    writer.close()


def test_nobody_is_compared(tmp_path: Path) -> None:
    """A shop in which nobody is compared has files, too."""
    writer = AlikeWriter(tmp_path, Alike.nobody())
    writer.add(Placed.nowhere(3))
    writer.close()
    files = AlikeFiles(tmp_path)
    assert (len(files), files.vectors.shape, len(files.compared(np.arange(3)))) == (3, (3, 0), 0)


@pytest.mark.parametrize(("name", "text"), [("alike.json", "{}"), ("alike.json", "no JSON"), ("vectors.npy", "")])
def test_broken_files_are_told(name: str, text: str, folder: Path) -> None:
    """A file that cannot be used is one clear error."""
    (folder / "alike" / name).write_text(text, encoding="utf-8")
    with pytest.raises(HuitouError, match=rf"^{name} of snapshot alike cannot be used: .*\. Publish again"):
        assert AlikeFiles(folder).vectors.shape
