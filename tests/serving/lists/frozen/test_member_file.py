"""The file of members: whole or not there, in order of place, in blocks, and rewritten only for who is deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenList
from serving.lists.frozen import member_file as files
from serving.lists.frozen.member_file import (
    MemberWriter,
    member_batches,
    member_blocks,
    member_columns,
    member_file,
    members_without,
    read_block,
    read_members,
)
from tests.serving.published_shop import NOW

SCHEMA = pa.schema([("place", pa.int32()), ("customer_id", pa.string())])


def rows(places: np.ndarray) -> pa.Table:
    return pa.table({"place": places, "customer_id": [f"c{place}" for place in places]})


def header(checksum: str) -> FrozenList:
    return FrozenList("l1", "all", 1, {}, "s", "3", NOW, NOW, "k1", {}, {}, checksum, "salt")


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path / "shop")


@pytest.fixture
def long_list(shop: ShopFolder, monkeypatch: pytest.MonkeyPatch) -> FrozenList:
    """A list of a hundred members in blocks of twenty, groups of eight, written in no order."""
    monkeypatch.setattr(files, "_BLOCK", 20)
    monkeypatch.setattr(files, "ROWS_OF_GROUP", 8)
    writer = MemberWriter(member_file(shop, "l1"), SCHEMA, 100)
    places = np.random.default_rng(1).permutation(np.arange(1, 101))
    for part in np.array_split(places, 7):
        writer.add(rows(part))
    return header(writer.finish())


def test_members_come_in_order_however_they_were_added(shop: ShopFolder, long_list: FrozenList) -> None:
    """All of them, a page of them, and block by block; nothing but the file is left."""
    assert read_members(shop, long_list)["place"].to_pylist() == [*range(1, 101)]
    assert read_members(shop, long_list, ["customer_id"], 37, 5).to_pydict() == {
        "customer_id": [f"c{place}" for place in range(38, 43)]
    }
    blocks = [read_block(shop, long_list, number) for number in range(member_blocks(shop, long_list))]
    assert pa.concat_tables(blocks).equals(pa.concat_tables(member_batches(shop, long_list)))
    assert max(map(len, blocks)) == 8
    assert [file.name for file in (shop.path / "lists").iterdir()] == ["l1.parquet"]


@pytest.mark.parametrize(
    ("start", "count", "found"), [(95, 10, 5), (100, 10, 0), (500, 1, 0), (0, 0, 0), (0, 100, 100)]
)
def test_pages_at_the_end(shop: ShopFolder, long_list: FrozenList, start: int, count: int, found: int) -> None:
    """A page behind the last member has fewer, or none, and the columns all the same."""
    page = read_members(shop, long_list, start=start, count=count)
    assert (len(page), page.column_names) == (found, ["place", "customer_id"])
    assert member_columns(shop, long_list) == ("place", "customer_id")


def test_who_is_deleted_is_taken_out(shop: ShopFolder, long_list: FrozenList) -> None:
    """The others keep their places; doing it again, or after the file was replaced, changes nothing."""
    checksum, gone = members_without(shop, long_list, ["c5", "c50", "stranger"])
    assert gone == 2
    left = read_members(shop, replace(long_list, checksum=checksum))
    assert left["place"].to_pylist() == [place for place in range(1, 101) if place not in (5, 50)]
    assert members_without(shop, long_list, ["c5", "c50"]) == (checksum, 0)
    member_file(shop, "l1").unlink()
    assert members_without(shop, long_list, ["c5"]) == (long_list.checksum, 0)


def test_nothing_is_left_of_what_was_not_finished(shop: ShopFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that is discarded leaves neither blocks nor a part of the file."""
    monkeypatch.setattr(files, "_BLOCK", 2)
    writer = MemberWriter(member_file(shop, "l1"), SCHEMA, 5)
    writer.add(rows(np.arange(1, 6)))
    assert [file.name for file in (shop.path / "lists").iterdir()] == [".l1.parquet.blocks"]
    writer.discard()
    assert not [*(shop.path / "lists").iterdir()]
