"""What a place is where something of a person may lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Place(Protocol):
    """One place of a shop: it can say what it holds of some people, and hold it no longer.

    ``people`` are a customer and the visitors merged into it, as stored.
    """

    @property
    def holds(self) -> Mapping[str, str]:
        """What it counts, each with a sentence that says what that is."""

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """How much of ``people`` is there, under the names of ``holds``."""

    def erase(self, people: Sequence[str]) -> None:
        """Leave nothing of ``people``; doing it again changes nothing. The caller holds the shop's locks."""
