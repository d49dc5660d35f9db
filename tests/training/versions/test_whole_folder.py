"""A folder that is there as a whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from training.versions.whole_folder import whole_folder


def fill(part: Path) -> Path:
    made = part / "made"
    made.mkdir()
    (made / "a.txt").write_text("whole")
    return made


def test_the_folder_is_made_once(tmp_path: Path) -> None:
    """The second time the folder is taken as it is."""
    folder = whole_folder(tmp_path / "deep" / "b", fill)
    (folder / "a.txt").write_text("mine")
    assert whole_folder(folder, fill) == folder
    assert (folder / "a.txt").read_text() == "mine"


def test_a_failure_leaves_no_folder(tmp_path: Path) -> None:
    """When filling fails there is no folder, nor anything of the attempt."""

    def fail(part: Path) -> Path:
        fill(part)
        raise OSError("disk full")

    with pytest.raises(OSError, match="^disk full$"):
        whole_folder(tmp_path / "b", fail)
    assert [path.name for path in tmp_path.iterdir()] == [".fetch.lock"]


def test_a_killed_attempt_is_begun_anew(tmp_path: Path, root: Path) -> None:
    """What a killed process left half-filled is neither taken for the folder nor left lying."""
    killed = (
        "import os, signal, sys; from pathlib import Path; from training.versions.whole_folder import whole_folder\n"
        "def fill(part):\n"
        "    (part / 'half.txt').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
        "whole_folder(Path(sys.argv[1]), fill)"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path / "b")], cwd=root)
    assert done.returncode == -9
    assert (tmp_path / ".b.part" / "half.txt").is_file()
    assert [file.name for file in whole_folder(tmp_path / "b", fill).iterdir()] == ["a.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".fetch.lock", "b"]


def test_two_at_once_fill_it_once(tmp_path: Path) -> None:
    """Of several that want the same folder at once one fills it, the others wait and take it."""
    filled: list[Path] = []

    def count(part: Path) -> Path:
        filled.append(part)
        return fill(part)

    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: whole_folder(tmp_path / "b", count), range(8)))
    assert set(folders) == {tmp_path / "b"}
    assert len(filled) == 1
