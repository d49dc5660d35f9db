"""What a simulated shop is like, and where its randomness comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from features.errors import HuitouError

BLOCK_SIZE = 2_000
"""People simulated together. Fixed, so that the size of a chunk never changes what happens."""

SHARES = ("visitor_share", "one_order_share", "promotion_only_share", "bot_share")


class Stream(IntEnum):
    """Independent sources of randomness: what one draws never changes what another gives."""

    CATALOGUE = 0
    PROMOTIONS = 1
    GROUPS = 2
    PEOPLE = 3
    ORDERS = 4
    ORDER_VISITS = 5
    BROWSING = 6
    BOTS = 7
    ENDING = 8


@dataclass(frozen=True)
class SimulationSettings:
    """The size and the character of a simulated shop. Customers in none of the groups below are regulars."""

    customers: int = 20_000
    """People with an account, 1 to 9,000,000."""
    items: int = 2_000
    """Items in the catalogue, 1 to 1,000,000."""
    days: int = 365
    """Length of the history in local days, 1 to 10,000."""
    seed: int = 7
    """Same seed, same shop; 0 or more."""
    start: date = date(2025, 1, 1)
    """First local day of the history, 1990 to 2100."""
    timezone: str = "Asia/Shanghai"
    """The shop's time zone, an IANA name."""
    events_per_customer: float = 100.0
    """Mean number of events of all kinds per account, above 0, up to 5000, reached within about a tenth.
    Orders come from the planted cycles, browsing fills up the rest. Where orders and what leads to them would
    pass 60 % of the wish (in a year: a wish below about 70), all cycles are lengthened. About 0.27 a day of
    history keeps the kinds of event in their usual proportions."""
    anonymous_share: float = 0.25
    """Visitors without an account, as a part of ``customers``; they come on top of them, 0 to 10."""
    visitor_share: float = 0.22
    """Accounts that never order, 0 to 1."""
    one_order_share: float = 0.25
    """Accounts that order once and then leave, 0 to 1."""
    promotion_only_share: float = 0.07
    """Accounts that order during promotions only, 0 to 1."""
    bot_share: float = 0.002
    """Bots as a part of ``customers``; half use accounts, half come as visitors, 0 to 1."""
    bot_event_share: float = 0.05
    """The bots' part of all events when there are bots, 0 to 0.5."""
    leaver_share: float = 0.40
    """Regulars who leave at some moment of the history, 0 to 1."""
    return_share: float = 0.05
    """Order lines that are sent back some days later, 0 to 1."""

    def __post_init__(self) -> None:
        for name, most in (("customers", 9_000_000), ("items", 1_000_000), ("days", 10_000)):
            self._require(name, 1 <= getattr(self, name) <= most, f"1 to {most}")
        self._require("seed", self.seed >= 0, "0 or more")
        self._require("start", 1990 <= self.start.year <= 2100, "a day from 1990 to 2100")
        self._require("events_per_customer", 0 < self.events_per_customer <= 5_000, "above 0, up to 5000")
        self._require("anonymous_share", 0 <= self.anonymous_share <= 10, "0 to 10")
        self._require("bot_event_share", 0 <= self.bot_event_share <= 0.5, "0 to 0.5")
        for name in (*SHARES, "leaver_share", "return_share"):
            self._require(name, 0 <= getattr(self, name) <= 1, "0 to 1")
        self._require("visitor_share", sum(getattr(self, name) for name in SHARES) <= 1, _TOGETHER)
        self._require("timezone", _is_time_zone(self.timezone), "an IANA name such as Asia/Shanghai")

    def _require(self, name: str, holds: bool, allowed: str) -> None:
        if not holds:
            value = getattr(self, name)
            raise HuitouError(
                f"{name} of a simulated shop must be {allowed}; got {value}. Give it such a value.",
                field=name,
                value=value,
                allowed=allowed,
            )

    @property
    def anonymous_visitors(self) -> int:
        """Number of visitors without an account."""
        return round(self.customers * self.anonymous_share)

    @property
    def people(self) -> int:
        """Number of people: accounts first, then visitors without one."""
        return self.customers + self.anonymous_visitors

    @property
    def blocks(self) -> int:
        """Number of blocks of people."""
        return -(-self.people // BLOCK_SIZE)

    def random(self, stream: Stream, block: int = 0) -> np.random.Generator:
        """The generator of one stream for one block of people, the same at each call."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(int(stream), block)))


_TOGETHER = "small enough that visitor, one-order, promotion-only and bot shares are at most 1 together"


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
