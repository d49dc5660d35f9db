"""Times as people and programs write them -> UTC microseconds.

Written forms: ISO-8601 with T or a blank, with or without a zone; dates alone; seconds, milliseconds,
microseconds or nanoseconds since 1970; 20250301 and 20250301100000; 2025/3/1 8:05; 2025年3月1日 10:00;
13/1/2025 and 1/13/2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.events.values.calendar_parts import (
    COMPACT,
    DAY_FIRST,
    MONTH_FIRST,
    YEAR_FIRST,
    CalendarParts,
    fraction_micros,
)
from features.events.values.parsed import Fault, Parsed, judged, mask_of

DateOrder = Literal["dmy", "mdy"]
"""Which comes first in 3/4/2025: the day or the month."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier times are taken for mistakes."""

NOT_A_TIME = Fault("not a time", "must be a time", "Send it as 2025-03-01T10:00:00Z.")
AMBIGUOUS = Fault(
    "ambiguous",
    "must say which number is the day",
    "Send it as 2025-03-01T10:00:00Z, or say --date-order dmy.",
)
NO_ZONE = Fault("without time zone", "must have a time zone", "Send it as {iso}, or name the zone with --timezone.")

_EPOCHS = (
    (r"^\d{9,10}(?:\.\d+)?$", 1_000_000),
    (r"^\d{12,13}$", 1_000),
    (r"^\d{15,16}$", 1),
)
_EPOCH_NANOSECONDS = r"^\d{18,19}$"
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_FARTHEST = 10**17
"""Microseconds beyond which nothing is computed: the year 5138."""


@dataclass(frozen=True)
class TimeRules:
    """How times of one file or request are read."""

    timezone: str | None
    """IANA name of the zone that times without one are in; None: such times are rejected."""
    now: datetime
    """The present, with a zone; times more than a day later are rejected."""
    date_order: DateOrder | None = None
    """What 3/4/2025 means; None: what fits all times of the column."""

    @property
    def latest(self) -> datetime:
        """Later times are taken for mistakes."""
        return self.now + timedelta(days=1)


def parse_times(texts: pa.Array, rules: TimeRules) -> Parsed:
    """Trimmed texts as UTC timestamps in microseconds."""
    quick = _iso_times(texts)
    if quick is not None:
        return typed_times(quick, rules)
    reading = _Reading(texts)
    for pattern, factor in _EPOCHS:
        reading.epoch(pattern, factor)
    reading.nanoseconds()
    reading.calendar(YEAR_FIRST)
    reading.calendar(COMPACT)
    order = rules.date_order or date_order_of(texts)
    if order is not None:
        reading.calendar(DAY_FIRST if order == "dmy" else MONTH_FIRST)
    ambiguous = mask_of(pc.match_substring_regex(texts, DAY_FIRST)) & (order is None) & ~reading.known
    missing = ~mask_of(texts.is_valid())
    wrong = ((AMBIGUOUS, ambiguous), (NOT_A_TIME, ~reading.known & ~ambiguous & ~missing))
    return _zoned(reading.micros, reading.known, reading.naive, rules, wrong)


def typed_times(column: pa.Array, rules: TimeRules) -> Parsed:
    """A timestamp or date column as UTC timestamps in microseconds."""
    known = mask_of(column.is_valid())
    naive = np.full(len(column), getattr(column.type, "tz", None) is None)
    return _zoned(_micros_of(column), known, naive, rules, ())


def date_order_of(texts: pa.Array) -> DateOrder | None:
    """The order of day and month that times like 13/1/2025 in ``texts`` show; None when they show none."""
    evidence = date_order_evidence(texts)
    if evidence[0] == evidence[1]:
        return None
    return "dmy" if evidence[0] > evidence[1] else "mdy"


def date_order_evidence(texts: pa.Array) -> tuple[int, int, int]:
    """How many texts can only be day first, can only be month first, and have the year last at all."""
    found = pc.extract_regex(texts, DAY_FIRST).drop_null()
    day = found.field("day").cast(pa.int64()).to_numpy(zero_copy_only=False)
    month = found.field("month").cast(pa.int64()).to_numpy(zero_copy_only=False)
    return int(((day > 12) & (month <= 12)).sum()), int(((month > 12) & (day <= 12)).sum()), len(found)


