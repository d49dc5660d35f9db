"""Tables as a sheet of XLSX: nothing of it is run or linked, and memory stays small.

The library writes the workbook with the line of names; the rows are put into it column by column, since a million of
them one by one take minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import joined
from features.errors import HuitouError

LARGEST_SHEET_ROWS = 1_048_575
"""Excel's limit, without the line of names."""
LONGEST_CELL = 32_767
"""Excel's limit for the text of a cell, in characters."""

_SHEET = "xl/worksheets/sheet1.xml"
_SAMPLE = re.compile(rb'<row r="2"[^>]*><c r="A2" s="(\d+)"><v>\d+</v></c></row>')
"""The one row that the library writes below the names: it tells how a date is told from a number."""

_LIKELY_BYTES = 100
"""So many a cell takes in the sheet, seldom more."""
_ZIP_LIMIT = 1 << 31
_EFFORT = 1
"""Of the compression: with more a sheet takes three times as long and is a fifth smaller."""

_EPOCH_DAYS = 25_569
"""Days from the beginning of Excel's calendar to 1970."""

_UNUSUAL = "[\\x00-\\x08\\x0b-\\x1f\\x{fffe}\\x{ffff}]|_x[0-9a-fA-F]{4}_"
"""Characters that XML has not, and what looks like the way in which a sheet writes them."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("_(x[0-9a-fA-F]{4}_)")


def check_rows(rows: int) -> None:
    """Raise :class:`HuitouError` when a sheet does not hold so many."""
    if rows > LARGEST_SHEET_ROWS:
        raise HuitouError(
            f"an Excel sheet holds {LARGEST_SHEET_ROWS:,} rows; the list has {rows:,}. Use --format csv, or --top.",
            field="format",
            value="xlsx",
        )


def write_sheet(file: Path, names: Sequence[str], tables: Iterable[pa.Table], rows: int, made_at: datetime) -> None:
    """Write the rows of some tables, ``rows`` in all at most, to ``file``.

    The same rows made at the same moment give the same bytes.
    """
    made = BytesIO(_empty(names, made_at))
    # Members that are opened by name are of 1980, whenever they are written.
    with ZipFile(made) as empty, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_EFFORT) as book:
        for part in empty.infolist():
            if part.filename != _SHEET:
                with book.open(part.filename, "w") as copied:
                    copied.write(empty.read(part))
        xml = re.sub(rb"<dimension [^>]*/>", b"", empty.read(_SHEET), count=1)
        sample = _SAMPLE.search(xml)
        if sample is None:
            raise ValueError("the library writes dates in another way than before")
        is_long = (rows + 1) * len(names) * _LIKELY_BYTES > _ZIP_LIMIT
        with book.open(_SHEET, "w", force_zip64=is_long) as sheet:
            sheet.write(xml[: sample.start()])
            first = 2
            for table in tables:
                if len(table):
                    sheet.write(_rows(table, first, int(sample[1])))
                first += len(table)
            sheet.write(xml[sample.end() :])


def _empty(names: Sequence[str], made_at: datetime) -> bytes:
    """A workbook with the line of names and a sample of a date."""
    import xlsxwriter  # workers of the service, who never write one, do without

    content = BytesIO()
    options = {"in_memory": True, "constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet("list")
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(names):
            sheet.write_string(0, column, name)
        sheet.write_datetime(1, 0, date(2000, 1, 1))
    return content.getvalue()


def _rows(table: pa.Table, first: int, date_style: int) -> memoryview:
    """The rows of a table as XML; ``first`` is the number of the first of them."""
    numbers = pa.array(range(first, first + len(table)), pa.int32()).cast(pa.large_string())
    cells = [_cells(joined(column), _letters(place), numbers, date_style) for place, column in enumerate(table.columns)]
    rows = _joined('<row r="', numbers, '">', *cells, "</row>")
    return memoryview(rows.buffers()[2])


def _cells(column: pa.Array, letters: str, numbers: pa.Array, date_style: int) -> pa.Array:
    """A cell for each value, as XML; nothing for null, and for numbers that are none."""
    before = _joined(f'<c r="{letters}', numbers)
    kind = column.type
    if pa.types.is_boolean(kind):
        values, opening, closing = column.cast(pa.int8()), '" t="b"><v>', "</v></c>"
    elif pa.types.is_date(kind):
        days = pc.add(column.cast(pa.date32()).cast(pa.int32()), _EPOCH_DAYS)
        values, opening, closing = days, f'" s="{date_style}"><v>', "</v></c>"
    elif pa.types.is_integer(kind):
        values, opening, closing = column, '"><v>', "</v></c>"
    elif pa.types.is_floating(kind):
        values, opening, closing = pc.if_else(pc.is_finite(column), column, None), '"><v>', "</v></c>"
    else:
        values, opening, closing = _texts(column), '" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    cells = _joined(before, opening, values.cast(pa.large_string()), closing)
    return pc.fill_null(cells, "")


def _joined(*parts: pa.Array | str) -> pa.Array:
    """Each value of some arrays and texts behind each other; null where one is."""
    texts = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*texts, pa.scalar("", pa.large_string()))


def _texts(column: pa.Array) -> pa.Array:
    texts = pc.utf8_slice_codeunits(column.cast(pa.large_string()), 0, LONGEST_CELL)
    if pc.any(pc.match_substring_regex(texts, _UNUSUAL)).as_py():
        texts = pa.array([None if text is None else _usual(text) for text in texts.to_pylist()], pa.large_string())
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        texts = pc.replace_substring(texts, letter, name)
    return texts


def _usual(text: str) -> str:
    """A text without characters that XML has not, in the way that sheets have for them."""
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPED.sub(r"_x005F_\1", text))


def _letters(place: int) -> str:
    """The letters of a column: A for 0, Z for 25, AA for 26."""
    return ("" if place < 26 else _letters(place // 26 - 1)) + chr(ord("A") + place % 26)
