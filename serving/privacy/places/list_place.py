"""The members of frozen lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenList, FrozenLists
from serving.lists.frozen.member_file import FOLDER, member_file, members_without

_AT_ONCE = 500


class ListPlace:
    """The files of members of all lists of a shop. A list stays what it was but for those who are deleted."""

    def __init__(self, shop: ShopFolder, lists: FrozenLists) -> None:
        self._shop = shop
        self._lists = lists

    @property
    def holds(self) -> Mapping[str, str]:
        """Lists that name the person."""
        return {"lists": "Lists of people for campaigns, with their reasons and items."}

    def count(self, people: Sequence[str]) -> dict[str, int]:
        """Lists that one of the people is on."""
        wanted = pa.array(people, pa.string())
        return {"lists": sum(_names(member_file(self._shop, each.list_id), wanted) for each in self._all())}

    def erase(self, people: Sequence[str]) -> None:
        """Write the files without the people, and note their new checksums and how many members went.

        Without anybody it notes what a killed process, or one that was overtaken by a backup, has not noted yet.
        """
        for each in self._all():
            file = member_file(self._shop, each.list_id)
            if file.exists():
                checksum, _ = members_without(self._shop, each, people)
                # From the file itself: a process that was killed may have written it and not noted it.
                went = each.counts["members"] - each.erased - pq.read_metadata(file).num_rows
                if went > 0:
                    self._lists.members_went(each.list_id, checksum, went)

    def _all(self) -> Iterator[FrozenList]:
        offset = 0
        while found := self._lists.newest(_AT_ONCE, offset):
            yield from found
            offset += len(found)


def listed_people(shop: ShopFolder) -> Iterator[str]:
    """The id of every member of every list; some come many times."""
    for file in sorted((shop.path / FOLDER).glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(columns=["customer_id"]):
            yield from batch["customer_id"].to_pylist()


def _names(file: Path, people: pa.Array) -> bool:
    if not file.exists():
        return False
    ids = pq.read_table(file, columns=["customer_id"])["customer_id"]
    return bool(pc.any(pc.is_in(ids, people)).as_py())
