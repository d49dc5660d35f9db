"""What is done at somebody's request: the same for the command and the service, checked before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.database.access.audit import Audit
from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import Workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.work import begin_export, export_block, export_sheet, make, make_again, make_and_write, write_list
from tests.serving.lists.listed_shop import EVERYONE, open_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def acts(room: Workroom) -> list[tuple[str, str, str]]:
    """Who did what to which list, the oldest first."""
    return [(entry.actor, entry.act, entry.subject) for entry in Audit(room.database).newest(9)[::-1]]


def test_everything_is_written_down(room: Workroom, tmp_path: Path) -> None:
    """Who made, made anew and pulled which list; no name of anybody is in it."""
    first = make(room, EVERYONE, "k1").frozen.list_id
    second = make_again(room, first, "k2").list_id
    assert write_list(room, second, tmp_path / "x.csv", ExportOptions(), "k3").counts == {}
    assert acts(room) == [("k1", "list.make", first), ("k2", "list.refresh", second), ("k3", "list.export", second)]
    assert "anna" not in str(Audit(room.database).newest(9))


def test_blocks_are_the_file(room: Workroom, tmp_path: Path) -> None:
    """What is sent in parts is what is written at once."""
    list_id = make(room, EVERYONE, "k1").frozen.list_id
    begun = begin_export(room, list_id, ExportOptions("jsonl"), "k1", with_contacts=False)
    assert (begun.name, begun.media_type) == (f"list-{list_id}.jsonl", "application/jsonl; charset=utf-8")
    sent = begun.head + b"".join(
        export_block(room, list_id, ExportOptions("jsonl"), n, begun.left_out) for n in range(begun.blocks)
    )
    write_list(room, list_id, tmp_path / "x.jsonl", ExportOptions("jsonl"), "k1")
    assert sent == (tmp_path / "x.jsonl").read_bytes()


@pytest.mark.parametrize("column", ["name", "email", "phone"])
def test_contact_columns_need_the_right(room: Workroom, column: str) -> None:
    """Refused to who may not see them, before anything is read or written down."""
    list_id = make(room, EVERYONE, "k1").frozen.list_id
    for begin in (begin_export, export_sheet):
        with pytest.raises(HuitouError, match=f"^{column} can be exported with a key of the role admin") as raised:
            begin(room, list_id, ExportOptions(columns=("place", column)), "k1", False)
        assert raised.value.code == "forbidden"
    assert [act for _, act, _ in acts(room)] == ["list.make"]


@pytest.mark.parametrize(
    "options", [ExportOptions("pdf"), ExportOptions(columns=("reason_3",)), ExportOptions(groups="some")]
)
def test_nothing_is_made_that_cannot_be_written(room: Workroom, tmp_path: Path, options: ExportOptions) -> None:
    """A wrong format, column or group is told before there is a list; so is a folder that there is not."""
    with pytest.raises(HuitouError):
        make_and_write(room, EVERYONE | {"reasons": 2}, tmp_path / "x.csv", options, "k1")
    with pytest.raises(HuitouError, match="out must be in a folder that is there"):
        make_and_write(room, EVERYONE, tmp_path / "none" / "x.csv", ExportOptions(), "k1")
    assert FrozenLists(room.database).count() == 0
