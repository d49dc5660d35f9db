"""What was planted in a simulated shop, to be compared with what is found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.events.simulated.arrays import Floats
from features.events.simulated.block import World
from features.events.simulated.catalogue import BANDS, Catalogue
from features.events.simulated.event_table import stored_ids
from features.events.simulated.people import Group, People
from features.events.simulated.promotions import promotion_table
from features.events.simulated.shop_calendar import ShopCalendar

TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class SimulatedTruth:
    """The planted truth, one table for each kind of thing."""

    customers: pa.Table
    """``customer_id`` as stored (visitors behind ``visitor:``), ``group`` (visitor, one_order, regular,
    promotion_only, bot), ``cycle_days`` (median days between a regular's orders), ``leaving_at`` (no
    purchase from then on), ``loved_categories`` (most loved first) and ``price_band`` (low, middle, high)."""
    complements: pa.Table
    """``item_id``, ``complement_item_id`` and the ``probability`` that a buyer of the first buys the
    second too, in the same order or within a week."""
    promotions: pa.Table
    """``name``, ``starts_on``, ``ends_on`` (last day), ``discount``, ``categories`` (empty: everything)."""
    trending: pa.Table
    """``item_id`` and ``rises_from``, the moment from which its category looks at it more and more."""

    def tables(self) -> dict[str, pa.Table]:
        """The tables by name."""
        return {
            "customers": self.customers,
            "complements": self.complements,
            "promotions": self.promotions,
            "trending": self.trending,
        }


def people_truth(people: People, world: World) -> pa.Table:
    """What was planted in one block of people."""
    person = people.first_person + np.arange(len(people))
    named = [category.name for category in world.catalogue.categories]
    loved = [[named[place] for place in row if place >= 0] for row in people.loved.tolist()]
    regular = people.group == Group.REGULAR
    return pa.table(
        {
            "customer_id": pa.array(stored_ids(person, world.settings.customers), pa.string()),
            "group": pa.array([Group(code).name.lower() for code in people.group.tolist()], pa.string()),
            "cycle_days": pa.array(people.cycle_days, mask=~regular),
            "leaving_at": _moments(people.leaving_day, world.calendar),
            "loved_categories": pa.array(loved, pa.list_(pa.string())),
            "price_band": pa.array([BANDS[code] for code in people.band.tolist()], pa.string()),
        }
    )


def _moments(days: Floats, calendar: ShopCalendar) -> pa.Array:
    never = ~np.isfinite(days)
    return pa.array(calendar.utc_us(np.where(never, 0.0, days)), TIME, mask=never)


def simulated_truth(world: World, customers: pa.Table) -> SimulatedTruth:
    """The planted truth of a shop whose people's truth is already one table."""
    named = [category.name for category in world.catalogue.categories]
    return SimulatedTruth(
        customers=customers,
        complements=_complements(world.catalogue),
        promotions=promotion_table(world.promotions, world.settings, named),
        trending=_trending(world.catalogue, world.calendar),
    )


def _complements(catalogue: Catalogue) -> pa.Table:
    leaders = np.flatnonzero(catalogue.complement >= 0)
    ids = pa.array(catalogue.ids, pa.string())
    return pa.table(
        {
            "item_id": ids.take(pa.array(leaders)),
            "complement_item_id": ids.take(pa.array(catalogue.complement[leaders])),
            "probability": pa.array(catalogue.complement_probability[leaders]),
        }
    )


def _trending(catalogue: Catalogue, calendar: ShopCalendar) -> pa.Table:
    items = catalogue.trending[catalogue.trending >= 0]
    from_day = np.full(len(items), catalogue.trending_from_day)
    ids = pa.array(catalogue.ids, pa.string())
    return pa.table({"item_id": ids.take(pa.array(items)), "rises_from": pa.array(calendar.utc_us(from_day), TIME)})
