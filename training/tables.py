"""Training tables: features of customers at a cutoff, and what they ordered within the horizon after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints
from features.behaviour import Behaviour
from features.contacts import first_contact_days
from features.customers import CustomerFeatures, customer_features
from features.events.engine import map_buckets
from features.history import DAY_US, PURCHASE, RETURN, History
from features.moments import microseconds
from features.progress import Progress
from features.shop.anomalies import REASONS, Anomalies
from training.cutoffs import checked_horizon, shifted

KINDS = ("visitor", "one_order", "repeat")
"""The kinds of people by the days on which they have ordered: none, one, several."""

HIGH_VALUE_SHARE = 0.2
"""This share of the buyers, those with the largest net spend, is of high value."""


@dataclass(frozen=True)
class CustomerTable:
    """Customers as they were known at one cutoff, and what they did in the horizon after it."""

    features: CustomerFeatures
    """What was known of them before the cutoff."""
    cutoff: datetime
    """The moment between the feature window and the label window."""
    horizon_days: int
    """Length of the label window, in days of the shop."""
    order_count: Ints
    """Net-positive orders in the label window; shape (n_customers,)."""
    order_days: Floats
    """Days from the cutoff to the first of those orders, NaN where there is none; shape (n_customers,)."""
    net_spend: Floats
    """Purchases minus returns in the label window, in the shop's currency; shape (n_customers,)."""
    contact_days: Floats
    """Days from the cutoff to the first contact in the label window, NaN where there is none; shape (n_customers,)."""
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """How many people were left out because they are set aside, by reason (see :mod:`features.shop.anomalies`)."""

    def __len__(self) -> int:
        return len(self.features)

    @property
    def ordered(self) -> Flags:
        """The label: whether the customer ordered within the horizon; shape ``(n_customers,)``."""
        return self.order_count > 0

    @property
    def treated(self) -> Flags:
        """Who was contacted in the label window before ordering in it; shape ``(n_customers,)``.

        A contact after the order cannot be why it was made.
        """
        return self.contact_days < np.where(self.ordered, self.order_days, np.inf)

    @property
    def label_end(self) -> datetime:
        """When the label window ends: so many days of the cutoff's own clock after it."""
        return self.cutoff + timedelta(days=self.horizon_days)

    def take(self, rows: Ints | Flags) -> CustomerTable:
        """The table of some of its rows, given by position or as flags."""
        return CustomerTable(
            taken(self.features, rows),
            self.cutoff,
            self.horizon_days,
            self.order_count[rows],
            self.order_days[rows],
            self.net_spend[rows],
            self.contact_days[rows],
            self.set_aside,
        )


def taken(features: CustomerFeatures, rows: Ints | Flags) -> CustomerFeatures:
    """The features of some rows, given by position or as flags."""
    positions = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    return CustomerFeatures(features.customer_ids.take(pa.array(positions)), features.names, features.values[positions])


def joined(parts: Sequence[CustomerFeatures]) -> CustomerFeatures:
    """One feature table of several with the same columns; at least one is needed."""
    return CustomerFeatures(
        pa.concat_arrays([part.customer_ids for part in parts]),
        parts[0].names,
        np.concatenate([part.values for part in parts]),
    )


def buyers(features: CustomerFeatures) -> Flags:
    """Who has ordered before the cutoff; shape ``(n_customers,)``."""
    return features.column("purchase_day_count") > 0


def kind_codes(features: CustomerFeatures) -> Ints:
    """The kind of each customer as a position in :data:`KINDS`; shape ``(n_customers,)``."""
    days = np.nan_to_num(features.column("purchase_day_count"))
    return np.clip(days, 0, len(KINDS) - 1).astype(np.int64)


def groups(features: CustomerFeatures) -> Mapping[str, Flags]:
    """The kinds of people: ``visitor``, ``one_order`` and ``repeat`` by purchase days, and ``high_value`` buyers."""
    days = features.column("purchase_day_count")
    return {
        "visitor": days == 0,
        "one_order": days == 1,
        "repeat": days >= 2,
        "high_value": high_value(days > 0, features.column("net_spend_all")),
    }


def high_value(bought: Flags, net_spend: Floats) -> Flags:
    """The buyers whose net spend is among the highest fifth; nobody where nobody has spent anything."""
    if not bought.any():
        return bought
    limit = np.quantile(net_spend[bought], 1 - HIGH_VALUE_SHARE)
    return bought & (net_spend >= limit) & (net_spend > 0)


@dataclass(frozen=True)
class StandingOrders:
    """The orders of some customers in a label window of which not every piece went back."""

    count: Ints
    """How many; shape (n_customers,)."""
    first_us: Floats
    """When the first was made, in microseconds since 1970, NaN where there is none; shape (n_customers,)."""


