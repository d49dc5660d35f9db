"""A promotion: a sale, a holiday or a season, with its days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SALE, HOLIDAY, SEASON = "sale", "holiday", "season"

PROMOTION_KINDS = (SALE, HOLIDAY, SEASON)
"""A sale makes things cheaper, a holiday is a day to give or to travel, a season lasts for months."""


@dataclass(frozen=True)
class Promotion:
    """Some days in a row that a shop makes something of."""

    key: str
    """What it is the same by from year to year: ``double_11``, and ``own:`` with the English name of one's own."""
    kind: str
    """One of ``PROMOTION_KINDS``."""
    names: Mapping[str, str]
    """What people call it, by language: ``en`` and ``zh``."""
    first_day: date
    """Its first day, in the shop's time zone."""
    last_day: date
    """Its last day, which belongs to it."""
    categories: tuple[str, ...] = ()
    """The categories that it covers; empty for everything."""
    discount: float | None = None
    """The part taken off the price, 0 to 1; None where nothing is said."""

    @property
    def length_days(self) -> int:
        """How many days it lasts, at least 1."""
        return (self.last_day - self.first_day).days + 1

    def as_dict(self) -> dict[str, Any]:
        """The promotion in plain types, for JSON."""
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        more = {"categories": list(self.categories), "discount": self.discount}
        return {"key": self.key, "kind": self.kind, "names": dict(self.names)} | days | more
