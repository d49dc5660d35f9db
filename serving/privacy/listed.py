"""The lists that a person is on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenLists
from serving.lists.frozen.member_file import member_file

_AT_ONCE = 500


def lists_of(shop: ShopFolder, lists: FrozenLists, people: Sequence[str]) -> list[dict[str, Any]]:
    """Every list that names one of ``people``, the newest first: what it is, and all that it says of them."""
    wanted, found, offset = pa.array(people, pa.string()), [], 0
    while page := lists.newest(_AT_ONCE, offset):
        for each in page:
            file = member_file(shop, each.list_id)
            rows = pq.read_table(file, filters=pc.field("customer_id").isin(wanted)) if file.exists() else None
            head = {"list_id": each.list_id, "name": each.name, "version": each.version, "made_at": each.made_at}
            found += [{**row, **head} for row in ([] if rows is None else rows.to_pylist())]
        offset += len(page)
    return found
