"""What an answer is asked for, and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from serving.arranging.exploration import Explored
from serving.arranging.rules import Boost, Pin, Rule, Usual
from serving.arranging.shelf_rules import ShelfRule, ShelfRules, on_shelf
from serving.database.people.touch import Touch
from serving.recommending.offers import Candidate
from serving.snapshot_parts.shelf import ItemFilter, Shelf

_AS_IS = Usual(diversity=0.0, price_respect=0.0, exploration=0.0)

BASKET_PLACEMENTS = ("cart", "checkout")
"""Where items that are bought together come before items that are viewed together."""


class Wish(NamedTuple):
    """What an answer is asked for."""

    now: datetime
    """The moment of the answer."""
    person: str | None = None
    """Customer id as stored (visitors with their prefix), None for nobody in particular."""
    opted_out: bool | None = None
    """Whether the person wants no personal answers; None for what the snapshot knows."""
    touches: Sequence[Touch] = ()
    """What the person did since the snapshot, in order of time."""
    context: Sequence[str] = ()
    """Ids of the items on the page; items related to them come first, and they are not shown again."""
    exclude: Sequence[str] = ()
    """Ids of items that must not be shown."""
    wanted: ItemFilter = ItemFilter()
    """Which items may be shown."""
    placement: str = "home"
    """Where the answer is shown."""
    n: int = 10
    """How many items."""
    offset: int = 0
    """How many of the best are passed over, for a next page."""
    strict: bool = False
    """True leaves places empty instead of filling them with popular items."""
    rules: ShelfRules | None = None
    """How the shop wants its answers arranged; None leaves candidates in their order."""
    pins: Sequence[tuple[str, int]] = ()
    """Ids of items and the places, from 1, where they must stand; they come before those of the rules."""
    boosts: Sequence[Boost] = ()
    """Items that count for more or less in this answer."""
    diversity: float | None = None
    """0 leaves the order as it is, 1 lets categories take turns; None for what the rules say."""
    explores: bool = True
    """False shows no little-seen item, whatever the rules say."""

    @property
    def usual(self) -> Usual:
        """How answers for the placement are arranged where nothing is said."""
        return _AS_IS if self.rules is None else self.rules.usual(self.placement)

    def asked_rule(self, shelf: Shelf) -> ShelfRule | None:
        """What is asked to be pinned and boosted, as a rule about the items of ``shelf``; None where nothing is."""
        if not (self.pins or self.boosts):
            return None
        pins = [Pin(item=item, place=place) for item, place in self.pins]
        return on_shelf(Rule(name="this request", pin=pins, boost=list(self.boosts)), shelf)


READY, ARRANGED, FRESH = "ready", "arranged", "fresh"
"""How answers come about."""


class Answer(NamedTuple):
    """Items in order, and how they came about."""

    items: tuple[Candidate, ...]
    """The items, best first; scores do not rise."""
    fallback: str | None
    """Why the answer is not personal; None when it is for this person, or for the items on the page."""
    how: str = ARRANGED
    """``READY`` was arranged when the snapshot was made, ``ARRANGED`` now, ``FRESH`` with what the person just did."""
    explored: Explored | None = None
    """The little-seen item on this or an earlier page of the answer; None where there is none."""


def day_of(moment: datetime, timezone: str) -> date:
    """The day of a moment in the shop's time zone."""
    # No zone changes its offset, or begins its day, within a minute.
    return _day_of_minute(moment.replace(second=0, microsecond=0), timezone)


@lru_cache(maxsize=64)
def _day_of_minute(moment: datetime, timezone: str) -> date:
    return moment.astimezone(_zone(timezone)).date()


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
