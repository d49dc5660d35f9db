"""The row check: what is taken, what is not, and why. Files and the API go through the same one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.errors import HuitouError
from features.events.event import Field, FieldType, arrow_schema
from features.events.parsing import MISSING, WRONG_TYPE, parse_column
from features.events.values.objects import columns_of, shown
from features.events.values.parsed import Fault, mask_of
from features.events.values.times import DateOrder, TimeRules

NOBODY = Fault("missing", "or visitor_id must be given")
NEGATIVE_QUANTITY = Fault("negative", "must be positive unless the event is a purchase or a return")
NOT_AN_OBJECT = Fault("not an object", "must be a JSON object", 'Send it as {"item_id": "sku-1", ...}.')

LONGEST_VALUE_SHOWN = 60
"""Longer values are cut in messages, in characters."""
LONGEST_VALUE_KEPT = 1_000
"""Longer values are cut in :attr:`Rejection.value`, in characters."""

_QUOTED = (FieldType.ID, FieldType.KIND, FieldType.ARM, FieldType.TEXT, FieldType.BIRTHDAY)
_BARE = re.compile(r"[0-9+-][0-9T:.,+/ Z-]*")
_ISO_BEGINNING = re.compile(r"\d{4}-\d{2}-\d{2}(?P<clock>[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")


@dataclass(frozen=True)
class Rejection:
    """One row that is not taken."""

    row: int
    """The row's number."""
    field: str
    """The first field that is wrong, ``row`` when it is the row itself."""
    value: str | None
    """What was found there."""
    reason: str
    """A few stable words to count by, such as ``customer_id missing``."""
    message: str
    """One line: the rule, the value, the row, and what to do."""


@dataclass(frozen=True)
class Checked:
    """What became of some rows."""

    rows: pa.Table
    """The good rows, typed, in the order in which they came."""
    positions: np.ndarray
    """The numbers of the good rows, shape ``(n_good,)``."""
    rejections: list[Rejection]
    """The others, by row number."""


def check_table(
    raw: pa.Table,
    fields: tuple[Field, ...],
    *,
    timezone: str | None,
    now: datetime,
    first_row: int = 1,
    numbers: np.ndarray | None = None,
    date_order: DateOrder | None = None,
    misfits: Mapping[str, Mapping[int, Any]] | None = None,
) -> Checked:
    """The good rows of ``raw``, typed, and a rejection for each other row.

    Columns are found by the fields' names; a missing column is a column of nulls. Rows are numbered from
    ``first_row``, or by ``numbers``, shape ``(n,)``. ``misfits`` are values that the text columns could not
    hold, by column and row index. Raises :class:`HuitouError` for an unknown ``timezone``.
    """
    checked_timezone(timezone)
    if numbers is None:
        numbers = np.arange(first_row, first_row + len(raw))
    return _Check(raw, fields, TimeRules(timezone, now, date_order), numbers, misfits or {}).result()


def check_rows(
    rows: Sequence[Mapping[str, Any]], fields: tuple[Field, ...], *, timezone: str | None, now: datetime
) -> Checked:
    """The same for JSON objects, numbered from 1. Values of the wrong JSON type are rejected."""
    checked_timezone(timezone)
    columns = columns_of([row if isinstance(row, Mapping) else {} for row in rows], [field.name for field in fields])
    numbers = np.arange(1, len(rows) + 1)
    check = _Check(columns.table, fields, TimeRules(timezone, now), numbers, columns.misfits, options=False)
    strays = {index: row for index, row in enumerate(rows) if not isinstance(row, Mapping)}
    return check.result(strays)


def checked_timezone(timezone: str | None) -> str | None:
    """``timezone``; raises :class:`HuitouError` when it is not the IANA name of one."""
    try:
        if timezone is not None:
            ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HuitouError(
            f"timezone must be an IANA name; got {timezone!r}. Use for example Asia/Shanghai or UTC.",
            field="timezone",
            value=timezone,
        ) from None
    return timezone


