"""The members of frozen lists as rows of a snapshot."""

from __future__ import annotations

import numpy as np

from features.arrays import Ints
from features.shop_folder import ShopFolder
from serving.database.connection import Database
from serving.database.marketing.lists import FrozenLists
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
        key = (snapshot.id, list_id, frozen.checksum)
        found = self._known.get(key)
        if found is None:
            numbers = read_members(self._shop, frozen, ["person_key"])["person_key"].to_numpy()
            # The same 64 bits as in the snapshot's look-up, in the other order of bytes and with a sign.
            keys = numbers.astype(np.int64).view(np.uint64).byteswap()
            found = self._known.keep(key, snapshot.customers.rows_of_keys(keys).astype(np.int32))
        return found
