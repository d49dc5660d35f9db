"""What the models found in a simulated shop, beside what was planted there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from features.events.simulate import SimulatedTruth
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_columns import churn_probability

Finding = tuple[str, str, str, str]
"""What was looked for, what was found, what it compares with, and what that means."""

RELATED_DEPTH = 5
TOP = 10
LONG_GONE = pd.Timedelta(days=28)
"""So long after leaving the silence can be told from the usual one."""
CAUSES = ("silence", "rhythm", "browsing")
"""What reasons may be about to name the cause: who has left orders and looks no more."""


def findings(shop: ShopFolder, truth: SimulatedTruth) -> list[Finding]:
    """Each planted thing and how much of it was found; probabilities and items are those of the served snapshot."""
    snapshot = Snapshot.open_current(shop)
    scored = pd.read_parquet(snapshot.customers_file).rename_axis("row").reset_index()
    people = scored.merge(truth.customers.to_pandas(), on="customer_id", how="inner")
    regulars = people[(people["group"] == "regular") & (people["order_count_all"] >= 2)]
    left = regulars["leaving_at"] <= snapshot.header.as_of
    return [
        *_leavers(snapshot, regulars, left),
        *_reasons(snapshot, regulars, left),
        *_cycles(regulars[~left]),
        *_next_orders(shop, snapshot, regulars[~left]),
        *_bots(people),
        *_complements(snapshot, truth),
        *_bundles(snapshot, truth),
        *_tastes(snapshot, people),
        *_clusters(people),
    ]


def _leavers(snapshot: Snapshot, regulars: pd.DataFrame, left: pd.Series[bool]) -> Iterator[Finding]:
    """Regulars whose leaving date has passed should have higher churn probabilities than those still there."""
    if 0 < left.sum() < len(left):
        found = roc_auc_score(left, regulars[churn_probability(snapshot.header.horizon_days)])
        rule = roc_auc_score(left, regulars["days_since_last_order"] / regulars["purchase_gap_mean_days"])
        yield (
            f"customers who left ({left.sum():,} of {len(left):,} regulars)",
            f"AUC {found:.3f}",
            f"silence over own gap {rule:.3f}",
            "1 would be every leaver before every stayer",
        )


def _reasons(snapshot: Snapshot, regulars: pd.DataFrame, left: pd.Series[bool]) -> Iterator[Finding]:
    """What is told first of those who left a while ago should be that they neither order nor look."""
    gone = regulars[regulars["leaving_at"] <= pd.Timestamp(snapshot.header.as_of) - LONG_GONE]
    if len(gone) and not left.all():
        found, others = (np.mean([_names_cause(row) for row in part["reasons"]]) for part in (gone, regulars[~left]))
        yield (
            f"reasons ({len(gone):,} regulars gone for {LONG_GONE.days} days)",
            f"{found:.0%} no longer come",
            f"those still there {others:.0%}",
            "the first reason is silence, rhythm or hardly a visit, and speaks of risk",
        )


def _names_cause(reasons: Sequence[Mapping[str, Any]]) -> bool:
    return len(reasons) > 0 and reasons[0]["concept"] in CAUSES and not reasons[0]["raises"]


def _cycles(there: pd.DataFrame) -> Iterator[Finding]:
    """The estimated purchase cycle, and the plain mean of the gaps, beside the cycle that was planted."""
    if len(there):
        names = ("purchase_cycle_days", "purchase_gap_mean_days")
        found, plain = ((there[name] / there["cycle_days"] - 1).abs().median() for name in names)
        yield (
            f"purchase cycles ({len(there):,} regulars still there)",
            f"median error {found:.0%}",
            f"mean of the gaps {plain:.0%}",
            f"against the planted cycle, {there['cycle_days'].median():.0f} days in the median",
        )


def _next_orders(shop: ShopFolder, snapshot: Snapshot, there: pd.DataFrame) -> Iterator[Finding]:
    """The expected date of the next order beside a planted cycle after the last one."""
    dated = there[there["next_order_on"].notna()]
    if len(dated):
        ahead = pd.to_timedelta(dated["cycle_days"] - dated["days_since_last_order"], unit="D")
        noon = pd.to_datetime(dated["next_order_on"]).dt.tz_localize(shop.settings.timezone) + pd.Timedelta(hours=12)
        wrong = (noon - ahead - pd.Timestamp(snapshot.header.as_of)).abs() / pd.Timedelta(days=1)
        yield (
            f"next orders ({len(dated):,} regulars not overdue)",
            f"median {wrong.median():.0f} days off",
            f"{(wrong / dated['cycle_days']).median():.0%} of the planted cycle",
            "the expected date against a planted cycle after the last order",
        )


def _bots(people: pd.DataFrame) -> Iterator[Finding]:
    """Bots should be set aside, and nobody else."""
    bots, aside = people["group"] == "bot", people["set_aside"].notna()
    if bots.any():
        yield (
            f"bots ({bots.sum():,})",
            f"{(bots & aside).sum():,} set aside",
            f"{(aside & ~bots).sum():,} others set aside",
            "they view thousands of items and never order; left out of training and lists",
        )


def _pairs(snapshot: Snapshot, truth: SimulatedTruth) -> list[tuple[int, int]]:
    """Codes of each item and its planted complement that anyone has touched."""
    pairs = truth.complements.to_pydict()
    rows = (map(snapshot.shelf.ids.row, pairs[name]) for name in ("item_id", "complement_item_id"))
    return [(item, other) for item, other in zip(*rows, strict=True) if item >= 0 and other >= 0]


def _complements(snapshot: Snapshot, truth: SimulatedTruth) -> Iterator[Finding]:
    """Planted complements should be among the first items bought together."""
    pairs = _pairs(snapshot, truth)
    first = found = 0
    for item, complement in pairs:
        related, _ = snapshot.related("bought_together", item)
        place = np.flatnonzero(related[:RELATED_DEPTH] == complement)
        found, first = found + len(place), first + int(len(place) > 0 and place[0] == 0)
    if pairs:
        yield (
            f"items that go together ({len(pairs)} planted pairs)",
            f"{first} in first place",
            f"by chance {len(pairs) / max(len(snapshot.shelf), 1):.2f}",
            f"{found} are among the first {RELATED_DEPTH} of what is bought with the first of the pair",
        )


def _bundles(snapshot: Snapshot, truth: SimulatedTruth) -> Iterator[Finding]:
    """Planted pairs should be bundles, and come before the others."""
    told = [frozenset(row[row >= 0].tolist()) for row in snapshot.bundles.items]
    pairs = {frozenset(pair) for pair in _pairs(snapshot, truth)}
    places = [place for place, bundle in enumerate(told, start=1) if bundle in pairs]
    if pairs:
        yield (
            f"bundles ({len(told):,} told)",
            f"{len(places)} of {len(pairs)} planted pairs",
            f"{sum(place <= len(pairs) for place in places)} in the first {len(pairs)}",
            "pairs and triples in one order more often than chance explains",
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


def _clusters(people: pd.DataFrame) -> Iterator[Finding]:
    """Clusters were made without the planted groups; each should hold people of one group."""
    inside = people[people["cluster"].notna()]
    if len(inside):
        main = inside.groupby("cluster")["group"].agg(lambda group: group.value_counts().iloc[0]).sum()
        largest = inside["group"].value_counts().iloc[0]
        yield (
            f"clusters ({inside['cluster'].nunique()} of {len(inside):,} people)",
            f"{main / len(inside):.0%} among their own kind",
            f"largest kind {largest / len(inside):.0%}",
            "people of the planted group that most of their cluster belong to",
        )
