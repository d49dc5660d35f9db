"""Exports of a list: what opens in Excel says what the list says, and platforms get hashes of those to write to."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from features.errors import HuitouError
from serving.database.marketing.lists import FrozenList
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.desk.workroom import Workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.list_export import ListExport
from tests.serving.lists.listed_shop import crowd, frozen, groups, members, open_room
from tests.serving.published_shop import NOW, PEOPLE, Person

HOSTILE = Person("=1+1", ("tea 🍵",), "lost", 0.7, 60.0)
NUMERIC = Person("00123", ("tea 🍵",), "lost", 0.7, 50.0)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop", people=[*PEOPLE, HOSTILE, NUMERIC]) as opened:
        yield opened


def content(room: Workroom, header: FrozenList, format: str, *columns: str, **more: Any) -> bytes:
    """The bytes of an export."""
    export = ListExport.of(room, header.list_id, ExportOptions(format, columns, **more))
    return export.head() + b"".join(export.block(number) for number in range(export.blocks))


def rows(data: bytes) -> list[dict[str, str]]:
    """The rows of CSV as Excel reads it."""
    return [*csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]


def reach(room: Workroom, **said: dict[str, str]) -> None:
    """Tell how to reach some customers."""
    ContactDetails(room.database, ContactCipher(None)).put(said, NOW)


def test_csv_opens_in_excel(room: Workroom) -> None:
    """With BOM, Chinese names and titles intact, the group of each, ids that stay text, and no cell a formula."""
    header = frozen(room)
    data = content(room, header, "csv", language="zh")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == len(data.splitlines())
    found = {row["customer_id"]: row for row in rows(data)}
    assert {person: row["group"] for person, row in found.items() if person[0] != "'"} == {
        person: group for person, group in groups(room, header).items() if person not in ("=1+1", "00123")
    }
    assert found["王小明"]["item_1_title"] == "The a/b 苹果"
    assert found["anna"]["reason_1"] == "很久没来"
    assert {"'=1+1", "'00123"} <= set(found)
    assert (found["anna"]["list_name"], found["anna"]["list_version"]) == ("all", "1")


def test_xlsx_opens_with_chinese_names(room: Workroom, tmp_path: Path) -> None:
    """The same cells as text, numbers and dates; nothing is a formula; the same list gives the same bytes."""
    header = frozen(room)
    export = ListExport.of(room, header.list_id, ExportOptions("xlsx", language="zh"))
    export.write(tmp_path / "list.xlsx")
    export.write(tmp_path / "again.xlsx")
    assert (tmp_path / "list.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]
    names, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    found = {line[1]: dict(zip(names, line, strict=True)) for line in lines}
    assert set(found) == set(groups(room, header))
    assert found["王小明"]["item_1_title"] == "The a/b 苹果"
    assert found["00123"]["group"] in ("treatment", "control")
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b", "d"}
    with zipfile.ZipFile(tmp_path / "list.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_json_lines_for_programs(room: Workroom) -> None:
    """One object a line, with chosen columns in the order wanted."""
    header = frozen(room)
    lines = content(room, header, "jsonl", "group", "customer_id", "next_order_on").decode().splitlines()
    assert [*json.loads(lines[0])] == ["group", "customer_id", "next_order_on"]
    assert {json.loads(line)["customer_id"]: json.loads(line)["group"] for line in lines} == groups(room, header)
    assert {json.loads(line)["next_order_on"] for line in lines} == {None, "2025-03-11"}


@pytest.mark.parametrize("wanted", ["treatment", "control", "all"])
def test_chosen_groups(room: Workroom, wanted: str) -> None:
    """One group, or both."""
    header = frozen(room, control_share=0.5)
    found = [json.loads(line)["customer_id"] for line in content(room, header, "jsonl", groups=wanted).splitlines()]
    assert found == [person for person, group in groups(room, header).items() if wanted in (group, "all")]


def test_platforms_get_hashes_of_those_to_write_to(room: Workroom) -> None:
    """No BOM, trimmed and lower-cased addresses, numbers in E.164, nobody of the control group."""
    header = frozen(room, control_share=0.5)
    treated = [person for person, group in groups(room, header).items() if group == "treatment"]
    alone = [person for person, group in groups(room, header).items() if group == "control"]
    reach(room, **{treated[0]: {"email": " Wang@Example.COM ", "phone": "+86 138 0013 8000"}})
    reach(room, **{treated[1]: {"phone": "13800138001"}, alone[0]: {"email": "alone@example.com"}})
    email = sha256(b"wang@example.com").hexdigest()
    plus, bare = (sha256(f"{sign}8613800138000".encode()).hexdigest() for sign in ("+", ""))
    assert content(room, header, "google").decode().splitlines()[:2] == ["Email,Phone", f"{email},{plus}"]
    meta = content(room, header, "meta").decode().splitlines()
    assert meta[:2] == ["email,phone", f"{email},{bare}"]
    assert sha256(b"alone@example.com").hexdigest() not in "".join(meta)
    assert len(meta) == 3
    assert meta[2].startswith(",")


def test_contact_columns_only_where_they_are_named(room: Workroom) -> None:
    """Names, addresses and numbers are read for whom they are known; a number keeps its plus as text."""
    reach(room, anna={"email": "anna@example.com", "phone": "+8613800138000", "name": "安娜"})
    header = frozen(room)
    assert not {"email", "phone", "name"} & set(rows(content(room, header, "csv"))[0])
    found = {
        row["customer_id"]: row for row in rows(content(room, header, "csv", "customer_id", "name", "email", "phone"))
    }
    assert [*found["anna"].values()] == ["anna", "安娜", "anna@example.com", "'+8613800138000"]
    assert found["quiet"]["email"] == ""


def test_a_long_list_is_exported_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks behind the head are the file, whatever their number."""
    monkeypatch.setattr("serving.lists.frozen.member_file.ROWS_OF_GROUP", 50)
    with open_room(tmp_path / "shop", people=crowd(240)) as room:
        header = frozen(room)
        export = ListExport.of(room, header.list_id, ExportOptions("csv"))
        assert export.blocks == 5
        export.write(tmp_path / "list.csv")
        assert (tmp_path / "list.csv").read_bytes() == content(room, header, "csv")
        assert [int(row["place"]) for row in rows(content(room, header, "csv"))] == [*range(1, 241)]
        assert len(members(room, header)) == 240


