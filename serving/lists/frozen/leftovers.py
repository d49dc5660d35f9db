"""What killed processes left in the folder of lists."""

from __future__ import annotations

import shutil
from datetime import timedelta

from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import Workroom
from serving.lists.frozen.member_file import FOLDER

OLD = timedelta(hours=2)
"""A younger file may belong to a list that is just being made."""


def remove_old_leftovers(room: Workroom) -> None:
    """Remove files that belong to no list and are older than ``OLD``."""
    folder = room.shop.path / FOLDER
    if not folder.is_dir():
        return
    before_s = (room.clock() - OLD).timestamp()
    old = [file for file in folder.iterdir() if file.stat().st_mtime < before_s]
    known = FrozenLists(room.database).ids() if old else set()
    for file in old:
        if file.name.removesuffix(".parquet") not in known:
            shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
