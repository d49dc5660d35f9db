"""Files as they come: delimiters, quotation marks, broken lines, wrong kinds, damage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from features.events.checks import Rejection
from features.events.event import EVENT_FIELDS
from features.events.importing.incoming import ImportOptions, Incoming
from features.events.importing.rejected_rows import RejectedRows
from features.events.reading.json_lines import LONGEST_LINE_BYTES
from features.events.reading.text_stream import encoding_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "customer_id,item_id,kind,occurred_at\n"
GOOD = "c,i,view,2025-03-01T10:00:00Z\n"
EVENT = {"customer_id": "c", "item_id": "i", "kind": "view", "occurred_at": "2025-03-01T10:00:00Z"}


class Noted(RejectedRows):
    """Rejected rows that are remembered as well as written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "noted")
        self.notes: list[tuple[Rejection, Any]] = []

    def add(self, rejection: Rejection, raw: Any) -> None:
        super().add(rejection, raw)
        self.notes.append((rejection, raw))

    @property
    def messages(self) -> list[str]:
        return [rejection.message for rejection, _ in self.notes]


def read(path: Path, content: str | bytes, **options: Any) -> tuple[list[dict[str, Any]], Noted]:
    """The good rows of a file with this content, and the others."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, **options)


def read_file(path: Path, **options: Any) -> tuple[list[dict[str, Any]], Noted]:
    rejected = Noted(path.parent)
    incoming = Incoming(path, EVENT_FIELDS, ImportOptions(**options))
    rows = [row for table in incoming.good_rows(NOW, rejected, None) for row in table.to_pylist()]
    rejected.discard()
    return rows, rejected


def customers(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [row["customer_id"] for row in rows]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """Commas, tabs, semicolons and bars are recognised, also when others of them stand in a quoted value."""
    row = delimiter.join(['"a,b;c|d"', "i", "view", "2025-03-01T10:00:00Z"])
    rows, _ = read(tmp_path / "events.txt", HEADER.replace(",", delimiter) + row + "\n")
    assert customers(rows) == ["a,b;c|d"]


def test_an_unusual_delimiter(tmp_path: Path) -> None:
    """Any other character may be told; two are refused."""
    rows, _ = read(tmp_path / "events.csv", (HEADER + GOOD).replace(",", "^"), delimiter="^")
    assert customers(rows) == ["c"]
    with pytest.raises(HuitouError) as raised:
        read(tmp_path / "events.csv", HEADER + GOOD, delimiter="::")
    assert raised.value.message == "delimiter must be one character; got '::'. Use for example ',' or ';'."


def test_quoted_values(tmp_path: Path) -> None:
    """Quoted values may hold delimiters, doubled quotation marks and line breaks; rows keep their numbers."""
    text = HEADER + '"a, ""b""",i,view,2025-03-01T10:00:00Z\r\n"two\nlines",i,view,2025-03-01T10:00:00Z\r\n'
    rows, rejected = read(tmp_path / "events.csv", text + GOOD + "x,,view,2025-03-01T10:00:00Z\n")
    assert customers(rows) == ['a, "b"', "c"]
    assert rejected.messages == [
        "customer_id must not contain control characters; got 'two\\nlines' in row 3.",
        "item_id must be given; got nothing in row 5.",
    ]


def test_lines_that_are_no_rows(tmp_path: Path) -> None:
    """Lines with too few or too many values are rejected by themselves; empty lines are passed over."""
    text = "\n" + HEADER + GOOD + "c,i\n\n" + GOOD + "c,i,view,2025,x,y\n" + ",,,\n" + "c,,view,2025-03-01T10:00:00Z\n"
    rows, rejected = read(tmp_path / "events.csv", text)
    assert len(rows) == 2
    assert sorted(rejected.messages, key=lambda message: message.split()[-1]) == [
        "row must have 4 columns; got 2 in line 4.",
        "row must have 4 columns; got 6 in line 7.",
        "item_id must be given; got nothing in row 9.",
    ]


@pytest.mark.parametrize("batch_rows", [10, 100_000])
def test_a_quotation_mark_that_is_never_closed(tmp_path: Path, batch_rows: int) -> None:
    """A quotation mark that is never closed costs its own row; the rows it would swallow are read."""
    lines = [f"c{number},i,view,2025-03-01T10:00:00Z\n" for number in range(500)]
    lines[100] = 'c100,"5 inch nail,view,2025-03-01T10:00:00Z\n'
    lines[300] = "c300,,view,2025-03-01T10:00:00Z\n"
    rows, rejected = read(tmp_path / "events.csv", HEADER + "".join(lines), batch_rows=batch_rows)
    assert customers(rows) == [f"c{number}" for number in range(500) if number not in (100, 300)]
    opened = "row must close the quotation marks that it opens; got "
    assert rejected.messages == [
        opened + "'c100,\"5 inch nail,view,2025-03-01T10:00:00Z' in line 102.",
        "item_id must be given; got nothing in row 302.",
    ]


