"""A recall list: whom to write to today, why, and what to offer them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.errors import HuitouError
from features.events.duck import connect
from features.events.reader import duckdb_file
from features.shop.anomalies import REASONS as SET_ASIDE
from features.shop.layers import BUYER_LAYERS, checked_layers
from serving.alike.clusters import checked_clusters
from serving.lists.offered_items import offered_items
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_columns import churn_probability, expected_net_spend, order_probability
from serving.snapshot_parts.customer_files import NO_ITEM
from training.recommend.reason_texts import language_of

REASONS = 3
"""Reasons told for each customer."""
ITEMS = 3
"""Items offered to each customer."""

EXCLUSIONS = (*SET_ASIDE, "not_contactable", "bought_since")
"""Why someone who fits the filter is left out; of several reasons the first counts."""

# The main horizon is part of three names, which columns() takes as a parameter.
_FATES = """
    with people as (
        select *, columns(lambda name: name = $churn) as churn, columns(lambda name: name = $ordering) as ordering,
                  columns(lambda name: name = $spending) as spending
        from read_parquet($file, file_row_number = true)
    ), fates as (
        select people.*, case when set_aside is not null then set_aside
                              when not contactable or refusals.customer_id is not null then 'not_contactable'
                              when buyers.customer_id is not null then 'bought_since' end as exclusion
        from people left join buyers using (customer_id) left join refusals using (customer_id)
        where layer in (select unnest($layers::varchar[]))
          and ($min_churn::double is null or churn >= $min_churn::double)
          and ($max_churn::double is null or churn <= $max_churn::double)
          and (len($clusters::bigint[]) = 0 or cluster in (select unnest($clusters::bigint[])))
          and ($min_spend::double is null or net_spend_all >= $min_spend::double)
    )
"""
_CHOSEN = f"""{_FATES}
    select customer_id, layer, churn, ordering, days_since_last_order, overdue_days, next_order_on, order_count_all,
           net_spend_all, spending, list_filter(reasons, lambda reason: not reason.raises) as reasons, tier,
           method, personalized, file_row_number as row
    from fates where exclusion is null
    order by churn * greatest(net_spend_all, 0) desc nulls last, ordering desc, customer_id limit $top
"""  # noqa: S608 - put together from constants
_COUNTED = f"""{_FATES}
    select exclusion, count(*) from fates where exclusion is not null group by all
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class RecallFilter:
    """Who should be on the list."""

    layers: Sequence[str] = BUYER_LAYERS
    """Any of these layers."""
    clusters: Sequence[int] = ()
    """Any of these clusters; empty for all, and for who is in none."""
    min_churn: float | None = None
    """Lowest churn probability, 0 to 1; leaves visitors out, who have none."""
    max_churn: float | None = None
    """Highest churn probability, 0 to 1."""
    min_spend: float | None = None
    """Lowest net spend of all time, in the shop's currency."""
    top: int | None = None
    """At most so many; None for all."""

    def checked(self) -> RecallFilter:
        """This filter; raises :class:`HuitouError` when a value makes no sense."""
        checked_layers(self.layers)
        for field in ("min_churn", "max_churn"):
            value = getattr(self, field)
            if value is not None and not 0 <= value <= 1:
                raise HuitouError(
                    f"{field} must be between 0 and 1; got {value}. Use for example 0.8.",
                    field=field,
                    value=value,
                    allowed=[0, 1],
                )
        if self.top is not None and self.top < 1:
            raise HuitouError(
                f"top must be at least 1; got {self.top}. Leave it out for everyone.",
                field="top",
                value=self.top,
            )
        return self


@dataclass(frozen=True)
class Refused:
    """Who said no since the snapshot, by id."""

    letters: Collection[str] = ()
    """Who must not be written to."""
    personal: Collection[str] = ()
    """Who opted out of personalisation."""


NOBODY_REFUSED = Refused()
"""Nobody said anything."""


@dataclass(frozen=True)
class RecallList:
    """The list, and who is not on it although the filter fits."""

    table: pa.Table
    """One row for each person, the most urgent first."""
    exclusions: Mapping[str, int]
    """How many fit the filter and were left out, by reason."""


