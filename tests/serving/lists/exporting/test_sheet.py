"""Sheets: several tables one after another, the same bytes for the same rows, and Excel's own limit."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from features.errors import HuitouError
from serving.lists.exporting.sheet import LONGEST_CELL, check_rows, write_sheet
from tests.serving.published_shop import NOW


def test_tables_follow_each_other(tmp_path: Path) -> None:
    """The line of names comes once; text longer than a cell is cut."""
    tables = [
        pa.table({"名": ["王", "x" * 40_000]}),
        pa.table({"名": pa.array([None], pa.string())}),
        pa.table({"名": ["李"]}),
    ]
    write_sheet(tmp_path / "a.xlsx", ["名"], tables, 4, NOW)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    values = [sheet.cell(row, 1).value for row in range(1, 6)]
    assert values == ["名", "王", "x" * LONGEST_CELL, None, "李"]
    write_sheet(tmp_path / "b.xlsx", ["名"], tables, 4, NOW)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_every_kind_of_value(tmp_path: Path) -> None:
    """Text stays text, whatever is in it; dates, numbers and truth values are what they are."""
    texts = ["=1+1", "0123", ' a <b> & "c" ', "tab\tline\nbell\x07", "_x0041_", "苹果🍎\ufffe", None]
    columns: dict[str, pa.Array] = {
        "text": pa.array(texts),
        "number": pa.array([0.1, -2.5, 1e300, float("nan"), float("inf"), 1e-7, None]),
        "count": pa.array([1, -2, 2**40, 0, 5, 6, None]),
        "day": pa.array([date(2025, 3, 1), date(1999, 12, 31), None, None, None, None, None]),
        "yes": pa.array([True, False, None, None, None, None, None]),
    }
    wide = {f"{name}{n}": column for n in range(6) for name, column in columns.items()}
    write_sheet(tmp_path / "a.xlsx", [*wide], [pa.table(wide), pa.table(wide)], 14, NOW)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    # The library that reads leaves what Excel reads as the characters themselves.
    escaped = ("tab\tline\nbell_x0007_", "_x005F_x0041_", "苹果🍎_xFFFE_")
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert lines[:6] == lines[7:13]
    assert [line[-5] for line in lines[:7]] == [*texts[:3], *escaped, None]
    assert [line[1] for line in lines[:7]] == [0.1, -2.5, 1e300, None, None, 1e-7, None]
    assert [line[2] for line in lines[:7]] == [1, -2, 2**40, 0, 5, 6, None]
    assert [str(line[28])[:10] for line in lines[:3]] == ["2025-03-01", "1999-12-31", "None"]
    assert [line[4] for line in lines[:3]] == [True, False, None]
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert {cell.data_type for cell in sheet["A"]} == {"s", "n"}


def test_a_long_sheet_is_told_as_one(tmp_path: Path) -> None:
    """One that may grow beyond two gigabytes has the marks of a large file, and opens all the same."""
    write_sheet(tmp_path / "a.xlsx", ["a", "b"], [pa.table({"a": [1], "b": ["x"]})], 30_000_000, NOW)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[2]] == [1, "x"]


def test_more_rows_than_excel_holds() -> None:
    """The limit is told before anything is written."""
    check_rows(1_048_575)
    with pytest.raises(HuitouError, match="an Excel sheet holds 1,048,575 rows; the list has 1,048,576"):
        check_rows(1_048_576)
