"""What the models found in a simulated shop, beside what was planted there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from features.events.simulate import SimulatedTruth
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_columns import churn_probability, order_probability

Finding = tuple[str, str, str, str]
"""What was looked for, what was found, what it compares with, and what that means."""

RELATED_DEPTH = 5
TOP = 10


def findings(shop: ShopFolder, truth: SimulatedTruth) -> list[Finding]:
    """Each planted thing and how much of it was found; probabilities and items are those of the served snapshot."""
    snapshot = Snapshot.open_current(shop)
    scored = pd.read_parquet(snapshot.customers_file).rename_axis("row").reset_index()
    people = scored.merge(truth.customers.to_pandas(), on="customer_id", how="inner")
    return [*_leavers(snapshot, people), *_cycles(people), *_complements(snapshot, truth), *_tastes(snapshot, people)]


def _leavers(snapshot: Snapshot, people: pd.DataFrame) -> Iterator[Finding]:
    """Regulars whose leaving date has passed should have higher churn probabilities than those still there."""
    churn = churn_probability(snapshot.header.horizon_days)
    regulars = people[(people["group"] == "regular") & (people["order_count_all"] >= 2)]
    left = (regulars["leaving_at"] <= snapshot.header.as_of).to_numpy()
    if 0 < left.sum() < len(left):
        found = roc_auc_score(left, regulars[churn])
        rule = roc_auc_score(left, regulars["days_since_last_order"] / regulars["purchase_gap_mean_days"])
        yield (
            f"customers who left ({left.sum():,} of {len(left):,} regulars)",
            f"AUC {found:.3f}",
            f"silence over own gap {rule:.3f}",
            "1 would be every leaver before every stayer",
        )
    ordering = order_probability(snapshot.header.horizon_days)
    bots = people["group"] == "bot"
    if bots.any():
        yield (
            f"bots ({bots.sum():,})",
            f"order chance {people.loc[bots, ordering].mean():.4f}",
            f"everyone {people[ordering].mean():.4f}",
            "they view thousands of items and never order",
        )


def _cycles(people: pd.DataFrame) -> Iterator[Finding]:
    """The mean purchase gap of regulars beside the cycle that they were given."""
    known = people[(people["group"] == "regular") & (people["order_count_all"] >= 4)]
    if len(known):
        ratio = known["purchase_gap_mean_days"] / known["cycle_days"]
        error = float(np.median(np.abs(np.log(ratio))))
        yield (
            f"purchase cycles ({len(known):,} regulars with four orders)",
            f"median error {np.expm1(error):.0%}",
            f"median planted {known['cycle_days'].median():.0f} days",
            "own gap against planted cycle",
        )


def _complements(snapshot: Snapshot, truth: SimulatedTruth) -> Iterator[Finding]:
    """Planted complements should be among the first items bought together."""
    pairs = truth.complements.to_pydict()
    row = snapshot.shelf.ids.row
    items = np.array([row(item) for item in pairs["item_id"]], dtype=np.int64)
    complements = np.array([row(item) for item in pairs["complement_item_id"]], dtype=np.int64)
    known = (items >= 0) & (complements >= 0)
    found = first = total = 0
    for item, complement in zip(items[known].tolist(), complements[known].tolist(), strict=True):
        related, _ = snapshot.related("bought_together", item)
        place = np.flatnonzero(related[:RELATED_DEPTH] == complement)
        total, found, first = total + 1, found + len(place), first + int(len(place) > 0 and place[0] == 0)
    if total:
        yield (
            f"items that go together ({total} planted pairs)",
            f"{found} in the first {RELATED_DEPTH}",
            f"by chance {total * RELATED_DEPTH / max(len(snapshot.shelf), 1):.1f}",
            f"{first} of them in first place",
        )


def _tastes(snapshot: Snapshot, people: pd.DataFrame) -> Iterator[Finding]:
    """The share of recommended items that lie in a category the customer was made to love."""
    items = snapshot.recommended_items(people["row"].to_numpy())[:, :TOP]
    category = np.array([snapshot.shelf.item(code).category for code in range(len(snapshot.shelf))], dtype=object)
    popular = category[snapshot.popular[:TOP]]
    loved = people["loved_categories"].tolist()
    pairs = zip(items, loved, strict=True)
    own = [np.isin(category[chosen[chosen >= 0]], list(tastes)).mean() for chosen, tastes in pairs]
    everyones = [np.isin(popular, list(tastes)).mean() for tastes in loved]
    yield (
        f"tastes ({len(people):,} people)",
        f"{np.nanmean(own):.0%} of the first {TOP} items",
        f"popular items {np.mean(everyones):.0%}",
        "items in a category that the customer was made to love",
    )
