"""The customer features as one would write them in pandas: a filter and a group-by for each.

It is what ``benchmarks.features`` compares Huitou with, and it must give the same numbers.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from features.customer_orders import ORDER_WINDOW_DAYS
from features.customers import COUNTED, PRESENCE_WINDOW_DAYS, WINDOW_DAYS
from features.events.event import KINDS

Columns = dict[str, "pd.Series[Any]"]


def prepared(events: pd.DataFrame, items: pd.DataFrame, cutoff: datetime) -> pd.DataFrame:
    """Stored events with what the features need beside them, ordered by customer and time."""
    frame = events.merge(items, on="item_id", how="left")
    frame["kind"] = pd.Categorical(frame["kind"], categories=list(KINDS), ordered=True)
    frame = frame.sort_values(["customer_id", "occurred_at", "kind", "item_id"], ignore_index=True)
    frame["customer_id"] = frame["customer_id"].astype("category")
    frame["age"] = (pd.Timestamp(cutoff) - frame["occurred_at"]).dt.total_seconds() / 86_400
    frame["paid"] = frame["unit_price"].fillna(frame["price"])
    frame["value"] = frame["quantity"] * frame["paid"].fillna(0)
    return frame


def pandas_features(frame: pd.DataFrame, levels: pd.Series[Any], sales: pd.DatetimeIndex) -> pd.DataFrame:
    """All customer features of :func:`prepared` events of items that all have a list price.

    ``levels`` has the price level of each item, ``sales`` the days of sales.
    """
    columns: Columns = {}
    for family in (counts, recency, presence, orders, gaps, open_items, variety, prices, habits):
        columns |= family(frame)
    columns |= promotions(frame, sales)
    level = frame["item_id"].map(levels)
    columns["price_level"] = level.groupby(frame["customer_id"], observed=True).mean()
    table = pd.DataFrame({name: column.rename(str) for name, column in columns.items()})
    counted = re.compile(r".*_count|active_days|net_spend|open_.*_value")
    zero = [name for name in columns if counted.match(name)]
    table[zero] = table[zero].fillna(0)
    return table.assign(**conversion(table), **trends(table))


def size(frame: pd.DataFrame) -> pd.Series[Any]:
    """Rows of each customer."""
    return frame.groupby("customer_id", observed=True).size().astype(float)


def counts(frame: pd.DataFrame) -> Columns:
    """Events of each kind in windows."""
    columns = {}
    for kind in COUNTED:
        of_kind = frame[frame["kind"] == kind]
        for days in WINDOW_DAYS:
            columns[f"{kind}_count_{days}d"] = size(of_kind[of_kind["age"] <= days])
        columns[f"{kind}_count_all"] = size(of_kind)
    return columns


def recency(frame: pd.DataFrame) -> Columns:
    """Days since the newest of each kind."""
    ages = frame.groupby("customer_id", observed=True)["age"]
    columns = {"days_since_any": ages.min(), "days_since_first": ages.max()}
    for kind in COUNTED:
        of_kind = frame[frame["kind"] == kind]
        columns[f"days_since_{kind}"] = of_kind.groupby("customer_id", observed=True)["age"].min()
    return columns


def presence(frame: pd.DataFrame) -> Columns:
    """Active days in windows and their gaps."""
    columns = {}
    for days in PRESENCE_WINDOW_DAYS:
        recent = frame[frame["age"] <= days]
        columns[f"active_days_{days}d"] = recent.groupby("customer_id", observed=True)["local_date"].nunique()
    grouped = frame.groupby("customer_id", observed=True)
    active = grouped["local_date"].nunique()
    newest = grouped["age"].min()
    gap = ((grouped["age"].max() - newest) / (active - 1)).where(active > 1)
    columns["active_days_all"] = active
    return columns | {"visit_gap_mean_days": gap, "visit_churn_factor": newest / gap.clip(lower=0.5)}


def orders(frame: pd.DataFrame) -> Columns:
    """Orders and net spend."""
    bought = frame[frame["kind"] == "purchase"]
    key = bought["order_id"].fillna(bought["local_date"].astype(str))
    found = bought.groupby(["customer_id", key], observed=True, sort=False).agg(
        age=("age", "max"), value=("value", "sum"), lines=("value", "size")
    )
    found = found.reset_index("customer_id").sort_values(["customer_id", "age"], ascending=[True, False])
    moved = frame[frame["kind"].isin(["purchase", "return"])]
    signed = moved["value"].where(moved["kind"] == "purchase", -moved["value"])
    columns = {}
    for days in ORDER_WINDOW_DAYS:
        columns[f"order_count_{days}d"] = size(found[found["age"] <= days])
        recent = moved["age"] <= days
        spent = signed[recent].groupby(moved.loc[recent, "customer_id"], observed=True).sum()
        columns[f"net_spend_{days}d"] = spent
    grouped = found.groupby("customer_id", observed=True)
    returned = frame[frame["kind"] == "return"]
    return columns | {
        "order_count_all": size(found),
        "net_spend_all": signed.groupby(moved["customer_id"], observed=True).sum(),
        "order_value_mean": grouped["value"].mean(),
        "order_value_last": grouped["value"].last(),
        "order_value_max": grouped["value"].max(),
        "lines_per_order": grouped["lines"].mean(),
        "return_count_all": size(returned),
        "days_since_return": returned.groupby("customer_id", observed=True)["age"].min(),
    }


def gaps(frame: pd.DataFrame) -> Columns:
    """Days between purchase days."""
    bought = frame[frame["kind"] == "purchase"]
    days = bought.drop_duplicates(["customer_id", "local_date"])
    gap = -days.groupby("customer_id", observed=True)["age"].diff().dropna()
    grouped = gap.groupby(days.loc[gap.index, "customer_id"], observed=True)
    ages = bought.groupby("customer_id", observed=True)["age"]
    since, first, mean = ages.min(), ages.max(), grouped.mean()
    deviation = grouped.std(ddof=0).where(grouped.size() > 1)
    previous = gap[grouped.cumcount(ascending=False) == 1]
    previous.index = pd.Index(days.loc[previous.index, "customer_id"])
    return {
        "purchase_day_count": size(days),
        "days_since_first_purchase": first,
        "purchase_gap_mean_days": mean,
        "purchase_gap_std_days": deviation,
        "purchase_gap_variation": deviation / mean,
        "purchase_gap_last_days": grouped.last(),
        "purchase_gap_shortest_days": grouped.min(),
        "purchase_gap_longest_days": grouped.max(),
        "purchase_gap_trend": grouped.last() / previous,
        "churn_factor": since / mean,
        "overdue_days": since - mean,
        "longest_gap_share": since / grouped.max(),
        "orders_per_year": size(days) / (first.clip(lower=30) / 365),
    }


def open_items(frame: pd.DataFrame) -> Columns:
    """Open carts and favourites."""
    columns = {}
    for name, opening, closing in (
        ("open_cart", "cart", "uncart"),
        ("open_favorite", "favorite", "unfavorite"),
    ):
        told = frame[frame["kind"].isin([opening, closing, "purchase"])]
        last = told.drop_duplicates(["customer_id", "item_id"], keep="last")
        lying = last[last["kind"] == opening]
        columns[f"{name}_count"] = size(lying)
        columns[f"{name}_count_7d"] = size(lying[lying["age"] <= 7])
        columns[f"{name}_value"] = lying.groupby("customer_id", observed=True)["price"].sum()
        columns[f"{name}_newest_days"] = lying.groupby("customer_id", observed=True)["age"].min()
    return columns


def variety(frame: pd.DataFrame) -> Columns:
    """Different items and categories."""
    grouped = frame.groupby("customer_id", observed=True)
    different = grouped["item_id"].nunique()
    told = frame.groupby(["customer_id", "category"], observed=True).size()
    share = told / told.groupby("customer_id", observed=True).transform("sum")
    by_customer = share.groupby("customer_id", observed=True)
    bought = frame[frame["kind"] == "purchase"].groupby(["customer_id", "item_id"], observed=True).size()
    of_bought = bought.groupby("customer_id", observed=True)
    return {
        "distinct_item_count": different,
        "events_per_item": grouped.size() / different,
        "distinct_category_count": by_customer.size(),
        "top_category_share": by_customer.max(),
        "category_entropy": (-share * np.log(share)).groupby("customer_id", observed=True).sum(),
        "distinct_bought_item_count": of_bought.size(),
        "repeat_item_share": (bought > 1).groupby("customer_id", observed=True).mean(),
    }


def prices(frame: pd.DataFrame) -> Columns:
    """Prices seen and paid, and discounts."""
    columns = {}
    for name, kind in (("viewed", "view"), ("bought", "purchase")):
        of_kind = frame[frame["kind"] == kind]
        columns[f"{name}_price_mean"] = of_kind.groupby("customer_id", observed=True)["paid"].mean()
    bought = frame[(frame["kind"] == "purchase") & (frame["price"] > 0) & frame["unit_price"].notna()]
    discount = (1 - bought["unit_price"] / bought["price"]).clip(0, 1)
    columns["discounted_share"] = (discount > 0.02).groupby(bought["customer_id"], observed=True).mean()
    columns["discount_mean"] = discount.groupby(bought["customer_id"], observed=True).mean()
    return columns


def promotions(frame: pd.DataFrame, sales: pd.DatetimeIndex) -> Columns:
    """What fell to sales and discounts."""
    bought = frame[frame["kind"] == "purchase"]
    key = bought["order_id"].fillna(bought["local_date"].astype(str))
    first_day = bought.groupby(["customer_id", key], observed=True)["local_date"].first()
    told = bought[(bought["price"] > 0) & bought["unit_price"].notna()]
    worth = told.assign(listed=told["quantity"] * told["price"], paid=told["quantity"] * told["unit_price"])
    totals = worth.groupby(["customer_id", key], observed=True)[["listed", "paid"]].sum()
    viewed = frame[frame["kind"] == "view"]
    shares = {
        "discount_order_share": totals["paid"] < 0.98 * totals["listed"],
        "promotion_order_share": first_day.isin(sales),
    }
    columns = {name: share.groupby("customer_id", observed=True).mean() for name, share in shares.items()}
    seen = viewed["local_date"].isin(sales).groupby(viewed["customer_id"], observed=True).mean()
    return columns | {"promotion_view_share": seen}


def habits(frame: pd.DataFrame) -> Columns:
    """Hours and weekdays."""
    angle = frame["local_hour"] * (2 * np.pi / 24)
    told = {
        "hour_sine_mean": np.sin(angle),
        "hour_cosine_mean": np.cos(angle),
        "night_share": (frame["local_hour"] < 6).astype(float),
        "weekend_share": (frame["local_date"].dt.weekday >= 5).astype(float),
    }
    return {name: values.groupby(frame["customer_id"], observed=True).mean() for name, values in told.items()}


def conversion(table: pd.DataFrame) -> Columns:
    """How often one kind led to the next."""
    return {
        f"{part}_per_{whole}": table[f"{part}_count_all"] / table[f"{whole}_count_all"].replace(0, np.nan)
        for part, whole in (
            *(("cart", "view"), ("favorite", "view"), ("purchase", "view")),
            *(("purchase", "cart"), ("return", "purchase")),
        )
    }


def trends(table: pd.DataFrame) -> Columns:
    """The newest days against those before."""

    def newest_share(kinds: list[str], newest: int, longer: int) -> pd.Series[Any]:
        recent = table[[f"{kind}_count_{newest}d" for kind in kinds]].sum(axis=1)
        before = table[[f"{kind}_count_{longer}d" for kind in kinds]].sum(axis=1) - recent
        recent, before = recent / newest, before / (longer - newest)
        return recent / (recent + before).replace(0, np.nan)

    everything = list(COUNTED)
    return {
        "activity_trend_7d_30d": newest_share(everything, 7, 30),
        "activity_trend_30d_90d": newest_share(everything, 30, 90),
        "activity_trend_90d_365d": newest_share(everything, 90, 365),
        "cart_trend_7d_30d": newest_share(["cart"], 7, 30),
        "purchase_trend_90d_365d": newest_share(["purchase"], 90, 365),
    }
