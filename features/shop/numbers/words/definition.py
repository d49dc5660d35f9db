"""What a definition says of a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a number counts."""

    PEOPLE = "people"
    TIMES = "times"
    ORDERS = "orders"
    PIECES = "pieces"
    MONEY = "money"
    SHARE = "share"
    RATIO = "ratio"
    FLAG = "flag"


@dataclass(frozen=True)
class Definition:
    """One number in words."""

    unit: Unit
    """What it counts; a share is from 0 to 1."""
    title: Mapping[str, str]
    """What it is called, in ``en`` and ``zh``."""
    meaning: Mapping[str, str]
    """How it is counted, in ``en`` and ``zh``."""

    def as_dict(self) -> dict[str, object]:
        """Unit, title and meaning, for JSON."""
        return {"unit": self.unit.value, "title": dict(self.title), "meaning": dict(self.meaning)}


def said(unit: Unit, title: str, title_zh: str, meaning: str, meaning_zh: str) -> Definition:
    """A definition in both languages."""
    return Definition(unit, {"en": title, "zh": title_zh}, {"en": meaning, "zh": meaning_zh})
