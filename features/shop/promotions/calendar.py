"""The shop's calendar: the sales, holidays and seasons of the built-in calendars that it keeps, and its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from features.shop.promotions.built_in import CHINESE, INTERNATIONAL, LAST_YEAR, built_in
from features.shop.promotions.own_promotions import OwnPromotions
from features.shop.promotions.promotion import PROMOTION_KINDS, SALE, Promotion
from features.shop_folder import ShopFolder, ShopSettings

_PLACES = "Shanghai Chongqing Chungking Harbin Urumqi Kashgar Hong_Kong Macau Macao Taipei"

CHINESE_ZONES = frozenset({"PRC", "Hongkong", "ROC", *(f"Asia/{place}" for place in _PLACES.split())})
"""The time zones of shops that keep the Chinese calendar unless they say otherwise."""

CHINESE_CURRENCIES = frozenset({"CNY", "HKD", "MOP", "TWD"})
"""The currencies that say so where the time zone is UTC and says nothing."""


@dataclass(frozen=True)
class Calendar:
    """When a shop has promotions."""

    calendars: tuple[str, ...] = ()
    """The built-in calendars that it keeps."""
    own: tuple[Promotion, ...] = ()
    """Its own promotions."""

    @classmethod
    def of(cls, shop: ShopFolder) -> Calendar:
        """The calendar of a shop; raises :class:`HuitouError` when its ``promotions.json`` is wrong."""
        own = OwnPromotions.in_folder(shop.path).promotions
        return cls(kept_calendars(shop.settings), tuple(each.promotion for each in own))

    def between(self, first: date, until: date, kinds: Collection[str] = PROMOTION_KINDS) -> list[Promotion]:
        """The promotions with a day in ``[first, until)``, in order of their first day."""
        return [each for each in self._around(first, until) if each.kind in kinds and first <= each.last_day]

    def next(self, day: date, n: int = 1, kinds: Collection[str] = PROMOTION_KINDS) -> list[Promotion]:
        """The next ``n`` promotions that begin on ``day`` or later, in order of their first day."""
        found: list[Promotion] = []
        # Beyond this day there is nothing: what is built in ends with its last year.
        last = max((each.first_day for each in self.own), default=day)
        last = max(last, date(LAST_YEAR, 12, 31)) if self.calendars else last
        until = day
        while len(found) < n and day <= until <= last and until < date.max:
            until = _later(until, 366)
            found = [each for each in self.between(day, until, kinds) if each.first_day >= day]
        return found[:n]

    def days(self, first: date, until: date, kinds: Collection[str] = (SALE,)) -> set[date]:
        """The days in ``[first, until)`` of promotions of these kinds; a promotion day is a day of a sale."""
        found: set[date] = set()
        for each in self.between(first, until, kinds):
            begins, ends = max(each.first_day, first), min(each.last_day + timedelta(days=1), until)
            found |= {begins + timedelta(days=passed) for passed in range((ends - begins).days)}
        return found

    def _around(self, first: date, until: date) -> Sequence[Promotion]:
        """The promotions that begin before ``until``, from the year before ``first`` on, each once."""
        known = {(each.key, each.first_day): each for each in self._told(first.year - 1, until.year + 1)}
        found = [each for each in known.values() if each.first_day < until]
        return sorted(found, key=lambda each: (each.first_day, each.last_day, each.key))

    def _told(self, first_year: int, last_year: int) -> Iterator[Promotion]:
        yield from self.own
        for name in self.calendars:
            for year in range(first_year, min(last_year, LAST_YEAR) + 1):
                yield from built_in(name, year)


def kept_calendars(settings: ShopSettings) -> tuple[str, ...]:
    """The built-in calendars that a shop keeps: those it names, else the one of its time zone or currency.

    A shop in China, Hong Kong, Macau or Taiwan keeps the Chinese one, and so does one whose time zone is UTC and
    whose money is of there; every other keeps the international one.
    """
    if settings.promotion_calendars is not None:
        return settings.promotion_calendars
    says_nothing = settings.timezone in ("UTC", "Etc/UTC")
    chinese = settings.timezone in CHINESE_ZONES or (says_nothing and settings.currency in CHINESE_CURRENCIES)
    return (CHINESE,) if chinese else (INTERNATIONAL,)


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))
