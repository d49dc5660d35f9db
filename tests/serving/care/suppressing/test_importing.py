"""Whole files: everything or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.care.suppressing.importing import import_suppressions, remove_suppressions, unknown_customers
from serving.care.suppressing.rows import ToldSuppression
from serving.database.access.audit import Audit
from serving.database.marketing.suppressions import Suppressions
from serving.desk.workroom import Workroom, workroom
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture
def room(tmp_path: Path, database_url: str | None) -> Iterator[Workroom]:
    with workroom(small_shop(tmp_path / "shop"), database_url, lambda: NOW) as opened:
        yield opened


def file_of(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "unsubscribed.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_stored_once(room: Workroom, tmp_path: Path) -> None:
    """Again it changes nothing; the log says how many, and names nobody."""
    file = file_of(tmp_path, "customer_id,email\nanna,a@x.cn\n王小明,\n")
    assert (import_suppressions(room, file, "email", "command line").new, Suppressions(room.database).count()) == (3, 3)
    again = import_suppressions(room, file, "email", "command line")
    assert (again.rows, again.new) == (3, 0)
    assert {entry.subject for entry in Audit(room.database).newest(10)} == {"suppressions"}
    told = [(row.kind, row.channel, row.source) for row in Suppressions(room.database).page(10, 0)]
    assert sorted(told) == [("customer", "email", file.name)] * 2 + [("email", "email", file.name)]


def test_ids_of_nobody(room: Workroom, tmp_path: Path) -> None:
    """A file of another system's ids is refused as a whole, unless that is wanted."""
    file = file_of(tmp_path, "customer_id\nanna\n10001\n10002\n")
    with pytest.raises(HuitouError) as found:
        import_suppressions(room, file, None, "command line")
    assert found.value.message == (
        "unsubscribed.csv: 2 lines cannot be used. Line 3: customer_id is of nobody known. "
        "Line 4: customer_id is of nobody known. Nothing was stored of it."
    )
    assert Suppressions(room.database).count() == 0
    assert import_suppressions(room, file, None, "command line", unknown=True).new == 3
    assert unknown_customers(room, ["anna", "10001"]) == ["10001"]


def test_they_are_taken_back(room: Workroom, tmp_path: Path) -> None:
    """Those of the channel that is named, and no others."""
    import_suppressions(room, file_of(tmp_path, "email,channel\na@x.cn,sms\na@x.cn,\n"), None, "command line")
    assert (
        remove_suppressions(room, [ToldSuppression("email", "A@x.cn"), ToldSuppression("email", "b@x.cn")], "me") == 1
    )
    assert [row.channel for row in Suppressions(room.database).page(10, 0)] == ["sms"]
