"""Times as people and programs write them -> UTC microseconds.

Written forms: ISO-8601 with T or a blank, with or without a zone; dates alone; seconds, milliseconds, microseconds or
nanoseconds since 1970; 20250301 and 20250301100000; 2025/3/1 8:05; 2025年3月1日 10:00; 13/1/2025 and 1/13/2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.events.parsed import Fault, Parsed, judged, mask_of

DateOrder = Literal["dmy", "mdy"]
"""Which comes first in 3/4/2025: the day or the month."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier times are taken for mistakes."""

NOT_A_TIME = Fault("not a time", "must be a time", "Send it as 2025-03-01T10:00:00Z.")
AMBIGUOUS = Fault(
    "ambiguous", "must say which number is the day", "Send it as 2025-03-01T10:00:00Z, or say --date-order dmy."
)
NO_ZONE = Fault(
    "without time zone", "must have a time zone", "Send it as {iso}, or name the zone with --timezone."
)

_CLOCK = (
    r"(?P<before>上午|下午)?\s*(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2}))?"
    r"(?:[:分](?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?[时点分秒]?"
    r"(?:\s*(?P<after>[AaPp])\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
_YEAR_FIRST = (
    r"^(?P<year>\d{4})(?:-|/|\.|年)(?P<month>\d{1,2})(?:-|/|\.|月)(?P<day>\d{1,2})"
    r"(?:日|(?:日\s*|[Tt]|\s+)" + _CLOCK + ")?$"
)
_COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[Tt]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_YEAR_LAST = r"^(?P<{}>\d{{1,2}})[/.-](?P<{}>\d{{1,2}})[/.-](?P<year>\d{{4}})(?:[Tt]?\s+"
_DAY_FIRST = _YEAR_LAST.format("day", "month") + _CLOCK + ")?$"
_MONTH_FIRST = _YEAR_LAST.format("month", "day") + _CLOCK + ")?$"
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
    options: bool = True
    """Whether hints may name options of the command line."""

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
    reading.calendar(_YEAR_FIRST)
    reading.calendar(_COMPACT)
    order = rules.date_order or date_order_of(texts)
    if order is not None:
        reading.calendar(_DAY_FIRST if order == "dmy" else _MONTH_FIRST)
    ambiguous = mask_of(pc.match_substring_regex(texts, _DAY_FIRST)) & (order is None) & ~reading.known
    missing = ~mask_of(texts.is_valid())
    wrong = ((AMBIGUOUS, ambiguous), (NOT_A_TIME, ~reading.known & ~ambiguous & ~missing))
    return _zoned(reading.micros, reading.known, reading.naive, rules, wrong)


def typed_times(column: pa.Array, rules: TimeRules) -> Parsed:
    """A timestamp or date column as UTC timestamps in microseconds."""
    known = mask_of(column.is_valid())
    naive = np.full(len(column), getattr(column.type, "tz", None) is None)
    return _zoned(_micros_of(column), known, naive, rules, ())


def date_order_of(texts: pa.Array) -> DateOrder | None:
    """What times like 13/1/2025 in ``texts`` say about the order of day and month; None when they say nothing."""
    evidence = date_order_evidence(texts)
    if evidence[0] == evidence[1]:
        return None
    return "dmy" if evidence[0] > evidence[1] else "mdy"


def date_order_evidence(texts: pa.Array) -> tuple[int, int, int]:
    """How many texts can only be day first, can only be month first, and have the year last at all."""
    found = pc.extract_regex(texts, _DAY_FIRST).drop_null()
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
        self._fill(rows, micros + _fraction_micros(parts.field("fraction")), np.zeros(len(rows), bool))

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
            parts = _Parts(pc.extract_regex(self.texts.take(pa.array(rows)), pattern))
            real = parts.real()
            self._fill(rows[real], parts.micros()[real], parts.naive()[real])

    def _fill(self, rows: np.ndarray, micros: np.ndarray, naive: np.ndarray) -> None:
        self.micros[rows], self.naive[rows], self.known[rows] = micros, naive, True


class _Parts:
    """Year, month, ..., zone of many times; shape ``(n,)`` each."""

    def __init__(self, parts: pa.StructArray) -> None:
        self.parts = parts
        self.names = {field.name for field in parts.type}
        self.year, self.month, self.day = (self._number(name) for name in ("year", "month", "day"))
        self.hour, self.minute, self.second = (self._number(name) for name in ("hour", "minute", "second"))
        self.half = np.char.lower(np.char.add(self._text("before"), self._text("after")))
        self.zone = self._text("zone")

    def real(self) -> np.ndarray:
        """Where there is such a day and such a time of day."""
        clock = (self.hour < 24) & (self.minute < 60) & (self.second < 60)
        halved = (self.half == "") | ((self.hour >= 1) & (self.hour <= 12))
        days = self._first_of_month(1) - self._first_of_month(0)
        day = (self.day >= 1) & (self.day <= days.astype(np.int64))
        zone_hours, zone_minutes = np.divmod(np.abs(self._offset_minutes()), 60)
        return (
            (self.month >= 1) & (self.month <= 12) & day & clock & halved & (zone_hours < 24) & (zone_minutes < 60)
        )

    def micros(self) -> np.ndarray:
        """Microseconds since 1970 in UTC, or of the local clock where there is no zone."""
        days = self._first_of_month(0).astype(np.int64) + self.day - 1
        afternoon = (self.half == "p") | (self.half == "下午")
        hour = np.where(self.half == "", self.hour, self.hour % 12 + 12 * afternoon)
        seconds = ((days * 24 + hour) * 60 + self.minute - self._offset_minutes()) * 60 + self.second
        return seconds * 1_000_000 + _fraction_micros(pa.array(self._text("fraction")))

    def naive(self) -> np.ndarray:
        """Where there is no zone."""
        return np.asarray(self.zone == "")

    def _text(self, name: str) -> np.ndarray:
        if name not in self.names:
            return np.full(len(self.parts), "")
        return np.asarray(self.parts.field(name).to_pylist(), dtype=np.str_)

    def _number(self, name: str) -> np.ndarray:
        if name not in self.names:
            return np.zeros(len(self.parts), np.int64)
        text = self.parts.field(name)
        number: np.ndarray = pc.if_else(pc.equal(text, ""), "0", text).cast(pa.int64()).to_numpy(zero_copy_only=False)
        return number

    def _first_of_month(self, later: int) -> np.ndarray:
        months = (self.year - 1970) * 12 + np.clip(self.month, 1, 12) - 1 + later
        return months.astype("datetime64[M]").astype("datetime64[D]")

    def _offset_minutes(self) -> np.ndarray:
        digits = np.char.replace(self.zone, ":", "")
        signed = np.char.startswith(digits, "+") | np.char.startswith(digits, "-")
        plain = np.where(signed, np.char.ljust(np.char.lstrip(digits, "+-"), 4, "0"), "0").astype(np.int64)
        return np.where(np.char.startswith(digits, "-"), -1, 1) * (plain // 100 * 60 + plain % 100)


def _iso_times(texts: pa.Array) -> pa.Array | None:
    """ISO-8601 times that all have a zone or all have none, at Arrow's speed; None when some are something else."""
    utc = pa.timestamp("us", "UTC")
    for cast in (
        lambda: pc.cast(texts, utc),
        lambda: pc.cast(texts, pa.timestamp("us")),
        lambda: pc.cast(pc.replace_substring_regex(texts, r" (?:UTC|GMT)$", "Z"), utc),
    ):
        try:
            return cast()
        except pa.ArrowInvalid:
            continue
    return None


def _micros_of(column: pa.Array) -> np.ndarray:
    """Microseconds since 1970 of a timestamp or date column, far away kept at a distance that cannot overflow."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.date32() if pa.types.is_date32(column.type) else pa.timestamp("ms"))
    if pa.types.is_date32(column.type):
        numbers, factor = column.cast(pa.int32()).cast(pa.int64()), 86_400_000_000
    else:
        numbers, factor = column.cast(pa.int64()), _MICROSECONDS.get(column.type.unit, 0)
    ticks = numbers.fill_null(0).to_numpy(zero_copy_only=False)
    if not factor:
        return ticks // 1_000
    return np.clip(ticks, -_FARTHEST // factor, _FARTHEST // factor) * factor


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
        return _within(_instants(micros, known & ~naive), rules, (*wrong, (_no_zone(rules), naive)))
    if naive.any():
        clock = _instants(np.clip(micros, -_FARTHEST, _FARTHEST), naive).cast(pa.timestamp("us"))
        # A clock that goes back shows an hour twice and one that goes forward skips one: take the earlier moment.
        zoned = pc.assume_timezone(clock, rules.timezone, ambiguous="earliest", nonexistent="earliest")
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


def _no_zone(rules: TimeRules) -> Fault:
    return NO_ZONE if rules.options else Fault(NO_ZONE.reason, NO_ZONE.rule, "Send it as {iso}.")


def _fraction_micros(digits: pa.Array) -> np.ndarray:
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 6, "0"), 0, 6)
    micros: np.ndarray = padded.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return micros
