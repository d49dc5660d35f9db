"""One file that holds a folder, with the checksum of everything in it."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO

from features.errors import HuitouError
from features.progress import Progress
from serving.snapshot_parts.manifest import FileRecord

MANIFEST = "manifest.json"
"""The last file of an archive: one that was cut short has none."""

FORMAT = 1
"""The number of the way in which archives are laid out."""


@dataclass(frozen=True)
class Contents:
    """What an archive says of itself."""

    made_at: datetime
    """When it was begun."""
    schema: str
    """The shape of the database that was dumped."""
    files: Mapping[str, FileRecord]
    """Every file by its path."""


def pack(folder: Path, archive: Path, made_at: datetime, schema: str, progress: Progress | None = None) -> Contents:
    """Write everything below ``folder`` to ``archive``, which appears only when it is whole and on disk."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    total, done = sum(file.stat().st_size for file in files), 0
    records: dict[str, FileRecord] = {}
    beside = archive.with_name(f".{archive.name}.part")
    try:
        with open(beside, "wb") as handle:
            with tarfile.open(fileobj=handle, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for file in files:
                    name = file.relative_to(folder).as_posix()
                    records[name] = _add(tar, file, name)
                    done += records[name].size_bytes
                    if progress is not None:
                        progress(done, total)
                contents = Contents(made_at, schema, records)
                _add_text(tar, MANIFEST, _said(contents))
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(beside, archive)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    return contents


def unpack(archive: Path, folder: Path, progress: Progress | None = None) -> Contents:
    """Write what is in ``archive`` to ``folder``; raises :class:`HuitouError` unless everything is as it was packed.

    Nothing is written outside of ``folder``, whatever the archive says.
    """
    if not archive.is_file():
        raise HuitouError(f"{archive} does not exist. Check its name.", field="archive", value=str(archive))
    total = archive.stat().st_size
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                if not member.isreg() or (folder / member.name).exists():
                    raise _broken(archive, f"{member.name!r} is no file, or there twice")
                tar.extract(member, folder, filter="data")
                if progress is not None:
                    progress(member.offset_data + member.size, total)
    except (tarfile.TarError, EOFError, UnicodeError, ValueError, NotADirectoryError, IsADirectoryError) as error:
        raise _broken(archive, f"{type(error).__name__}: {error}") from None
    contents = _read(archive, folder / MANIFEST)
    _check(archive, folder, contents)
    return contents


def _add(tar: tarfile.TarFile, file: Path, name: str) -> FileRecord:
    with open(file, "rb") as handle:
        reading = _Hashing(handle)
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(handle.fileno()).st_size
        entry.mode = 0o600
        tar.addfile(entry, reading)
    return FileRecord(entry.size, reading.digest.hexdigest())


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(text.encode()), 0o600
    tar.addfile(entry, BytesIO(text.encode()))


class _Hashing:
    """A file whose checksum is reckoned while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        found = self._file.read(size)
        self.digest.update(found)
        return found


def _said(contents: Contents) -> str:
    said = {"format": FORMAT, **asdict(contents), "made_at": contents.made_at.isoformat()}
    return json.dumps(said, indent=1, sort_keys=True) + "\n"


def _read(archive: Path, file: Path) -> Contents:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise _broken(archive, f"it has format {said['format']!r}, this Huitou reads {FORMAT}")
        records = {name: FileRecord(**record) for name, record in said["files"].items()}
        return Contents(datetime.fromisoformat(said["made_at"]), str(said["schema"]), records)
    except FileNotFoundError:
        raise _broken(archive, f"it has no {MANIFEST}: it was cut short") from None
    except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise _broken(archive, f"its {MANIFEST} cannot be read ({type(error).__name__})") from None


def _check(archive: Path, folder: Path, contents: Contents) -> None:
    """Raise when a file is missing, too many, or not as it was."""
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {MANIFEST}
    if odd := sorted(found ^ set(contents.files)):
        raise _broken(archive, f"{odd[0]!r} is missing from it or from its {MANIFEST}")
    for name, record in contents.files.items():
        if FileRecord.of(folder / name) != record:
            raise _broken(archive, f"{name!r} is not as it was written")


def _broken(archive: Path, why: str) -> HuitouError:
    return HuitouError(
        f"{archive} cannot be restored: {why}. Nothing was made. Take another backup.",
        code="broken_backup",
        field="archive",
        value=str(archive),
    )
