"""Where processes count together."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from serving.access.metrics_folder import FOLDER, PREFIX, forget_process, metrics_folder


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of running services are not touched."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_folder_is_there_while_it_is_needed(tmp_path: Path) -> None:
    """Inside there is a folder without figures that the environment names; afterwards there is neither."""
    with metrics_folder():
        folder = Path(os.environ[FOLDER])
        assert folder.parent == tmp_path
        assert list(folder.glob("*.db")) == []
        (folder / "counter_1.db").touch()
    assert list(tmp_path.iterdir()) == []
    assert FOLDER not in os.environ


def test_what_killed_services_left_is_removed(tmp_path: Path) -> None:
    """A folder that nobody holds is removed; one that is held, a file, a link, and other folders stay."""
    for name in (f"{PREFIX}dead", f"{PREFIX}alive", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "other")
    held = os.open(tmp_path / f"{PREFIX}alive", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with metrics_folder():
        assert len(list(tmp_path.iterdir())) == 4
    os.close(held)
    assert {folder.name for folder in tmp_path.iterdir()} == {f"{PREFIX}alive", f"{PREFIX}link", "other"}


def test_a_process_that_ended() -> None:
    """Its figures of the moment go, what it counted stays; other processes keep theirs."""
    with metrics_folder():
        folder = Path(os.environ[FOLDER])
        for name in ("gauge_livesum_7.db", "gauge_livesum_17.db", "counter_7.db", "histogram_7.db"):
            (folder / name).touch()
        forget_process(7)
        forget_process(8)
        kept = {file.name for file in folder.glob("*.db")}
        assert kept == {"gauge_livesum_17.db", "counter_7.db", "histogram_7.db"}
    forget_process(7)
