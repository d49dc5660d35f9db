"""Everybody whom a snapshot names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from serving.snapshot_parts.id_index import IdIndex

_INDICES = ("customer", "opted_out")
"""The indices that hold ids of people: those with rows of their own, and those who only opted out."""


def named_people(folder: Path) -> Iterator[str]:
    """The id of everyone whom the snapshot in a folder names, published or not yet; who opted out comes twice."""
    for index in _indices(folder):
        yield from map(index.id, range(len(index)))


def people_in(folder: Path, people: Sequence[str]) -> list[str]:
    """Those of ``people`` whom the snapshot in a folder names."""
    indices = _indices(folder)
    return [person for person in people if any(person in index for index in indices)]


def _indices(folder: Path) -> list[IdIndex]:
    return [IdIndex(folder, name) for name in _INDICES]
