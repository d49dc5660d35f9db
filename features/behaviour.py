"""Everything that is known of one shop, pinned to one version: events, items, customers and contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from features.catalogue import Catalogue
from features.events.engine import map_buckets
from features.events.reader import EventReader
from features.history import History
from features.moments import local_date
from features.progress import Progress
from features.shop.promotions.calendar import Calendar
from features.shop.promotions.promotion_days import PromotionDays
from features.shop_folder import ShopFolder, ShopSettings

Result = TypeVar("Result")

_EARLIEST = date(1990, 1, 1)

KEPT_CATALOGUES = 16
"""A training looks at some twenty-five cutoffs, most of them twice within so many others."""


@dataclass(frozen=True)
class Behaviour:
    """One version of a shop's memory; later imports do not change it."""

    settings: ShopSettings
    """The shop's settings."""
    reader: EventReader
    """The events."""
    items: pa.Table
    """The items, in ``ITEM_SCHEMA``."""
    customers: pa.Table
    """The customers that were described, in ``CUSTOMER_SCHEMA``."""
    contacts: pa.Table
    """Whom campaigns chose, in ``STORED_CONTACT_SCHEMA``, ordered by customer and time."""
    calendar: Calendar
    """When it has sales."""
    _catalogues: dict[datetime, Catalogue] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, shop: ShopFolder, version: int | None = None) -> Behaviour:
        """What ``shop`` knows now, or knew at an older version of its events."""
        from features.events.warehouse import Warehouse  # and the table engine, which nothing else here needs

        warehouse = Warehouse.open(shop)
        described = warehouse.items(), warehouse.customers(), warehouse.contacts()
        return cls(shop.settings, warehouse.reader(version), *described, Calendar.of(shop))

    @property
    def buckets(self) -> range:
        """The numbers of the buckets."""
        return range(self.reader.buckets)

    def catalogue(self, cutoff: datetime) -> Catalogue:
        """The items and sales known before ``cutoff``; the newest few are kept, as a training asks for each often."""
        found = self._catalogues.pop(cutoff, None)
        self._catalogues[cutoff] = found = self._catalogue(cutoff) if found is None else found
        if len(self._catalogues) > KEPT_CATALOGUES:
            del self._catalogues[next(iter(self._catalogues))]
        return found

    def _catalogue(self, cutoff: datetime) -> Catalogue:
        seen = self.reader.item_ids(cutoff)
        listed = self.items.filter(pc.is_valid(self.items["price"]))["item_id"].combine_chunks()
        priceless = seen.filter(pc.invert(pc.is_in(seen, value_set=listed)))
        paid = self.reader.median_paid(cutoff, priceless)
        return Catalogue.before(self.items, seen, cutoff, paid, self._promotions(cutoff))

    def history(self, bucket: int, cutoff: datetime, catalogue: Catalogue) -> History:
        """What was known of the customers of one bucket before ``cutoff``."""
        return History.before(self.reader.bucket(bucket, before=cutoff), cutoff, catalogue)

    def _promotions(self, cutoff: datetime) -> PromotionDays:
        today = local_date(cutoff, self.settings.timezone)
        return PromotionDays.of(self.calendar.days(_EARLIEST, today + timedelta(days=1)))

    def map_histories(
        self,
        function: Callable[[int, History], Result],
        cutoff: datetime,
        catalogue: Catalogue,
        *,
        buckets: Iterable[int] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Result]:
        """``function(bucket, history)`` for each bucket, in order, several at a time."""
        numbers = self.buckets if buckets is None else buckets
        return map_buckets(
            lambda bucket: function(bucket, self.history(bucket, cutoff, catalogue)), numbers, progress=progress
        )