def standing_orders(later: pa.Table, customer_ids: pa.Array) -> StandingOrders:
    """The orders among the events ``later`` that stand for each customer.

    ``later`` holds the events of a label window as :meth:`features.events.reader.EventReader.bucket` gives them. Lines
    with one ``order_id`` are one order, and without any those of one local day. Returns with the same ``order_id``
    subtract, item by item: an order of which every piece went back does not count.
    """
    lines = later.filter(pc.is_in(later["kind"].cast(pa.string()), pa.array(["purchase", "return"])))
    customer = pc.fill_null(pc.index_in(lines["customer_id"], value_set=customer_ids), -1)
    returned = pc.equal(lines["kind"].cast(pa.string()), "return").to_numpy()
    order = _codes(lines["order_id"])
    moved = pa.table(
        {
            "customer": customer,
            # Orders without an id are told apart by their day, in a range of their own below zero.
            "order": np.where(order >= 0, order, -1 - lines["local_day"].to_numpy().astype(np.int64)),
            "item": _codes(lines["item_id"]),
            "pieces": np.where(returned, -1.0, 1.0) * lines["quantity"].to_numpy(),
            "bought_us": pa.array(lines["occurred_us"].to_numpy(), mask=returned),
        }
    ).filter(pc.greater_equal(customer, 0))
    # Buckets are read side by side already: no threads of Arrow's beside them.
    by_item = moved.group_by(["customer", "order", "item"], use_threads=False).aggregate(
        [("pieces", "sum"), ("bought_us", "min")]
    )
    kept = by_item.filter(pc.greater(by_item["pieces_sum"], 0))
    orders = kept.group_by(["customer", "order"], use_threads=False).aggregate([("bought_us_min", "min")])
    buyer = orders["customer"].to_numpy()
    first_us = np.full(len(customer_ids), np.nan)
    np.fmin.at(first_us, buyer, orders["bought_us_min_min"].to_numpy().astype(np.float64))
    return StandingOrders(np.bincount(buyer, minlength=len(customer_ids)), first_us)


def label_spend(window: History, customer_ids: pa.Array) -> Floats:
    """Net spend in a label window of each customer, 0 of who is not in it; shape ``(n_customers,)``.

    ``window`` is the history before the end of the label window, made of the events in it alone. As in the features, a
    price is the one paid, else the item's list price, and a line without any counts as 0.
    """
    rows = window.of(PURCHASE, RETURN)
    signed = np.where(window.kind[rows] == RETURN, -1.0, 1.0) * window.quantity[rows]
    spend = window.sums(window.customer[rows], signed * np.nan_to_num(window.price[rows]))
    place = pc.fill_null(pc.index_in(window.customer_ids, value_set=customer_ids), -1).to_numpy()
    found = np.zeros(len(customer_ids))
    found[place[place >= 0]] = spend[place >= 0]
    return found


def _codes(column: pa.ChunkedArray) -> Ints:
    """A number for each distinct text, -1 for null."""
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    codes = pc.fill_null(array.dictionary_encode().indices, -1)
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)


def bucket_tables(
    behaviour: Behaviour, cutoff: datetime, horizon_days: int, *, progress: Progress | None = None
) -> Iterator[CustomerTable]:
    """The table of each bucket in order, made several at a time as they are asked for.

    Anomalous people are left out and counted. Labels know only what was known before the end of the label window;
    features, what was known before ``cutoff``.
    """
    checked_horizon(horizon_days)
    cutoff = cutoff.astimezone(ZoneInfo(behaviour.settings.timezone))
    end = shifted(cutoff, horizon_days, behaviour.settings.timezone)
    catalogue, later_catalogue = behaviour.catalogue(cutoff), behaviour.catalogue(end)
    anomalies = Anomalies.before(behaviour, cutoff, catalogue)
    start_us = microseconds(cutoff)

    def table(bucket: int) -> CustomerTable:
        history = behaviour.history(bucket, cutoff, catalogue)
        aside = anomalies.set_aside(history)
        features = taken(customer_features(history), ~aside.flags)
        ids = features.customer_ids
        later = behaviour.reader.bucket(bucket, since=cutoff, before=end)
        orders = standing_orders(later, ids)
        return CustomerTable(
            features,
            cutoff,
            horizon_days,
            orders.count,
            (orders.first_us - start_us) / DAY_US,
            label_spend(History.before(later, end, later_catalogue), ids),
            first_contact_days(behaviour.contacts, ids, cutoff, end),
            aside.counts(),
        )

    return map_buckets(table, behaviour.buckets, progress=progress)


def customer_table(
    behaviour: Behaviour,
    cutoff: datetime,
    horizon_days: int,
    *,
    most_rows: int | None = None,
    progress: Progress | None = None,
) -> CustomerTable:
    """The table of the whole shop, or of as many buckets as give ``most_rows`` customers.

    A customer's bucket is a hash of the id, so some buckets are an unbiased sample of the customers.
    """
    parts: list[CustomerTable] = []
    for part in bucket_tables(behaviour, cutoff, horizon_days, progress=progress):
        parts.append(part)
        if most_rows is not None and sum(map(len, parts)) >= most_rows:
            break
    return CustomerTable(
        joined([part.features for part in parts]),
        parts[0].cutoff,
        horizon_days,
        np.concatenate([part.order_count for part in parts]),
        np.concatenate([part.order_days for part in parts]),
        np.concatenate([part.net_spend for part in parts]),
        np.concatenate([part.contact_days for part in parts]),
        {reason: sum(part.set_aside[reason] for part in parts) for reason in REASONS},
    )
