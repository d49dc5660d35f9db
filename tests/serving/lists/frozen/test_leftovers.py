"""What a killed process left behind goes, and nothing else does."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from serving.lists.frozen.leftovers import OLD, remove_old_leftovers
from tests.serving.lists.listed_shop import frozen, open_room
from tests.serving.published_shop import NOW


def test_old_files_of_no_list_go(tmp_path: Path) -> None:
    """Parts, folders of blocks and files without a row go once they are old; lists and what is being made stay."""
    with open_room(tmp_path / "shop") as room:
        remove_old_leftovers(room)  # there is no folder yet
        kept = frozen(room).list_id
        folder = room.shop.path / "lists"
        (folder / ".x.parquet.blocks").mkdir()
        (folder / ".x.parquet.blocks" / "0.arrows").touch()
        for name in (".x.parquet.part", "orphan.parquet", ".young.parquet.part"):
            (folder / name).touch()
        for file in folder.iterdir():
            at = (NOW - OLD).timestamp() + (60 if "young" in file.name else -60)
            os.utime(file, (at, at))
        remove_old_leftovers(room)
        assert {file.name for file in folder.iterdir()} == {f"{kept}.parquet", ".young.parquet.part"}
        remove_old_leftovers(replace(room, clock=lambda: NOW + OLD))
        assert {file.name for file in folder.iterdir()} == {f"{kept}.parquet"}