class _Check:
    """One table while it is checked: typed columns, and the first fault of each row."""

    def __init__(
        self,
        raw: pa.Table,
        fields: tuple[Field, ...],
        times: TimeRules,
        numbers: np.ndarray,
        misfits: Mapping[str, Mapping[int, Any]],
        options: bool = True,
    ) -> None:
        self.raw = {name: _one_chunk(raw[name]) for name in raw.column_names}
        self.fields = fields
        self.times = times
        self.numbers = numbers
        self.misfits = misfits
        self.options = options
        self.typed: dict[str, pa.Array] = {}
        self.found = np.zeros(len(raw), np.int16)
        self.faults: list[tuple[str, Fault]] = []

    def result(self, strays: Mapping[int, Any] | None = None) -> Checked:
        """The good rows and the rejections; ``strays`` are rows, by index, that are no objects at all."""
        if strays:
            self._blame("row", NOT_AN_OBJECT, self._mask(strays))
        for field in self.fields:
            self._read(field)
        if "kind" in self.typed and "quantity" in self.typed:
            self._settle_event()
        for moment in {"occurred_at", "contacted_at"} & set(self.typed):
            self._settle_known(moment)
        good = self.found == 0
        rows = pa.table(self.typed, schema=arrow_schema(self.fields))
        rejections = self._rejections({"row": strays or {}, **self.misfits})
        return Checked(rows if good.all() else rows.filter(pa.array(good)), self.numbers[good], rejections)

    def _read(self, field: Field) -> None:
        column = self.raw.get(field.name)
        if column is None:
            column = pa.nulls(len(self.numbers))
        misfits = self.misfits.get(field.name, {})
        if field.type is FieldType.FLAG:
            misfits = {index: value for index, value in misfits.items() if not isinstance(value, bool)}
        if misfits:
            self._blame(field.name, WRONG_TYPE, self._mask(misfits))
        parsed = parse_column(column, field, self.times)
        for code, fault in enumerate(parsed.faults, start=1):
            self._blame(field.name, fault, parsed.codes == code)
        self.typed[field.name] = parsed.values
        if field.required:
            self._blame(field.name, MISSING, ~mask_of(parsed.values.is_valid()))
        if field.name == "visitor_id" and "customer_id" in self.typed:
            nobody = pc.and_(self.typed["customer_id"].is_null(), parsed.values.is_null())
            self._blame("customer_id", NOBODY, mask_of(nobody))

    def _settle_event(self) -> None:
        """A negative purchase is a return, and one piece is usual."""
        quantity = self.typed["quantity"].fill_null(1)
        negative = pc.less(quantity, 0)
        bought = pc.equal(self.typed["kind"], "purchase")
        turned = pc.or_(bought, pc.equal(self.typed["kind"], "return"))
        self._blame("quantity", NEGATIVE_QUANTITY, mask_of(pc.and_not(negative, turned)))
        self.typed["kind"] = pc.if_else(pc.and_(bought, negative), "return", self.typed["kind"])
        self.typed["quantity"] = pc.abs(quantity)

    def _settle_known(self, moment: str) -> None:
        """Nothing is known before it happens."""
        known, happened = self.typed["known_at"], self.typed[moment]
        self.typed["known_at"] = pc.if_else(pc.less(known, happened), happened, known)

    def _mask(self, indices: Mapping[int, Any]) -> np.ndarray:
        mask = np.zeros(len(self.numbers), bool)
        mask[list(indices)] = True
        return mask

    def _blame(self, field: str, fault: Fault, mask: np.ndarray) -> None:
        """Note the fault for the rows of the mask that had none so far."""
        if mask.any():
            self.faults.append((field, fault))
            self.found[mask & (self.found == 0)] = len(self.faults)

    def _rejections(self, misfits: Mapping[str, Mapping[int, Any]]) -> list[Rejection]:
        rejections: list[Rejection] = []
        for number, (field, fault) in enumerate(self.faults, start=1):
            indices = np.flatnonzero(self.found == number)
            events = self._values("event_id", indices, misfits)
            quoted = next((known.type in _QUOTED for known in self.fields if known.name == field), True)
            for index, value, event in zip(indices, self._values(field, indices, misfits), events, strict=True):
                row = int(self.numbers[index])
                place = _place(row, event if field != "event_id" else None)
                message = _message(field, fault, value, quoted, place, self.options)
                rejections.append(
                    Rejection(row, field, _cut(value, LONGEST_VALUE_KEPT), f"{field} {fault.reason}", message)
                )
        return sorted(rejections, key=lambda rejection: rejection.row)

    def _values(self, field: str, indices: np.ndarray, misfits: Mapping[str, Mapping[int, Any]]) -> list[str | None]:
        """The raw values of a field as text."""
        column = self.raw.get(field)
        texts = [None] * len(indices) if column is None else shown_texts(column.take(pa.array(indices)))
        odd = misfits.get(field, {})
        return [shown(odd[index]) if index in odd else text for index, text in zip(indices, texts, strict=True)]


def shown_texts(column: pa.Array) -> list[str | None]:
    """The values of any column as texts for people, without failing on what Python cannot hold."""
    try:
        texts: list[str | None] = column.cast(pa.string()).to_pylist()
        return texts
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError):
        return [_scalar_text(scalar) for scalar in column]


def _scalar_text(scalar: pa.Scalar) -> str | None:
    try:
        value = scalar.as_py()
    except (ValueError, OverflowError):
        return repr(scalar)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None if value is None else str(value)


def _message(field: str, fault: Fault, value: str | None, quoted: bool, place: str, options: bool) -> str:
    hint = fault.hint.replace("{iso}", _as_iso(value)) if "{iso}" in fault.hint else fault.hint
    if "--" in hint and not options:
        hint = _without_options(hint)
    return f"{field} {fault.rule}; got {_shown(value, quoted)} in {place}.{' ' if hint else ''}{hint}"


def _without_options(hint: str) -> str:
    """The hint for those who have no command line."""
    first, _, second = hint.partition(", or ")
    return first + "." if second and "--" not in first else ""


def _place(row: int, event_id: str | None) -> str:
    return f"row {row}" if event_id is None else f"row {row} (event {_shown(event_id, True)})"


def _shown(value: str | None, quoted: bool) -> str:
    if value is None or not value.strip():
        return "nothing"
    short = _cut(value, LONGEST_VALUE_SHOWN) or ""
    return short if not quoted and _BARE.fullmatch(short) else repr(short)


def _cut(value: str | None, length: int) -> str | None:
    return value if value is None or len(value) <= length else value[: length - 1] + "…"


def _as_iso(value: str | None) -> str:
    """The value with a zone, or an example when the value is not ISO-8601."""
    found = _ISO_BEGINNING.fullmatch(value.strip()) if value else None
    if found is None:
        return "2025-03-01T10:00:00Z"
    return found.group().replace(" ", "T") + ("Z" if found["clock"] else "T00:00:00Z")


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else combined.chunk(0)