def test_a_quotation_mark_that_swallows_a_whole_block(tmp_path: Path) -> None:
    """When more is swallowed than fits into memory at a time, one line says where to look."""
    path = tmp_path / "events.csv"
    text = HEADER + GOOD * 3000 + 'c,"i,view,2025-03-01T10:00:00Z\n' + GOOD * 9000
    with pytest.raises(HuitouError) as raised:
        read(path, text, batch_rows=10)
    assert raised.value.message.startswith(f"{path} cannot be read as CSV after row ")
    assert raised.value.message.endswith(
        ": a value is longer than a block, as when a quotation mark is opened and never closed. "
        "Mend it and import the file again."
    )


def test_rows_keep_their_numbers_across_batches(tmp_path: Path) -> None:
    """Bad rows are named by the number that a spreadsheet shows, wherever batches end and lines are broken."""
    lines = [GOOD.replace("i,", f"{'x' * (number % 90)},", 1) for number in range(9000)]
    expected = []
    for number in range(50, 9000, 450):
        lines[number] = "c,i\n"
        lines[number + 7] = "c,i,order,2025-03-01T10:00:00Z\n"
        expected += [number + 2, number + 9]
    wrong = [number for number in range(9000) if number % 90 == 0 and lines[number].startswith("c,,")]
    _, rejected = read(tmp_path / "events.csv", HEADER + "".join(lines), batch_rows=10)
    assert sorted(rejection.row for rejection, _ in rejected.notes) == sorted(expected + [n + 2 for n in wrong])


def test_columns_of_the_same_name(tmp_path: Path) -> None:
    """A name that comes again or is empty is told apart by its position."""
    text = "customer_id,item_id,kind,occurred_at,item_id,\nc,i,view,2025-03-01T10:00:00Z,j,k\n"
    (tmp_path / "events.csv").write_text(text)
    names = Incoming(tmp_path / "events.csv", EVENT_FIELDS, ImportOptions()).reader.names
    assert names == ("customer_id", "item_id", "kind", "occurred_at", "item_id (column 5)", "column 6")
    rows, _ = read_file(tmp_path / "events.csv", columns={"item_id": "column 6"})
    assert rows[0]["item_id"] == "k"


def test_header_as_told(tmp_path: Path) -> None:
    """A person may say that the first line is a row, or that it is not."""
    told = {"customer_id": "1", "item_id": "2", "kind": "3", "occurred_at": "4"}
    rows, _ = read(tmp_path / "events.csv", "a,b,view,2025\n" + GOOD, header=False, columns=told)
    assert customers(rows) == ["c"]
    names = {"customer_id": "2024", "item_id": "2025"}
    rows, _ = read(tmp_path / "events.csv", "2024,2025,kind,ts\n" + GOOD, header=True, columns=names)
    assert customers(rows) == ["c"]


def test_json_lines(tmp_path: Path) -> None:
    """A broken line, or one that is no object, is rejected by itself; the row is kept as it stands."""
    lines = [
        json.dumps(EVENT),
        "",
        '{"customer_id": "c", ',
        "[1, 2]",
        json.dumps(EVENT | {"item_id": {"a": 1}, "price": 1.5}),
        json.dumps(EVENT | {"item_id": 12345.0, "quantity": 3, "unit_price": 1e2}),
        '{"customer_id": "c", "item_id": 1' + "0" * 30 + ', "kind": "view", "occurred_at": 1740823200}',
        "[" * 100_000,
        json.dumps(EVENT | {"quantity": float("nan")}),
    ]
    rows, rejected = read(tmp_path / "events.jsonl", "\n".join(lines))
    assert [row["item_id"] for row in rows] == ["i", "12345", "1" + "0" * 30]
    assert (rows[1]["quantity"], str(rows[1]["unit_price"])) == (3, "100.0000")
    assert sorted(rejected.messages) == [
        'item_id must be text or a number; got \'{"a": "1"}\' in row 5.',
        "quantity must be text or a number; got 'NaN' in row 9.",
        "row must be a JSON object on a line of its own; got '" + "[" * 60 + "' in line 8.",
        'row must be a JSON object on a line of its own; got \'{"customer_id": "c",\' in line 3.',
        "row must be a JSON object; got '[1, 2]' in line 4.",
    ]
    raw = {rejection.row: raw for rejection, raw in rejected.notes}
    assert raw[5] == EVENT | {"item_id": {"a": 1}, "price": 1.5}
    assert raw[3] == '{"customer_id": "c",'


def test_members_that_come_late(tmp_path: Path) -> None:
    """A member that only later objects have is taken up."""
    lines = [json.dumps(EVENT)] * 3000 + [json.dumps(EVENT | {"quantity": 4})]
    rows, _ = read(tmp_path / "events.ndjson", "\n".join(lines), batch_rows=1000)
    assert [row["quantity"] for row in rows] == [1] * 3000 + [4]


