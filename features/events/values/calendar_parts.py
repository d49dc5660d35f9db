"""Years, months, days and times of day as they are written, in several orders -> microseconds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_CLOCK = (
    r"(?P<before>上午|下午)?\s*(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2}))?"
    r"(?:[:分](?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?[时点分秒]?"
    r"(?:\s*(?P<after>[AaPp])\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
)
YEAR_FIRST = (
    r"^(?P<year>\d{4})(?:-|/|\.|年)(?P<month>\d{1,2})(?:-|/|\.|月)(?P<day>\d{1,2})"
    r"(?:日|(?:日\s*|[Tt]|\s+)" + _CLOCK + ")?$"
)
COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[Tt]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_YEAR_LAST = r"^(?P<{}>\d{{1,2}})[/.-](?P<{}>\d{{1,2}})[/.-](?P<year>\d{{4}})(?:[Tt]?\s+"
DAY_FIRST = _YEAR_LAST.format("day", "month") + _CLOCK + ")?$"
MONTH_FIRST = _YEAR_LAST.format("month", "day") + _CLOCK + ")?$"


class CalendarParts:
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
        zone = (zone_hours < 24) & (zone_minutes < 60)
        real: np.ndarray = (self.month >= 1) & (self.month <= 12) & day & clock & halved & zone
        return real

    def micros(self) -> np.ndarray:
        """Microseconds since 1970 in UTC, or of the local clock where there is no zone."""
        days = self._first_of_month(0).astype(np.int64) + self.day - 1
        afternoon = (self.half == "p") | (self.half == "下午")
        hour = np.where(self.half == "", self.hour, self.hour % 12 + 12 * afternoon)
        seconds = ((days * 24 + hour) * 60 + self.minute - self._offset_minutes()) * 60 + self.second
        micros: np.ndarray = seconds * 1_000_000 + fraction_micros(pa.array(self._text("fraction")))
        return micros

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
        days: np.ndarray = months.astype("datetime64[M]").astype("datetime64[D]")
        return days

    def _offset_minutes(self) -> np.ndarray:
        digits = np.char.replace(self.zone, ":", "")
        signed = np.char.startswith(digits, "+") | np.char.startswith(digits, "-")
        plain = np.where(signed, np.char.ljust(np.char.lstrip(digits, "+-"), 4, "0"), "0").astype(np.int64)
        minutes: np.ndarray = np.where(np.char.startswith(digits, "-"), -1, 1) * (plain // 100 * 60 + plain % 100)
        return minutes


def fraction_micros(digits: pa.Array) -> np.ndarray:
    """Microseconds of texts of decimal places, what is finer cut off; shape ``(n,)``."""
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 6, "0"), 0, 6)
    micros: np.ndarray = padded.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return micros
