"""Opening a file of any kind that can be imported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from features.errors import HuitouError
from features.events.reading.batch import Reader, distinct
from features.events.reading.delimited import DelimitedReader, delimiter_of, records_of
from features.events.reading.json_lines import JsonLinesReader
from features.events.reading.parquet import ParquetReader
from features.events.reading.text_stream import encoding_of, head_of

BATCH_ROWS = 262_144
"""How many rows are in memory at a time."""

_KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_PARQUET = b"PAR1"
_OTHERS = {
    b"PK\x03\x04": "an Excel workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"%PDF": "a PDF",
}
_DATA_LIKE = re.compile(r"[\s\d.,:;/+¥$€TZ-]*")


@dataclass(frozen=True)
class ReadOptions:
    """What a person may say about a file; None is found out."""

    encoding: str | None = None
    """How its text is written, such as utf-8 or gb18030."""
    delimiter: str | None = None
    """What stands between two values of a CSV file; one character."""
    header: bool | None = None
    """Whether a CSV file's first line names the columns."""
    batch_rows: int = BATCH_ROWS
    """How many rows are in memory at a time."""


def open_reader(path: Path, options: ReadOptions) -> Reader:
    """A reader for the file at ``path``, its kind told by its name and its first bytes.

    Raises :class:`HuitouError` when there is no such file, or it is empty, unreadable or of another kind.
    """
    head = _checked_head(path)
    kind = _kind_of(path, head)
    if kind == "parquet":
        return ParquetReader.open(path, options.batch_rows)
    encoding = encoding_of(head, options.encoding)
    if kind == "json":
        return JsonLinesReader(path, encoding, options.batch_rows)
    return _delimited(path, head.decode(encoding, "replace"), encoding, options)


def _delimited(path: Path, text: str, encoding: str, options: ReadOptions) -> DelimitedReader:
    delimiter = options.delimiter or delimiter_of(text)
    if len(delimiter) != 1 or delimiter in '"\r\n' or not delimiter.isascii():
        raise HuitouError(
            f"delimiter must be one character; got {delimiter!r}. Use for example ',' or ';'.",
            field="delimiter",
            value=delimiter,
        )
    records = records_of(text, delimiter)
    start = next((place for place, record in enumerate(records) if any(map(str.strip, record))), None)
    if start is None:
        raise _refused(path, "has no rows in it; export it again.")
    first = records[start]
    headed = options.header if options.header is not None else looks_like_names(first)
    names = distinct(first) if headed else tuple(str(number) for number in range(1, len(first) + 1))
    sample = next((record for record in records[start + headed :] if any(record)), [])
    skipped = start + headed
    return DelimitedReader(path, names, tuple(sample), headed, encoding, delimiter, skipped, options.batch_rows)


def looks_like_names(record: list[str]) -> bool:
    """Whether a CSV file's first record names columns: nothing in it is empty, a number or a time."""
    return bool(record) and not any(_DATA_LIKE.fullmatch(value) for value in record if value or len(record) == 1)


def _checked_head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise _refused(path, "is a folder. Name the files in it.")
        if not path.is_file():
            raise _refused(path, "does not exist. Check its name.")
        head = head_of(path)
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror or error}). Check who may read it.") from None
    if not head.strip():
        raise _refused(path, "is empty; export it again.")
    return head


def _kind_of(path: Path, head: bytes) -> str:
    if head.startswith(_PARQUET):
        return "parquet"
    for beginning, what in _OTHERS.items():
        if head.startswith(beginning):
            raise _refused(path, f"is {what}; files must be CSV, JSON Lines or Parquet. Save it as CSV.")
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    named = _KINDS.get(suffixes[-1]) if suffixes else None
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begins == b"[" and named == "json":
        raise _refused(path, "is one JSON array; JSON Lines has one object on each line. Write it so.")
    if named:
        return named
    if begins == b"{":
        return "json"
    if b"\x00" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(path, "is of an unknown kind; files must be CSV, JSON Lines or Parquet. Convert it.")
    return "csv"


def _refused(path: Path, why: str) -> HuitouError:
    return HuitouError(f"{path} {why}", code="unreadable_file", field="file", value=str(path))