class _Reading:
    """Texts of mixed forms while they are read, one form after the other."""

    def __init__(self, texts: pa.Array) -> None:
        self.texts = texts
        self.micros = np.zeros(len(texts), np.int64)
        self.known = np.zeros(len(texts), bool)
        self.naive = np.zeros(len(texts), bool)

    def epoch(self, pattern: str, factor: int) -> None:
        """Read numbers since 1970 that match ``pattern``; one is ``factor`` microseconds."""
        rows = np.flatnonzero(mask_of(pc.match_substring_regex(self.texts, pattern)) & ~self.known)
        if not len(rows):
            return
        parts = pc.extract_regex(self.texts.take(pa.array(rows)), r"^(?P<whole>\d+)(?:\.(?P<fraction>\d+))?$")
        micros = parts.field("whole").cast(pa.int64()).to_numpy(zero_copy_only=False) * factor
        self._fill(rows, micros + fraction_micros(parts.field("fraction")), np.zeros(len(rows), bool))

    def nanoseconds(self) -> None:
        """Read nanoseconds since 1970; what is finer than a microsecond is cut off."""
        rows = np.flatnonzero(mask_of(pc.match_substring_regex(self.texts, _EPOCH_NANOSECONDS)) & ~self.known)
        digits = self.texts.take(pa.array(rows))
        micros = pc.utf8_slice_codeunits(digits, 0, -3).cast(pa.int64()).to_numpy(zero_copy_only=False)
        self._fill(rows, micros, np.zeros(len(rows), bool))

    def calendar(self, pattern: str) -> None:
        """Read days and times of day that match ``pattern``, unless there is no such day or time."""
        rows = np.flatnonzero(mask_of(pc.match_substring_regex(self.texts, pattern)) & ~self.known)
        if len(rows):
            parts = CalendarParts(pc.extract_regex(self.texts.take(pa.array(rows)), pattern))
            real = parts.real()
            self._fill(rows[real], parts.micros()[real], parts.naive()[real])

    def _fill(self, rows: np.ndarray, micros: np.ndarray, naive: np.ndarray) -> None:
        self.micros[rows], self.naive[rows], self.known[rows] = micros, naive, True


def _iso_times(texts: pa.Array) -> pa.Array | None:
    """ISO-8601 times that all have a zone or all have none, at Arrow's speed; None when some are other."""
    utc, clock = pa.timestamp("us", "UTC"), pa.timestamp("us")
    first = texts.drop_null().slice(0, 1)
    for type_, ending in ((utc, None), (clock, None), (utc, r" (?:UTC|GMT)$")):
        # A cast that fails is slow: the first text says whether to try.
        if _cast(first, type_, ending) is not None:
            return _cast(texts, type_, ending)
    return None


def _cast(texts: pa.Array, type_: pa.DataType, ending: str | None) -> pa.Array | None:
    """ISO-8601 texts as timestamps, ``ending`` read as Z; None when some are something else."""
    try:
        return pc.cast(texts if ending is None else pc.replace_substring_regex(texts, ending, "Z"), type_)
    except pa.ArrowInvalid:
        return None


def _micros_of(column: pa.Array) -> np.ndarray:
    """Microseconds since 1970 of a timestamp or date column; what is far away is moved nearer, not over."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.date32() if pa.types.is_date32(column.type) else pa.timestamp("ms"))
    if pa.types.is_date32(column.type):
        numbers, factor = column.cast(pa.int32()).cast(pa.int64()), 86_400_000_000
    else:
        numbers, factor = column.cast(pa.int64()), _MICROSECONDS.get(column.type.unit, 0)
    ticks: np.ndarray = numbers.fill_null(0).to_numpy(zero_copy_only=False)
    near: np.ndarray = np.clip(ticks, -_FARTHEST // factor, _FARTHEST // factor) if factor else ticks // 1_000
    return near * (factor or 1)


def _zoned(
    micros: np.ndarray,
    known: np.ndarray,
    naive: np.ndarray,
    rules: TimeRules,
    wrong: tuple[tuple[Fault, np.ndarray], ...],
) -> Parsed:
    """UTC timestamps, those without a zone read as the clock of the rules' zone showed them."""
    naive = naive & known
    if rules.timezone is None:
        return _within(_instants(micros, known & ~naive), rules, (*wrong, (NO_ZONE, naive)))
    if naive.any():
        clock = _instants(np.clip(micros, -_FARTHEST, _FARTHEST), naive).cast(pa.timestamp("us"))
        # A clock put back shows an hour twice: the first. Put forward it skips one: the moment of change.
        zoned = pc.assume_timezone(clock, rules.timezone, ambiguous="earliest", nonexistent="latest")
        micros = np.where(naive, zoned.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False), micros)
    return _within(_instants(micros, known), rules, wrong)


def _within(instants: pa.Array, rules: TimeRules, wrong: tuple[tuple[Fault, np.ndarray], ...]) -> Parsed:
    latest = rules.latest.astimezone(UTC)
    unlikely = Fault("out of range", f"must be between {EARLIEST:%Y-%m-%d} and {latest:%Y-%m-%dT%H:%M:%SZ}")
    low = pc.less(instants, pa.scalar(EARLIEST, instants.type))
    high = pc.greater(instants, pa.scalar(latest, instants.type))
    return judged(instants, (*wrong, (unlikely, mask_of(pc.or_(low, high)))))


def _instants(micros: np.ndarray, known: np.ndarray) -> pa.Array:
    return pa.array(micros, mask=~known).cast(pa.timestamp("us", "UTC"))
