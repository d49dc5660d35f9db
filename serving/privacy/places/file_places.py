"""What is left of people in the files of imports: rows on their way, and rows that were not taken."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.events.event import VISITOR_PREFIX
from features.shop_folder import ShopFolder

_BESIDE = ".rewriting-"
"""How the name of a file begins while it is written anew."""


class StagingPlace:
    """Half-done imports. Whoever erases holds the shop's lock, so nobody needs what is there."""

    def __init__(self, shop: ShopFolder) -> None:
        self._shop = shop

    @property
    def holds(self) -> Mapping[str, str]:
        """Rows of imports that were killed."""
        return {"staging": "Rows of imports that did not come to their end."}

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """Rows of the people in complete files; one that was cut short cannot be counted, but goes as well."""
        wanted = pa.array(people, pa.string())
        files = sorted(self._shop.staging.rglob("*.parquet"))
        return {"staging": sum(_rows_of(file, wanted) for file in files)}

    def erase(self, people: Sequence[str]) -> None:
        """Remove everything: an import begins anew."""
        if self._shop.staging.is_dir():
            for left in self._shop.staging.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()


class RejectedPlace:
    """The files of rows that were not taken. A line goes when an id stands anywhere in it as a word."""

    def __init__(self, shop: ShopFolder) -> None:
        self._shop = shop

    @property
    def holds(self) -> Mapping[str, str]:
        """Lines of the files in ``rejected``."""
        return {"rejected_rows": "Rows of imports that were not taken."}

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """Lines that name one of the people."""
        said = _pattern(people)
        return {"rejected_rows": sum(_names(line, said) for file in self._files() for line in _lines(file))}

    def erase(self, people: Sequence[str]) -> None:
        """Write the files without these lines; a file without lines goes."""
        said = _pattern(people)
        for left in self._shop.rejected.glob(f"{_BESIDE}*"):
            left.unlink()
        for file in self._files():
            if any(_names(line, said) for line in _lines(file)):
                _rewrite(file, said)

    def _files(self) -> list[Path]:
        # Files that an import left unfinished have a dot before their name.
        return sorted(self._shop.rejected.glob("*.jsonl")) if self._shop.rejected.is_dir() else []


def _rewrite(file: Path, said: re.Pattern[str]) -> None:
    """Write a file without the lines that name somebody; it goes when no other is left."""
    beside = file.with_name(_BESIDE + file.name)
    with open(beside, "w", encoding="utf-8") as handle:
        handle.writelines(line for line in _lines(file) if not _names(line, said))
        handle.flush()
        os.fsync(handle.fileno())
    if beside.stat().st_size:
        os.replace(beside, file)
    else:
        beside.unlink()
        file.unlink()


def _rows_of(file: Path, people: pa.Array) -> int:
    try:
        ids = pq.read_table(file, columns=["customer_id"])["customer_id"]
    except (OSError, pa.ArrowException, FileNotFoundError):
        return 0
    return int(pc.sum(pc.is_in(ids, people)).as_py() or 0)


def _pattern(people: Sequence[str]) -> re.Pattern[str]:
    """What finds the people: their ids, visitors also without their prefix, not inside of longer words."""
    ids = {*people, *(person.removeprefix(VISITOR_PREFIX) for person in people)}
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in sorted(ids))})(?!\w)")


def _lines(file: Path) -> Iterator[str]:
    with open(file, encoding="utf-8", errors="replace", newline="\n") as handle:
        yield from handle


def _names(line: str, said: re.Pattern[str]) -> bool:
    try:
        return any(said.search(text) for text in _texts(json.loads(line)))
    except ValueError:
        return bool(said.search(line))


def _texts(value: Any) -> Iterator[str]:
    """Every text and number in a JSON value, names of fields included."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