def test_a_list_of_few_reasons_and_items_has_fewer_columns(room: Workroom) -> None:
    """There are as many columns as the list has reasons and items."""
    names = set(rows(content(room, frozen(room, reasons=1, items=0), "csv"))[0])
    assert "reason_1" in names
    assert not {"reason_2", "item_1_id"} & names


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(
            ExportOptions("pdf"), r"^format must be one of csv, xlsx, jsonl, google, meta; got 'pdf'\.$", id="format"
        ),
        pytest.param(
            ExportOptions(columns=("spend",)), r"^columns must be among place, .*phone; got 'spend'\.$", id="column"
        ),
        pytest.param(ExportOptions(columns=("place", "place")), "columns must be named once each", id="twice"),
        pytest.param(ExportOptions(groups="some"), "groups must be among treatment, control, all", id="groups"),
        pytest.param(ExportOptions(language="de"), "language must be among en, zh; got 'de'", id="language"),
        pytest.param(ExportOptions("google", ("place",)), "columns cannot be chosen for google", id="platform"),
        pytest.param(ExportOptions("google", as_frozen=True), "as_frozen must be left out for google", id="frozen"),
        pytest.param(ExportOptions("meta", groups="all"), "groups must be treatment for meta", id="control"),
    ],
)
def test_what_cannot_be_exported(room: Workroom, options: ExportOptions, told: str) -> None:
    """One clear error for a format, column, group or language that there is not."""
    header = frozen(room)
    with pytest.raises(HuitouError, match=told):
        ListExport.of(room, header.list_id, options)
