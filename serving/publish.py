"""Scoring everyone with the champion and publishing the result.

Events in, a snapshot out, one bucket at a time.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats
from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.history import History
from features.progress import Progress
from features.shop.layers import layers_of
from features.shop_folder import ShopFolder
from serving.snapshot_parts.customer_columns import churn_probability, order_probability
from serving.snapshot_parts.manifest import SnapshotHeader
from serving.snapshot_writer import SnapshotWriter, Step
from training.bundle import Bundle
from training.customers.reasons import reasons
from training.recommend.candidates import SOURCES
from training.recommend.recommender import FittedRecommender, Recommendations
from training.tables import buyers

Scored = tuple[pa.Table, Recommendations]
"""The columns of some customers and their recommendations."""


def publish(
    behaviour: Behaviour,
    bundle: Bundle,
    shop: ShopFolder,
    *,
    now: datetime,
    progress: Progress | None = None,
    step: Step = lambda name: None,
) -> str:
    """Score everyone in ``behaviour`` as of its newest event, write a snapshot, serve it; return its id.

    ``progress`` is told of buckets, ``step`` of the parts that are on disk. A process that is killed leaves
    the served snapshot as it was. Raises :class:`HuitouError` while another process publishes.
    """
    as_of = behaviour.reader.moment_after(now)
    catalogue = behaviour.catalogue(as_of)
    fitted = FittedRecommender.fit(behaviour, as_of, catalogue, bundle.recommender)

    def score(_: int, history: History) -> Scored:
        features = customer_features(history)
        return scored_table(behaviour, bundle, features), fitted.recommend(history)

    with SnapshotWriter(shop, header_of(behaviour, bundle, as_of, now), step=step) as writer:
        writer.set_items(catalogue)
        writer.set_popular(fitted.popular)
        for kind, (item, strength) in fitted.related.items():
            writer.set_related(kind, item, strength)
        opted_out = set(_without(behaviour, "personalized").to_pylist())
        for table, recommendations in behaviour.map_histories(score, as_of, catalogue, progress=progress):
            writer.add_customers(table, recommendations)
            opted_out.difference_update(table["customer_id"].to_pylist())
        # People who were described and have done nothing yet: they may come to the pages at any time.
        writer.add_opted_out(sorted(opted_out))
        return writer.commit()


def header_of(behaviour: Behaviour, bundle: Bundle, as_of: datetime, now: datetime) -> SnapshotHeader:
    """What the snapshot will say of itself."""
    return SnapshotHeader(
        as_of=as_of,
        published_at=now,
        model_version=str(bundle.version or "unregistered"),
        churn_tier=bundle.propensity.tier,
        recommendation_tier=bundle.recommender.tier,
        horizon_days=bundle.propensity.horizon_days,
        event_version=behaviour.reader.version,
        feature_fingerprint=bundle.propensity.schema.fingerprint,
        sources=tuple(SOURCES),
    )


def scored_table(behaviour: Behaviour, bundle: Bundle, features: CustomerFeatures) -> pa.Table:
    """The rows of ``customers.parquet`` for the customers of ``features``."""
    horizon = bundle.propensity.horizon_days
    ordering = np.asarray(bundle.propensity.order_probability(features), dtype=np.float64)
    orders, silence = features.column("order_count_all"), features.column("days_since_purchase")
    bought = buyers(features)
    told = [[asdict(reason) for reason in row] for row in reasons(bundle.propensity, features)]
    columns = {
        "customer_id": features.customer_ids,
        "layer": pa.array(layers_of(orders, silence, behaviour.settings), pa.string()),
        "tier": pa.array(np.where(bought, bundle.propensity.tier, bundle.propensity.visitor_tier), pa.string()),
        order_probability(horizon): _numbers(ordering, 6),
        churn_probability(horizon): _numbers(np.where(bought, 1 - ordering, np.nan), 6),
        "order_count_all": pa.array(orders.astype(np.int64)),
        "net_spend_all": _numbers(features.column("net_spend_all"), 2),
        "days_since_last_order": _numbers(silence, 2),
        "days_since_any": _numbers(features.column("days_since_any"), 2),
        "purchase_gap_mean_days": _numbers(features.column("purchase_gap_mean_days"), 2),
        "contactable": pa.array(~_is_in(features.customer_ids, _without(behaviour, "contactable"))),
        "personalized": pa.array(~_is_in(features.customer_ids, _without(behaviour, "personalized"))),
        "reasons": pa.array([json.dumps(row, ensure_ascii=False) for row in told], pa.string()),
    }
    return pa.table(columns)


def _numbers(values: Floats, decimals: int) -> pa.Array:
    """Rounded numbers, null where there is none."""
    return pa.array(np.round(values.astype(np.float64), decimals), from_pandas=True)


def _without(behaviour: Behaviour, flag: str) -> pa.Array:
    """Ids of the customers for whom a flag was set to false."""
    customers = behaviour.customers
    said_no = pc.invert(pc.fill_null(customers[flag], True))
    return customers.filter(said_no)["customer_id"].combine_chunks()


def _is_in(ids: pa.Array, value_set: pa.Array) -> Flags:
    found: Flags = pc.is_in(ids, value_set=value_set).to_numpy(zero_copy_only=False)
    return found
