"""Archives: whole, or refused with nothing written outside."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.backups.archive import pack, unpack
from tests.serving.published_shop import NOW


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of two files."""
    folder = tmp_path / "packed"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.txt").write_text("one" * 1000)
    (folder / "deep" / "two 二.txt").write_text("two")
    pack(folder, tmp_path / "a.tar", NOW, "0002")
    return tmp_path / "a.tar"


def refusal(archive: Path, folder: Path) -> str:
    """Why an archive is refused."""
    with pytest.raises(HuitouError) as caught:
        unpack(archive, folder)
    return caught.value.message


def test_what_was_packed(archive: Path, tmp_path: Path) -> None:
    """Everything comes out as it went in, and the progress reaches its end."""
    told: list[tuple[int, int]] = []
    contents = unpack(archive, tmp_path / "out", lambda done, total: told.append((done, total)))
    assert (contents.made_at, contents.schema) == (NOW, "0002")
    assert (tmp_path / "out" / "one.txt").read_text() == "one" * 1000
    assert (tmp_path / "out" / "deep" / "two 二.txt").read_text() == "two"
    assert len(told) == 3


def test_cut_short_anywhere(archive: Path, tmp_path: Path) -> None:
    """Wherever an archive ends too soon, it is refused."""
    whole = archive.read_bytes()
    needed = len(whole.rstrip(b"\0"))
    for number, length in enumerate(range(0, needed, 300)):
        (tmp_path / "cut.tar").write_bytes(whole[:length])
        message = refusal(tmp_path / "cut.tar", tmp_path / f"out-{number}")
        assert message.startswith(f"{tmp_path / 'cut.tar'} cannot be restored: ")
        assert message.endswith("Nothing was made. Take another backup.")


def test_changed_anywhere(archive: Path, tmp_path: Path) -> None:
    """One changed letter in a file is noticed."""
    changed = archive.read_bytes().replace(b"oneone", b"oneOne", 1)
    (tmp_path / "changed.tar").write_bytes(changed)
    assert "'one.txt' is not as it was written" in refusal(tmp_path / "changed.tar", tmp_path / "out")


@pytest.mark.parametrize("name", ["../outside.txt", "/outside of huitou.txt", "deep/../../outside.txt"])
def test_no_way_out(name: str, archive: Path, tmp_path: Path) -> None:
    """A file whose path leads out of the folder is not written."""
    _append(archive, tarfile.TarInfo(name), b"evil")
    refusal(archive, tmp_path / "out" / "in")
    written = {file for file in tmp_path.rglob("outside*.txt") if not file.is_relative_to(tmp_path / "out" / "in")}
    assert not written
    assert not Path("/outside of huitou.txt").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_files(kind: bytes, archive: Path, tmp_path: Path) -> None:
    """Links and devices are refused."""
    entry = tarfile.TarInfo("odd")
    entry.type, entry.linkname = kind, "one.txt"
    _append(archive, entry, b"")
    assert "'odd' is no file, or there twice" in refusal(archive, tmp_path / "out")


def test_one_file_too_many(archive: Path, tmp_path: Path) -> None:
    """A file of which the manifest knows nothing is noticed, and so is a second one of the same name."""
    _append(archive, tarfile.TarInfo("more"), b"more")
    assert "'more' is missing from it or from its manifest.json" in refusal(archive, tmp_path / "out")
    _append(archive, tarfile.TarInfo("one.txt"), b"twice")
    assert "'one.txt' is no file, or there twice" in refusal(archive, tmp_path / "out-2")


def test_no_archive(tmp_path: Path) -> None:
    """A file that is not there, or is something else, is told in one line."""
    assert (
        refusal(tmp_path / "none.tar", tmp_path / "out") == f"{tmp_path / 'none.tar'} does not exist. Check its name."
    )
    (tmp_path / "text.tar").write_text("hello" * 500)
    assert "cannot be restored: ReadError" in refusal(tmp_path / "text.tar", tmp_path / "out")


def _append(archive: Path, entry: tarfile.TarInfo, content: bytes) -> None:
    entry.size = len(content)
    with tarfile.open(archive, "a:") as tar:
        tar.addfile(entry, io.BytesIO(content))
