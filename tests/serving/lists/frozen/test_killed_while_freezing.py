"""A process that dies while it makes a list leaves no half list."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import workroom
from serving.lists.frozen.leftovers import OLD, remove_old_leftovers
from tests.serving.lists.listed_shop import frozen, members
from tests.serving.published_shop import NOW, small_shop

DYING = """
import os, sys
from pathlib import Path
from features.shop_folder import ShopFolder
from serving.desk.workroom import workroom
from serving.lists.frozen import member_file, freeze
from serving.database.marketing.lists import FrozenLists
from tests.serving.lists.listed_shop import EVERYONE
from tests.serving.published_shop import NOW
from serving.lists.request import ListRequest

dies = lambda *_: os._exit(9)
if sys.argv[2] == "before the file":
    member_file.os.replace = dies
else:
    FrozenLists.add = dies
with workroom(ShopFolder.open(Path(sys.argv[1])), None, lambda: NOW) as room:
    freeze.freeze(room, ListRequest.read(EVERYONE), "k1")
"""


@pytest.mark.parametrize("where", ["before the file", "before the row"])
def test_a_killed_process_leaves_no_half_list(tmp_path: Path, where: str) -> None:
    """No list is there; what it left goes later; the next list of the name is the first version, and whole."""
    shop: ShopFolder = small_shop(tmp_path / "shop")
    ran = subprocess.run([sys.executable, "-c", DYING, str(shop.path), where], check=False, capture_output=True)
    assert ran.returncode == 9, ran.stderr.decode()
    with workroom(shop, None, lambda: NOW) as room:
        assert FrozenLists(room.database).count() == 0
        assert len([*(shop.path / "lists").iterdir()]) == 1
        header = frozen(room)
        assert (header.version, len(members(room, header))) == (1, 5)
    # What a child wrote has the time of the real clock.
    late = (shop.path / "lists").stat().st_mtime
    moment = NOW.fromtimestamp(late, NOW.tzinfo) + OLD + timedelta(minutes=1)
    with workroom(shop, None, lambda: moment) as room:
        remove_old_leftovers(room)
        assert [file.name for file in (shop.path / "lists").iterdir()] == [f"{header.list_id}.parquet"]
