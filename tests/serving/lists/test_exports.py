"""Exports: what Excel opens is what the list says, and nothing in it runs."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from features.errors import HuitouError
from serving.lists.exporting import csv_lines
from serving.lists.exports import export

TABLE = pa.table(
    {
        "customer_id": ["0012", "=1+1", '王 "小" 明, 🍵', None],
        "net_spend": [1.5, -2.25, None, 1e9],
        "orders": [1, 2, 3, None],
        "contactable": [True, False, None, True],
        "next_order_on": [date(2025, 3, 11), None, None, date(9999, 12, 31)],
    }
)


def csv_rows(file: Path) -> list[list[str]]:
    with open(file, encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def sheet_cells(file: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(file)
    cells = [list(row) for row in book.worksheets[0].iter_rows()]
    book.close()
    return cells


def as_date(value: Any) -> Any:
    """What openpyxl reads as a moment at midnight is a date."""
    return value.date() if isinstance(value, datetime) else value


def test_csv_as_excel_wants_it(tmp_path: Path) -> None:
    """UTF-8 with BOM, CRLF, text quoted, numbers bare, dangerous cells with an apostrophe."""
    export(TABLE, tmp_path / "list.csv", "csv")
    content = (tmp_path / "list.csv").read_bytes()
    assert content.decode("utf-8") == (
        '\ufeff"customer_id","net_spend","orders","contactable","next_order_on"\r\n'
        '"0012",1.5,1,True,"2025-03-11"\r\n'
        '"\'=1+1",-2.25,2,False,""\r\n'
        '"王 ""小"" 明, 🍵","",3,"",""\r\n'
        '"",1000000000.0,"",True,"9999-12-31"\r\n'
    )


def test_xlsx_keeps_text_as_text(tmp_path: Path) -> None:
    """Ids keep their zeros, formulas stay words, numbers and dates are what they are, nothing is a link."""
    export(TABLE, tmp_path / "list.xlsx", "xlsx")
    cells = sheet_cells(tmp_path / "list.xlsx")
    assert [[as_date(cell.value) for cell in row] for row in cells] == [
        ["customer_id", "net_spend", "orders", "contactable", "next_order_on"],
        ["0012", 1.5, 1, True, date(2025, 3, 11)],
        ["=1+1", -2.25, 2, False, None],
        ['王 "小" 明, 🍵', None, 3, None, None],
        [None, 1e9, None, True, date(9999, 12, 31)],
    ]
    assert cells[2][0].data_type == "s"
    assert cells[1][4].number_format == "yyyy-mm-dd"


def test_links_are_not_made(tmp_path: Path) -> None:
    """An id that looks like an address or a mail is only text."""
    export(pa.table({"id": ["https://example.com", "mailto:a@b"]}), tmp_path / "list.xlsx", "xlsx")
    assert [cell.hyperlink for (cell,) in sheet_cells(tmp_path / "list.xlsx")] == [None, None, None]


HOSTILE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)
BEGINNINGS = st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "\n", "=cmd|' /C calc'!A0", "_x0041_", "'"])


@given(texts=st.lists(st.tuples(BEGINNINGS, HOSTILE).map("".join), min_size=1, max_size=5))
def test_no_cell_begins_like_a_formula(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Whatever the text, no CSV cell begins like a formula, and without the apostrophe it is the text."""
    file = tmp_path_factory.mktemp("export") / "list.csv"
    export(pa.table({"id": texts}), file, "csv")
    cells = [row[0] for row in csv_rows(file)[1:]]
    assert len(cells) == len(texts)
    for cell, text in zip(cells, texts, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell in (text, "'" + text)


@given(texts=st.lists(st.tuples(BEGINNINGS, HOSTILE).map("".join).filter(bool), min_size=1, max_size=5))
def test_any_text_comes_back_from_a_sheet(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Whatever the text, the sheet holds it as text."""
    file = tmp_path_factory.mktemp("export") / "list.xlsx"
    export(pa.table({"id": texts}), file, "xlsx")
    cells = [row[0] for row in sheet_cells(file)[1:]]
    assert [cell.data_type for cell in cells] == ["s"] * len(texts)
    assert [unescaped(str(cell.value)) for cell in cells] == [text.replace("\r\n", "\n") for text in texts]


def unescaped(value: str) -> str:
    """Text as Excel shows it: openpyxl leaves the escapes of control characters in."""
    return str(unescape(value)).replace("\r\n", "\n")


def test_a_file_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails the file of before stays and nothing half-written is left."""
    file = tmp_path / "list.csv"
    export(TABLE, file, "csv")
    before = file.read_bytes()

    def fail_at_the_end(value: Any) -> Any:
        if value == 1e9:
            raise OSError("the disk is full")
        return value

    monkeypatch.setattr(csv_lines, "neutral", fail_at_the_end)
    with pytest.raises(OSError, match="the disk is full"):
        export(TABLE, file, "csv")
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_an_empty_list_has_its_names(tmp_path: Path) -> None:
    """A list of nobody is a file with the names of the columns."""
    export(TABLE.slice(0, 0), tmp_path / "list.csv", "csv")
    export(TABLE.slice(0, 0), tmp_path / "list.xlsx", "xlsx")
    assert csv_rows(tmp_path / "list.csv") == [TABLE.column_names]
    assert [cell.value for cell in sheet_cells(tmp_path / "list.xlsx")[0]] == TABLE.column_names


def test_more_than_a_sheet_holds(tmp_path: Path) -> None:
    """Excel's limit is told before anything is written, with the way out."""
    table = pa.table({"number": pa.array(range(1_048_576))})
    message = r"^an Excel sheet holds 1,048,575 rows; the list has 1,048,576\. Use --format csv, or --top\.$"
    with pytest.raises(HuitouError, match=message):
        export(table, tmp_path / "list.xlsx", "xlsx")
    assert list(tmp_path.iterdir()) == []


def test_unknown_format_and_folder(tmp_path: Path) -> None:
    """A format that is not one, and a folder that is not there, are told with what to do."""
    with pytest.raises(HuitouError, match=r"^format must be one of csv, xlsx; got 'pdf'\.$"):
        export(TABLE, tmp_path / "list.pdf", "pdf")
    with pytest.raises(HuitouError, match=r"^out must be in a folder that is there; got .*Make .* first\.$"):
        export(TABLE, tmp_path / "nowhere" / "list.csv", "csv")