def test_a_line_without_end(tmp_path: Path) -> None:
    """A line that would not fit into memory is passed over and named."""
    long = json.dumps(EVENT | {"title": "x" * LONGEST_LINE_BYTES})
    rows, rejected = read(tmp_path / "events.jsonl", "\n".join([json.dumps(EVENT), long, json.dumps(EVENT)]))
    assert len(rows) == 2
    assert rejected.messages == [
        f"row must be at most 4194304 bytes long; got {long[:60]!r} in line 2.",
    ]


def test_parquet_of_every_type(tmp_path: Path) -> None:
    """Parquet columns are read whatever they hold; values that cannot be are rejected by themselves."""
    table = pa.table(
        {
            "customer_id": pa.array([b"c", b"\xff", b"d"], pa.binary()),
            "item_id": pa.array(["i", "j", "k"]).dictionary_encode(),
            "kind": pa.array(["view", "view", "view"], pa.large_string()),
            "ts": pa.array([1_740_823_200_000_000] * 2 + [2**62], pa.timestamp("us", "UTC")),
            "tags": pa.array([["a"], None, []]),
            "weight": pa.array([1.5, float("nan"), float("inf")]),
        }
    )
    pq.write_table(table, tmp_path / "events.parquet")
    rows, rejected = read_file(tmp_path / "events.parquet")
    assert customers(rows) == ["c"]
    reasons = [rejection.reason for rejection, _ in rejected.notes]
    assert reasons == ["customer_id unreadable", "occurred_at out of range"]
    assert rejected.notes[0][1]["weight"] == "nan"
    (tmp_path / "copy.dat").write_bytes((tmp_path / "events.parquet").read_bytes())
    assert customers(read_file(tmp_path / "copy.dat")[0]) == ["c"]


def test_kinds_of_file_by_their_beginning(tmp_path: Path) -> None:
    """A file without a telling name is recognised by how it begins."""
    assert customers(read(tmp_path / "export", json.dumps(EVENT))[0]) == ["c"]
    assert customers(read(tmp_path / "export.2025", HEADER + GOOD)[0]) == ["c"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.csv", b" \n", "is empty; export it again."),
        (
            "book.csv",
            b"PK\x03\x04....",
            "is an Excel workbook or ZIP archive; files must be CSV, JSON Lines or Parquet. Save it as CSV.",
        ),
        ("array.json", b'[{"a": 1}]', "is one JSON array; JSON Lines has one object on each line. Write it so."),
        (
            "picture.bin",
            b"\x89PNG\r\n\x00\x01\x02",
            "is of an unknown kind; files must be CSV, JSON Lines or Parquet. Convert it.",
        ),
        ("blank.csv", b",,\n,,\n", "has no rows in it; export it again."),
    ],
)
def test_files_of_the_wrong_kind(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    """A file that cannot be imported gives one line that says what it is and what to do."""
    with pytest.raises(HuitouError) as raised:
        read(tmp_path / name, content)
    assert raised.value.message == f"{tmp_path / name} {why}"


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """A missing file, a folder and a broken Parquet file give one line each."""
    with pytest.raises(HuitouError) as raised:
        read_file(tmp_path / "absent.csv")
    assert raised.value.message == f"{tmp_path / 'absent.csv'} does not exist. Check its name."
    with pytest.raises(HuitouError) as raised:
        read_file(tmp_path)
    assert raised.value.message == f"{tmp_path} is a folder. Name the files in it."
    for content in (b"PAR1" + b"x" * 100, b"a,b\n"):
        with pytest.raises(HuitouError) as raised:
            read(tmp_path / "events.parquet", content)
        assert raised.value.message.startswith(f"{tmp_path / 'events.parquet'} must be a whole Parquet file; ")
        assert "\n" not in raised.value.message


def test_recognition_of_encodings() -> None:
    """UTF-8 is told from GB18030 even when a few bytes are wrong; another encoding can be named."""
    chinese = "用户,商品\n张三,茶叶\n" * 50
    assert encoding_of(chinese.encode()) == "utf-8"
    assert encoding_of(chinese.encode()[:-2]) == "utf-8"
    assert encoding_of(chinese.encode() + b"\xff") == "utf-8"
    assert encoding_of(chinese.encode("gb18030")) == "gb18030"
    assert encoding_of(chinese.encode("gb18030")[:-2]) == "gb18030"
    assert encoding_of(b"caf\xe9s,\xa31\n" * 9) == "utf-8"
    assert encoding_of(b"caf\xe9", "latin-1") == "iso8859-1"
    for named in ("klingon", "hex"):
        with pytest.raises(HuitouError) as raised:
            encoding_of(b"a", named)
        assert raised.value.message == (
            f"encoding must be the name of one; got {named!r}. Use for example utf-8, gb18030 or latin-1."
        )
