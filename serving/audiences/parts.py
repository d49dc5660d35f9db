"""The parts that a filter is made of, read and checked; what they mean is said in docs/audiences.md."""

from __future__ import annotations

from dataclasses import dataclass

from serving.audiences.language.days import Days
from serving.audiences.language.said import Said


@dataclass(frozen=True)
class Everyone:
    """Everybody in the snapshot."""


@dataclass(frozen=True)
class All:
    """Who fits every part."""

    parts: tuple[Filter, ...]
    """The parts, at least one."""


@dataclass(frozen=True)
class AnyOf:
    """Who fits at least one part."""

    parts: tuple[Filter, ...]
    """The parts, at least one."""


@dataclass(frozen=True)
class Not:
    """Everybody who does not fit a part, those of whom nothing is known included."""

    part: Filter
    """The part."""


@dataclass(frozen=True)
class Which:
    """Some items: each condition that is given must hold, and of several values one."""

    items: tuple[Said, ...] = ()
    """Ids of items."""
    categories: tuple[Said, ...] = ()
    """Names of categories."""
    brands: tuple[Said, ...] = ()
    """Names of brands."""
    least_price: float | None = None
    """Lowest list price; items without a price are left out when a limit is given."""
    most_price: float | None = None
    """Highest list price."""

    @property
    def is_all(self) -> bool:
        """Whether it leaves no item out."""
        return self == Which()


@dataclass(frozen=True)
class Did:
    """Who did something with some items on some days, so many times or on so many days."""

    kinds: tuple[str, ...]
    """Kinds of events, any of these."""
    which: Which
    """The items."""
    days: Days
    """The shop's days."""
    at_least: int = 1
    """Events that it takes."""
    on_days: int = 1
    """Different days that it takes."""


@dataclass(frozen=True)
class Opened:
    """Who has something in the cart, or on the favourite list, that was put there on some days."""

    opened: str
    """``cart`` or ``favorite``."""
    which: Which
    """The items."""
    days: Days
    """The shop's days."""


@dataclass(frozen=True)
class Contacted:
    """Who was written to on some days."""

    days: Days
    """The shop's days."""
    channels: tuple[str, ...] = ()
    """Any of these channels; empty for every one."""
    campaigns: tuple[str, ...] = ()
    """Ids of campaigns, any of these; empty for every one."""


@dataclass(frozen=True)
class InterestedIn:
    """Who may want an item, by what they did with it and with items like it; not who opted out of personalisation."""

    item: Said
    """Id of the item."""
    top: int | None = None
    """Only so many, those with the strongest interest; None for all."""


@dataclass(frozen=True)
class Birthday:
    """Whose birthday falls on one of some days, whatever the year."""

    days: Days
    """The days; both ends are given."""


@dataclass(frozen=True)
class Compared:
    """Whose value in a column of the table of customers fits every test; who has no value fits none of them."""

    field: Said
    """Name of the column."""
    tests: tuple[tuple[str, Said], ...]
    """The tests by their operators."""


Filter = Everyone | All | AnyOf | Not | Did | Opened | Contacted | InterestedIn | Birthday | Compared
"""A part of a filter; the whole is one, too."""
