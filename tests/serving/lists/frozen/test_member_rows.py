"""Rows of members: bands by place, a reason of the list's own first, and no more than are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features.shop.groups.playbook import Playbook
from serving.desk.workroom import Workroom
from serving.lists.frozen.member_columns import member_schema
from serving.lists.frozen.member_rows import Members, Told, band, member_rows
from tests.serving.lists.listed_shop import open_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def told(**changes: object) -> Told:
    usual = {
        "reasons": 3,
        "only_risks": False,
        "items": 2,
        "popular_only": lambda rows: np.zeros(len(rows), dtype=bool),
        "first_items": None,
        "first_reason": None,
        "playbook": Playbook.in_folder(Path("nowhere")),
    }
    return Told(**usual | changes)  # type: ignore[arg-type]


def everybody(room: Workroom) -> Members:
    """All customers against the order of the snapshot."""
    rows = np.arange(len(room.snapshot.customers))[::-1]
    none = np.zeros(len(rows), dtype=bool)
    score = np.array([1.0, np.nan, 0.5, 0.25, 1 / 3, 0.0])
    return Members(rows, score, ~none, none, none, np.zeros(6, dtype=np.int64), ("all",), rows.astype(np.uint64))


def rows_of(room: Workroom, said: Told) -> list[dict[str, object]]:
    """The rows in order of place."""
    tables = [*member_rows(room.snapshot, everybody(room), said)]
    found: list[dict[str, object]] = pa.concat_tables(tables).sort_by("place").to_pylist()
    return found


def test_the_rows_have_all_columns(room: Workroom) -> None:
    """Those of the file of members; scores are rounded, and one that there is not is empty."""
    found = rows_of(room, told())
    assert set(found[0]) == set(member_schema(91).names)
    assert [row["score"] for row in found] == [1.0, None, 0.5, 0.25, 0.333333, 0.0]
    ids = [room.snapshot.customers.id(row) for row in range(6)][::-1]
    assert [row["customer_id"] for row in found] == ids


def test_reasons_of_the_list_come_first(room: Workroom) -> None:
    """Where there is one, and then those of the model, as many as are wanted in all."""
    first = (["here"] + [None] * 5, ["这里"] + [None] * 5)
    found = rows_of(room, told(reasons=1, first_reason=lambda rows, items: first))
    own = [row["reasons_en"] for row in found]
    assert own.count(["here"]) == 1
    assert [len(reasons) for reasons in own] == [1] * 6  # type: ignore[arg-type]
    both = rows_of(room, told(first_reason=lambda rows, items: first))
    assert sorted(len(row["reasons_zh"]) for row in both) == [1, 1, 1, 1, 1, 2]  # type: ignore[arg-type]


def test_no_reasons_and_no_items(room: Workroom) -> None:
    """Nothing is told of what nobody wants to know."""
    found = rows_of(room, told(reasons=0, items=0))
    assert {(*row["reasons_en"], *row["item_ids"]) for row in found} == {()}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("members", "wanted"), [(1, "A"), (2, "AC"), (5, "ABBCC"), (10, "AABBBCCCCC"), (20, "A" * 4 + "B" * 6 + "C" * 10)]
)
def test_bands(members: int, wanted: str) -> None:
    """The first fifth, up to the half, and the rest, rounded up."""
    assert "".join(band(np.arange(1, members + 1), members).to_pylist()) == wanted
