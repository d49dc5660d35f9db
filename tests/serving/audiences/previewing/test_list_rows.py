"""Members of frozen lists as rows of a snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.audiences.previewing.list_rows import ListRows
from serving.desk.workroom import workroom
from serving.lists.frozen.freeze import freeze
from serving.lists.request import ListRequest
from serving.snapshot import Snapshot
from tests.serving.published_shop import NOW, PEOPLE, small_shop, write_snapshot


def test_rows_are_those_of_the_snapshot(tmp_path: Path) -> None:
    """Members whom the snapshot knows, also when it is another one than that which the list was made from."""
    shop = small_shop(tmp_path)
    with workroom(shop, None, lambda: NOW) as room:
        frozen = freeze(room, ListRequest.read({"name": "silent", "template": "high-win-back"}), "key 1")
        rows, before = ListRows(shop, room.database), room.snapshot
        assert [before.customers.id(row) for row in rows.of(before, frozen.list_id).tolist()] == ["anna"]
        write_snapshot(shop, [person for person in PEOPLE if person.id != "quiet"][::-1])
        after = Snapshot.open_current(shop)
        assert after.customers.row("anna") != before.customers.row("anna")
        assert [after.customers.id(row) for row in rows.of(after, frozen.list_id).tolist()] == ["anna"]
        write_snapshot(shop, [person for person in PEOPLE if person.id != "anna"])
        assert len(rows.of(Snapshot.open_current(shop), frozen.list_id)) == 0
        with pytest.raises(HuitouError, match="there is no list 'l-9'"):
            rows.of(after, "l-9")