def recall_list(
    snapshot: Snapshot,
    wanted: RecallFilter,
    *,
    bought_since: Iterable[str] = (),
    refused: Refused = NOBODY_REFUSED,
    language: str = "en",
) -> RecallList:
    """The people to write to, ordered by churn probability x net spend of all time: what is at stake.

    ``bought_since`` names those who ordered after the snapshot, ``refused`` those who said no since. Buyers, those who
    must not be written to and those who are set aside are left out and counted. Items are in stock, none is a variant
    of another, and none was bought and not due again; who opted out of personalisation gets popular ones.
    """
    checked_clusters(snapshot, wanted.clusters)
    found, exclusions = _people(snapshot, wanted.checked(), bought_since, refused.letters)
    horizon = snapshot.header.horizon_days
    columns: dict[str, Any] = {
        "customer_id": found["customer_id"],
        "layer": found["layer"],
        churn_probability(horizon): found["churn"],
        order_probability(horizon): found["ordering"],
        "days_since_last_order": found["days_since_last_order"],
        "overdue_days": found["overdue_days"],
        "next_order_on": found["next_order_on"],
        "order_count": found["order_count_all"],
        "net_spend": found["net_spend_all"],
        expected_net_spend(horizon): found["spending"],
    }
    columns |= _reasons(found["reasons"].to_pylist(), language_of(language))
    columns |= _items(snapshot, found, refused.personal)
    stamp = {
        "as_of": snapshot.header.as_of.isoformat(),
        "model_version": snapshot.header.model_version,
        "tier": found["tier"],
        "method": found["method"],
    }
    columns |= {
        name: pa.array([value] * len(found), pa.string()) if isinstance(value, str) else value
        for name, value in stamp.items()
    }
    return RecallList(pa.table(columns), exclusions)


def _people(
    snapshot: Snapshot, wanted: RecallFilter, bought_since: Iterable[str], letters: Iterable[str]
) -> tuple[pa.Table, Mapping[str, int]]:
    """Those who fit and may be written to, in order, with their row in the snapshot; and the others, counted."""
    params: dict[str, Any] = {
        "file": duckdb_file(snapshot.customers_file),
        "churn": churn_probability(snapshot.header.horizon_days),
        "ordering": order_probability(snapshot.header.horizon_days),
        "spending": expected_net_spend(snapshot.header.horizon_days),
        "layers": list(wanted.layers),
        "clusters": list(wanted.clusters),
        "min_churn": wanted.min_churn,
        "max_churn": wanted.max_churn,
        "min_spend": wanted.min_spend,
    }
    with connect() as connection:
        connection.register("buyers", id_table(bought_since))
        connection.register("refusals", id_table(letters))
        table = connection.sql(_CHOSEN, params=params | {"top": wanted.top}).to_arrow_table()
        counts = dict(connection.sql(_COUNTED, params=params).fetchall())
    return table, {reason: counts.get(reason, 0) for reason in EXCLUSIONS}


def id_table(ids: Iterable[str]) -> pa.Table:
    """Some ids as a table that can be joined."""
    return pa.table({"customer_id": pa.array(sorted(set(ids)), pa.string())})


def _reasons(found: Sequence[Sequence[Mapping[str, str]]], language: str) -> dict[str, pa.Array]:
    told = [[reason[language] for reason in row][:REASONS] for row in found]
    return {
        f"reason_{place + 1}": pa.array([row[place] if place < len(row) else None for row in told], pa.string())
        for place in range(REASONS)
    }


def _items(snapshot: Snapshot, found: pa.Table, refused: Iterable[str]) -> dict[str, pa.Array]:
    rows = found["row"].to_numpy().astype(np.int64)
    since = pc.is_in(found["customer_id"], value_set=id_table(refused)["customer_id"].combine_chunks())
    personalized = pc.and_not(found["personalized"], since).to_numpy().astype(bool)
    best = offered_items(snapshot, rows, personalized, ITEMS)
    columns: dict[str, pa.Array] = {}
    for place in range(ITEMS):
        # Many people get the same items: each is read once.
        codes, inverse = np.unique(best[:, place], return_inverse=True)
        known = [snapshot.shelf.item(int(code)) if code != NO_ITEM else None for code in codes]
        for name, values in (
            ("id", [item.item_id if item else None for item in known]),
            ("title", [item.title if item else None for item in known]),
        ):
            columns[f"item_{place + 1}_{name}"] = pa.array(values, pa.string()).take(pa.array(inverse))
    return columns
