"""A file of suppressions: read and checked whole before anything is stored of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from features.errors import HuitouError
from features.events.importing.column_names import plain_name
from serving.care.suppressing.rows import ToldSuppression, channel_said

LARGEST_BYTES = 500_000_000
"""A larger file is not read."""

TOLD_LINES = 10
"""So many wrong lines are named."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer_id", "customer", "user_id", "member_id", "客户ID", "客户编号", "会员ID", "用户ID", "顾客ID"),
    "email": ("email", "e_mail", "email_address", "mail", "邮箱", "电子邮件", "邮箱地址"),
    "phone": ("phone", "mobile", "telephone", "phone_number", "手机", "手机号", "手机号码", "电话", "电话号码"),
    "channel": ("channel", "渠道"),
}
"""How columns may be called; case, blanks and punctuation do not matter."""

_ENCODINGS = ("utf-8-sig", "gb18030")
_BY_NAME = {plain_name(name): column for column, names in COLUMNS.items() for name in names}


def read_suppressions(file: Path, channel: str | None, kind: str | None = None) -> list[tuple[int, ToldSuppression]]:
    """Every row of a CSV file with its line; ``channel`` is for rows that name none.

    The first line names the columns, one of them an id, an e-mail or a telephone; a file of one column without names
    needs ``kind``. Raises one :class:`HuitouError` that names the wrong lines.
    """
    usual = channel_said(channel)
    rows = _lines(_text(file), file)
    first = next(rows, None)
    if first is None:
        raise _wrong(file, "it is empty.")
    columns = _columns(first[1])
    if columns is None:
        columns = {kind: 0} if kind is not None and len(first[1]) == 1 else _no_columns(file, first[1])
        rows = (row for part in ([first], rows) for row in part)
    found: list[tuple[int, ToldSuppression]] = []
    wrong: list[tuple[int, str]] = []
    for line, cells in rows:
        try:
            found += [(line, told) for told in _told(cells, columns, usual)]
        except HuitouError as error:
            wrong.append((line, error.message))
    refuse_lines(file, wrong)
    if not found:
        raise _wrong(file, "it has no rows.")
    return found


def refuse_lines(file: Path, wrong: Sequence[tuple[int, str]]) -> None:
    """Raise :class:`HuitouError` when some lines are wrong: nothing of the file is stored then."""
    if wrong:
        told = " ".join(f"Line {line}: {what}" for line, what in wrong[:TOLD_LINES])
        more = f" And {len(wrong) - TOLD_LINES:,} more." if len(wrong) > TOLD_LINES else ""
        lines = "1 line" if len(wrong) == 1 else f"{len(wrong):,} lines"
        raise _wrong(file, f"{lines} cannot be used. {told}{more}", [line for line, _ in wrong[:TOLD_LINES]])


def _told(cells: Sequence[str], columns: Mapping[str, int], usual: str) -> list[ToldSuppression]:
    """What one line suppresses: each of its cells; raises when it has none."""
    if max(columns.values()) >= len(cells):
        raise HuitouError(f"it has {len(cells)} cells, and the first line has more.")
    said = {column: cells[place].strip() for column, place in columns.items()}
    channel = channel_said(said.pop("channel", "")) or usual
    rows = [ToldSuppression(kind, value, channel).checked() for kind, value in said.items() if value]
    if not rows:
        raise HuitouError("it names nobody.")
    return rows


def _columns(names: Sequence[str]) -> dict[str, int] | None:
    """The places of the columns by their names; None where the line names none."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        column = _BY_NAME.get(plain_name(name))
        if column is not None:
            found.setdefault(column, place)
    return found if {*found} - {"channel"} else None


def _no_columns(file: Path, names: Sequence[str]) -> dict[str, int]:
    told = ", ".join(repr(name[:40]) for name in names[:5])
    raise _wrong(
        file,
        f"its first line must name a column customer_id, email or phone; got {told}. Or say --kind for one column.",
    )


def _lines(text: str, file: Path) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not blank, with its number."""
    header = text[:10_000].splitlines()[:1]
    delimiter = max(",;\t", key=header[0].count) if header else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _wrong(file, f"line {reader.line_num} is no CSV: {error}.") from None


def _text(file: Path) -> str:
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= LARGEST_BYTES else b""
    except OSError as error:
        raise HuitouError(f"{file} cannot be read: {error.strerror}. Check its name.", field="file") from None
    if size > LARGEST_BYTES:
        raise _wrong(file, f"it has more than {LARGEST_BYTES:,} bytes; split it.")
    if b"\0" in data:
        raise _wrong(file, "it must be a text file (CSV).")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong(file, "it must be text in UTF-8 or GB 18030.")


def _wrong(file: Path, what: str, lines: Sequence[int] = ()) -> HuitouError:
    return HuitouError(
        f"{file.name}: {what} Nothing was stored of it.",
        code="broken_file",
        field="file",
        value=list(lines) or None,
    )
