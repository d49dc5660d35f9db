"""Lines of CSV: text that Excel would change is kept from it, and only in columns of ids and numbers to call."""

from __future__ import annotations

import pyarrow as pa
import pytest

from serving.lists.exporting.csv_lines import csv_head, csv_lines

CHANGED = [
    "00123",
    "6222021234567890123",
    "12E5",
    "1.5e3",
    "3-4",
    "2025/1/2",
    "10:30",
    "12.5",
    "TRUE",
    "false",
    " 007 ",
]
KEPT = ["123", "c-1024", "王小明", "", "anna", "8613800138"]


@pytest.mark.parametrize("text", CHANGED)
def test_ids_that_look_like_numbers_stay_text(text: str) -> None:
    """An apostrophe keeps Excel from reading a number, a date or a truth value."""
    assert csv_lines(pa.table({"id": [text]}), {"id"}).decode() == f'"\'{text}"\r\n'
    assert csv_lines(pa.table({"id": [text]})).decode() == f'"{text}"\r\n'


@pytest.mark.parametrize("text", KEPT)
def test_other_ids_are_as_they_are(text: str) -> None:
    """Nothing is added where Excel shows the same."""
    assert csv_lines(pa.table({"id": [text]}), {"id"}).decode() == f'"{text}"\r\n'


def test_the_head_has_the_mark_and_the_names() -> None:
    """The first bytes say that it is UTF-8."""
    assert csv_head(["a", "名"]) == b'\xef\xbb\xbf"a","' + "名".encode() + b'"\r\n'
