"""Whom to tell of an item: the customers who want it most and may be written to, with the reason for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pyarrow as pa

from features.errors import HuitouError
from features.events.duck import connect
from features.events.reader import duckdb_file
from serving.interested import InterestedCustomer, interest_reason, interested_in_any, interested_in_item
from serving.lists.recall_list import EXCLUSIONS, NOBODY_REFUSED, RecallList, Refused, id_table
from serving.recommending.related import code_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter

_FATES = """
    select customers.row,
           case when set_aside is not null then set_aside
                when not contactable or refusals.customer_id is not null then 'not_contactable'
                when buyers.customer_id is not null then 'bought_since' end as exclusion
    from read_parquet($file, file_row_number = true) people
    join customers on customers.row = people.file_row_number
    left join buyers on buyers.customer_id = people.customer_id
    left join refusals on refusals.customer_id = people.customer_id
"""

TIMES_AS_MANY = 4
"""So many times the wanted number are scored, since some must not be written to."""


def interested_list(
    snapshot: Snapshot,
    item_id: str | None,
    wanted: ItemFilter,
    top: int,
    *,
    bought_since: Iterable[str] = (),
    refused: Refused = NOBODY_REFUSED,
    language: str = "en",
) -> RecallList:
    """The ``top`` customers for one item, or for any item that ``wanted`` lets through.

    ``refused`` names those who said no to letters or to personal answers since the snapshot; these are not looked at.
    Those who must not be written to, are set aside or ordered since the snapshot are left out and counted.
    """
    if top < 1:
        raise HuitouError(f"top must be at least 1; got {top}. Use for example 500.", field="top", value=top)
    found = _asked(snapshot, item_id, wanted, TIMES_AS_MANY * top, refused.personal)
    fates = _fates(snapshot, [each.row for each in found], bought_since, refused.letters)
    exclusions = dict.fromkeys(EXCLUSIONS, 0)
    chosen: list[InterestedCustomer] = []
    for each in found:
        exclusion = fates[each.row]
        if exclusion is not None:
            exclusions[exclusion] += 1
        else:
            chosen.append(each)
        if len(chosen) == top:
            break
    return RecallList(_table(snapshot, chosen, language), exclusions)


def _asked(
    snapshot: Snapshot, item_id: str | None, wanted: ItemFilter, n: int, refused: Collection[str]
) -> list[InterestedCustomer]:
    if item_id is not None:
        return interested_in_item(snapshot, code_of(snapshot, item_id), n, refused=refused, with_set_aside=True)
    if not (wanted.categories or wanted.brands or wanted.min_price is not None or wanted.max_price is not None):
        raise HuitouError(
            "an item, or at least one of category, brand, min_price and max_price must be given; got none. "
            "Name what the list is for.",
            field="item",
        )
    return interested_in_any(snapshot, wanted, n, refused=refused, with_set_aside=True)


def _fates(
    snapshot: Snapshot, rows: Sequence[int], bought_since: Iterable[str], letters: Iterable[str]
) -> dict[int, str | None]:
    """Why each customer is left out, None where not."""
    with connect() as connection:
        connection.register("customers", pa.table({"row": pa.array(rows, pa.int64())}))
        connection.register("buyers", id_table(bought_since))
        connection.register("refusals", id_table(letters))
        return dict(connection.sql(_FATES, params={"file": duckdb_file(snapshot.customers_file)}).fetchall())


def _table(snapshot: Snapshot, chosen: Sequence[InterestedCustomer], language: str) -> pa.Table:
    items = [snapshot.shelf.item(each.item) if each.item >= 0 else None for each in chosen]
    columns: dict[str, Any] = {
        "customer_id": pa.array([snapshot.customers.id(each.row) for each in chosen], pa.string()),
        "score": pa.array([round(each.score, 6) for each in chosen], pa.float64()),
        "item_id": pa.array([item.item_id if item else None for item in items], pa.string()),
        "item_title": pa.array([item.title if item else None for item in items], pa.string()),
        "reason": pa.array([interest_reason(snapshot, each, language) for each in chosen], pa.string()),
    }
    header = snapshot.header
    stamp = {"as_of": header.as_of.isoformat(), "model_version": header.model_version}
    stamp |= {"tier": header.recommendation_tier}
    columns |= {name: pa.array([value] * len(chosen), pa.string()) for name, value in stamp.items()}
    return pa.table(columns)
