"""The members of frozen lists as rows of a snapshot."""

from __future__ import annotations

import numpy as np

from features.arrays import Ints
from features.shop_folder import ShopFolder
from serving.database.connection import Database
from serving.database.marketing.lists import FrozenList, FrozenLists
from serving.lists.frozen.member_columns import row_keys
from serving.lists.frozen.member_file import read_members
from serving.snapshot import Snapshot
from serving.snapshot_parts.kept import Kept

MOST_LISTS = 50
"""The members of so many lists are remembered, 4 bytes each."""


class ListRows:
    """Looks members up once for each list and snapshot: both never change."""

    def __init__(self, shop: ShopFolder, database: Database) -> None:
        self._shop, self._lists = shop, FrozenLists(database)
        self._known: Kept[Ints] = Kept(MOST_LISTS)

    def of(self, snapshot: Snapshot, list_id: str) -> Ints:
        """Rows of the members of a list whom the snapshot knows, shape ``(n,)``; raises for a list that there is not.

        Both groups count, who is left alone on purpose as well.
        """
        frozen = self._lists.get(list_id)
        return self._known.once((snapshot.id, list_id, frozen.checksum), lambda: self._read(snapshot, frozen))

    def _read(self, snapshot: Snapshot, frozen: FrozenList) -> Ints:
        keys = row_keys(read_members(self._shop, frozen, ["person_key"]))
        return snapshot.customers.rows_of_keys(keys).astype(np.int32)
