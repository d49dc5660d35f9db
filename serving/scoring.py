"""The rows of ``customers.parquet``: what is known and predicted of each customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Floats, among, ratio
from features.behaviour import Behaviour
from features.contacts import contact_marks
from features.customers import CustomerFeatures, customer_features
from features.history import History
from features.moments import day_number
from features.shop.groups.group_rules import GroupRules
from features.shop.groups.known import Known
from features.shop.promotions.price_sensitivity import PriceSensitivity
from features.shop_folder import ShopSettings
from serving.care.told_columns import told_columns
from serving.snapshot_parts.customer_columns import (
    INCREMENTAL_PROFIT,
    YEAR_DAYS,
    churn_probability,
    expected_net_spend,
    expected_orders,
    order_probability,
    uplift,
)
from training.bundle import Bundle
from training.customers.ahead.timing import customer_gaps
from training.customers.explaining.reasons import reasons
from training.tables import KINDS, kind_codes

_DATES = {
    "next_order_on": "next_order_days",
    "next_order_from": "next_order_low_days",
    "next_order_until": "next_order_high_days",
}
"""Columns of dates, and the days from now that they come from."""


def scored_table(behaviour: Behaviour, bundle: Bundle, history: History, rules: GroupRules) -> pa.Table:
    """The rows of the customers of ``history``, but for ``set_aside``; ``rules`` say who is in which group."""
    features = customer_features(history)
    kinds = kind_codes(features)
    chances = bundle.order_probabilities(features)
    orders, silence = features.column("order_count_all"), features.column("days_since_purchase")
    propensity = bundle.propensity
    marks = contact_marks(behaviour.contacts, features.customer_ids, history.cutoff)
    used_to = PriceSensitivity.of(history)
    columns: dict[str, pa.Array] = {
        "customer_id": features.customer_ids,
        **rules.groups(Known.of(history), used_to.discount_order_share, used_to.promotion_order_share).columns,
        "kind": _named(KINDS, kinds),
        "tier": _named([propensity.tiers[kind] for kind in KINDS], kinds),
        "method": _named([propensity.methods[kind] for kind in KINDS], kinds),
    }
    for days, ordering in chances.items():
        columns[order_probability(days)] = _numbers(ordering, 6)
        columns[churn_probability(days)] = _numbers(np.where(kinds > 0, 1 - ordering, np.nan), 6)
    columns |= _outlook(bundle, features, history, chances[propensity.horizon_days], behaviour.settings.timezone)
    columns |= _uplift(bundle, features, columns, behaviour.settings)
    columns |= {
        "order_count_all": pa.array(orders.astype(np.int64)),
        "net_spend_all": _numbers(features.column("net_spend_all"), 2),
        "days_since_last_order": _numbers(silence, 2),
        "days_since_any": _numbers(features.column("days_since_any"), 2),
        "purchase_gap_mean_days": _numbers(features.column("purchase_gap_mean_days"), 2),
        **used_to.columns(),
        "days_since_contact": _numbers(marks.days_since_contact, 2),
        "contact_count_30d": pa.array(marks.contact_count_30d),
        "contactable": pa.array(~among(features.customer_ids, people_without(behaviour, "contactable"))),
        "personalized": pa.array(~among(features.customer_ids, people_without(behaviour, "personalized"))),
        **told_columns(behaviour.customers, features.customer_ids),
        "reasons": reasons(propensity, features, chances[propensity.horizon_days]).column(),
    }
    return pa.table(columns)


def people_without(behaviour: Behaviour, flag: str) -> pa.Array:
    """Ids of the customers for whom a flag was set to false."""
    customers = behaviour.customers
    said_no = pc.invert(pc.fill_null(customers[flag], True))
    return customers.filter(said_no)["customer_id"].combine_chunks()


def _outlook(
    bundle: Bundle, features: CustomerFeatures, history: History, chance: Floats, timezone: str
) -> dict[str, pa.Array]:
    """Expected orders and spend, and the date of the next order; ``chance`` is that of an order in the horizon."""
    found = _agreeing(bundle.outlook.columns(features, customer_gaps(history)), chance, bundle.outlook.horizon_days)
    columns = {name: _numbers(values, 4) for name, values in found.items() if name.startswith("expected_")}
    columns |= {name: _dates(history.cutoff, found[days], ZoneInfo(timezone)) for name, days in _DATES.items()}
    # Rounded up: what is overdue by minutes has no date either, and must not look as if it were not overdue.
    columns["overdue_days"] = _numbers(np.ceil(found["overdue_days"] * 10) / 10, 1)
    return columns | {"purchase_cycle_days": _numbers(found["purchase_cycle_days"], 1)}


def _uplift(
    bundle: Bundle, features: CustomerFeatures, columns: Mapping[str, pa.Array], settings: ShopSettings
) -> dict[str, pa.Array]:
    """How much likelier a message makes an order, and what it is expected to earn beyond its cost.

    The profit is uplift x net spend of an order x margin - cost of a contact; null where nobody knows.
    """
    days, found = bundle.propensity.horizon_days, bundle.uplift.uplift(features)
    spend, orders = (
        columns[name(days)].to_numpy(zero_copy_only=False) for name in (expected_net_spend, expected_orders)
    )
    profit = found * ratio(spend, orders) * settings.order_margin - settings.contact_cost
    return {uplift(days): _numbers(found, 6), INCREMENTAL_PROFIT: _numbers(profit, 4)}


def _agreeing(found: dict[str, Floats], chance: Floats, horizon_days: int) -> dict[str, Floats]:
    """At least as many orders as there is a chance of one, and as many in a year as in the horizon, spend with them."""
    bound = np.zeros_like(chance)
    for days in sorted({horizon_days, YEAR_DAYS}):
        orders, spend = expected_orders(days), expected_net_spend(days)
        raised = np.maximum(found[orders], np.maximum(bound, chance) if days >= horizon_days else bound)
        found |= {orders: raised, spend: found[spend] * np.nan_to_num(ratio(raised, found[orders]), nan=1.0)}
        bound = raised
    return found


def _dates(moment: datetime, days: Floats, timezone: ZoneInfo) -> pa.Array:
    """The shop's dates so many days after a moment, null where there is none; the last there is where it is beyond."""
    local = moment.astimezone(timezone)
    passed = (local.hour * 60 + local.minute) / 1440
    number = np.minimum(day_number(local.date()) + np.floor(days + passed), day_number(date.max))
    known = ~np.isnan(number)
    return pa.array(np.where(known, number, 0).astype(np.int32), mask=~known).cast(pa.date32())


def _named(names: tuple[str, ...] | list[str], codes: np.ndarray) -> pa.Array:
    return pa.array(list(names), pa.string()).take(pa.array(codes))


def _numbers(values: Floats, decimals: int) -> pa.Array:
    """Rounded numbers, null where there is none."""
    return pa.array(np.round(values.astype(np.float64), decimals), from_pandas=True)
