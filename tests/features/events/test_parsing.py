"""Columns as they come in -> typed columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.events.event import CUSTOMER_FIELDS, EVENT_FIELDS, ITEM_FIELDS
from features.events.parsing import parse_column
from features.events.values.times import TimeRules

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = {field.name: field for field in (*EVENT_FIELDS, *ITEM_FIELDS, *CUSTOMER_FIELDS)}
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=13_000)).map(lambda age: NOW - age)
PRICES = st.decimals(Decimal(0), Decimal(10**12), places=4)


def read(column: pa.Array | list[Any], field: str, *, zone: str | None = None, order: Any = None) -> list[Any]:
    """Each value, or the reason why it was not taken."""
    array = column if isinstance(column, pa.Array) else pa.array(column)
    parsed = parse_column(array, FIELDS[field], TimeRules(zone, NOW, order))
    pairs = zip(parsed.values.to_pylist(), parsed.codes, strict=True)
    return [parsed.faults[code - 1].reason if code else value for value, code in pairs]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-01T10:00:00Z", utc(2025, 3, 1, 10)),
        ("2025-03-01 10:00:00+08:00", utc(2025, 3, 1, 2)),
        ("2025-03-01T10:00:00.123456789+0800", utc(2025, 3, 1, 2, 0, 0, 123456)),
        ("2025-03-01 10:00:00 UTC", utc(2025, 3, 1, 10)),
        (" 2025-03-01t10:00z ", utc(2025, 3, 1, 10)),
        ("20250301T100000Z", utc(2025, 3, 1, 10)),
        ("1740823200", utc(2025, 3, 1, 10)),
        ("1740823200.25", utc(2025, 3, 1, 10, 0, 0, 250000)),
        ("1740823200123", utc(2025, 3, 1, 10, 0, 0, 123000)),
        ("1740823200123456", utc(2025, 3, 1, 10, 0, 0, 123456)),
        ("1740823200123456789", utc(2025, 3, 1, 10, 0, 0, 123456)),
    ],
)
def test_times_with_a_zone(text: str, moment: datetime) -> None:
    """Times that say their zone, and numbers since 1970, are the moment they say, alone or among other forms."""
    assert read([text], "occurred_at") == [moment]
    assert read(["2025年1月1日", text, None], "occurred_at", zone="Asia/Shanghai")[1] == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-01", utc(2025, 2, 28, 16)),
        ("20250301", utc(2025, 2, 28, 16)),
        ("2025/3/1 8:05", utc(2025, 3, 1, 0, 5)),
        ("2025年3月1日 10:00", utc(2025, 3, 1, 2)),
        ("2025年3月1日10时30分15秒", utc(2025, 3, 1, 2, 30, 15)),
        ("2025-3-1 下午3:04", utc(2025, 3, 1, 7, 4)),
        ("20250301100000", utc(2025, 3, 1, 2)),
        ("2025-03-01T10:00:00.5", utc(2025, 3, 1, 2, 0, 0, 500000)),
    ],
)
def test_times_without_a_zone(text: str, moment: datetime) -> None:
    """Times without a zone are read in the given one, and rejected when there is none."""
    assert read([text], "occurred_at", zone="Asia/Shanghai") == [moment]
    assert read([text], "occurred_at") == ["without time zone"]


@pytest.mark.parametrize(
    "text", ["soon", "2025-02-29", "2025-13-01", "2025-03-01T24:00:00Z", "12", "2025-03-01T10:60Z"]
)
def test_what_is_no_time(text: str) -> None:
    """Days and hours that do not exist, and words, are not times."""
    assert read([text], "occurred_at", zone="UTC") == ["not a time"]


def test_unlikely_times() -> None:
    """Times before 1990 or more than a day ahead are out of range, also where a computer could not count them."""
    texts = ["1989-12-31T23:59:59Z", "2026-01-02T00:00:01Z", "1990-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    assert read(texts, "occurred_at") == ["out of range", "out of range", utc(1990, 1, 1), utc(2026, 1, 2)]
    far = pa.array([2**62, -(2**62), 1_740_823_200], pa.timestamp("s", "UTC"))
    assert read(far, "occurred_at") == ["out of range", "out of range", utc(2025, 3, 1, 10)]


def test_order_of_day_and_month() -> None:
    """One date that fits only one order decides for the column; a column that decides nothing is ambiguous."""
    assert read(["3/4/2025", "13/4/2025"], "occurred_at", zone="UTC") == [utc(2025, 4, 3), utc(2025, 4, 13)]
    assert read(["3/4/2025", "4/13/2025"], "occurred_at", zone="UTC") == [utc(2025, 3, 4), utc(2025, 4, 13)]
    assert read(["3/4/2025 8:26 PM"], "occurred_at", zone="UTC") == ["ambiguous"]
    assert read(["3/4/2025 8:26 PM"], "occurred_at", zone="UTC", order="dmy") == [utc(2025, 4, 3, 20, 26)]
    assert read(["13/4/2025"], "occurred_at", zone="UTC", order="mdy") == ["not a time"]


def test_typed_times() -> None:
    """Timestamp and date columns of every unit are taken as they are; those without a zone need one."""
    for unit in ("s", "ms", "us", "ns"):
        zoned = pa.array([utc(2025, 3, 1, 10), None]).cast(pa.timestamp(unit, "Asia/Tokyo"))
        assert read(zoned, "occurred_at") == [utc(2025, 3, 1, 10), None]
        naive = pa.array([utc(2025, 3, 1, 10).replace(tzinfo=None)]).cast(pa.timestamp(unit))
        assert read(naive, "occurred_at", zone="Asia/Tokyo") == [utc(2025, 3, 1, 1)]
        assert read(naive, "occurred_at") == ["without time zone"]
    for type_ in (pa.date32(), pa.date64()):
        day = pa.array([date(2025, 3, 1)], type_)
        assert read(day, "occurred_at", zone="Asia/Shanghai") == [utc(2025, 2, 28, 16)]
    assert read(pa.array([1740823200, 20250301]), "occurred_at", zone="UTC") == [
        utc(2025, 3, 1, 10),
        utc(2025, 3, 1),
    ]
    assert read(pa.array([1740823200123456.0]), "occurred_at") == [utc(2025, 3, 1, 10, 0, 0, 123456)]


def test_hours_that_clocks_skip_or_show_twice() -> None:
    """An hour shown twice is the first, an hour skipped is the moment of the change."""
    read_here = read(["2025-10-26 02:30:00", "2025-03-30 02:30:00"], "occurred_at", zone="Europe/Berlin")
    assert read_here == [utc(2025, 10, 26, 0, 30), utc(2025, 3, 30, 1)]


@given(st.lists(MOMENTS, min_size=1, max_size=8), st.sampled_from(["Asia/Shanghai", "UTC", "Asia/Kolkata"]))
def test_round_trip_of_written_times(moments: list[datetime], zone: str) -> None:
    """Every way of writing a moment gives the moment back, whether alone in its column or mixed with others."""
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    ways = {
        "iso": [moment.isoformat() for moment in local],
        "blank": [moment.strftime("%Y-%m-%d %H:%M:%S.%f") for moment in local],
        "epoch": [str((moment - utc(1970, 1, 1)) // timedelta(microseconds=1)) for moment in moments],
        "chinese": [
            f"{m.year}年{m.month}月{m.day}日 {m.hour}:{m.minute:02}:{m.second:02}.{m.microsecond:06}" for m in local
        ],
        "day first": [m.strftime("%d/%m/%Y %H:%M:%S.%f") for m in local],
    }
    long_enough = [len(text) >= 15 for text in ways["epoch"]]
    ways["epoch"] = [
        text if long else way for text, long, way in zip(ways["epoch"], long_enough, ways["iso"], strict=True)
    ]
    for way in ways.values():
        assert read(way, "occurred_at", zone=zone, order="dmy") == moments
    mixed = [list(ways.values())[number % len(ways)][number] for number in range(len(moments))]
    assert read(mixed, "occurred_at", zone=zone, order="dmy") == moments


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.5", "12.5"),
        ("1,234.50", "1234.5"),
        ("1,234", "1234"),
        ("1.234,50", "1234.5"),
        ("1.234.567", "1234567"),
        ("1 234,5", "1234.5"),
        ("12,50", "12.5"),
        ("0,500", "0.5"),
        ("12345,678", "12345.678"),
        ("¥12.3", "12.3"),
        ("￥ 12.3", "12.3"),
        ("$1,234.50", "1234.5"),
        ("12,50 €", "12.5"),
        ("99元", "99"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1.2E+3", "1200"),
        ("1.00005", "1.0000"),
        ("1.00015", "1.0002"),
        ("-0", "0"),
    ],
)
def test_money(text: str, amount: str) -> None:
    """Amounts with currency signs, divided thousands and decimal commas are read exactly, half rounded to even."""
    assert read([text], "unit_price") == [Decimal(amount)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("free", "not a number"),
        ("1,23,4", "not a number"),
        ("(3)", "not a number"),
        ("12 34", "not a number"),
        ("٣", "not a number"),
        ("-3", "negative"),
        ("$ -3.50", "negative"),
        ("1000000000000.01", "out of range"),
        ("1e99", "out of range"),
        ("9" * 400, "out of range"),
        ("-" + "9" * 400, "negative"),
    ],
)
def test_what_is_no_price(text: str, reason: str) -> None:
    """Words, digits grouped by no custom, negative and absurd amounts are not taken."""
    assert read([text], "unit_price") == [reason]


def test_nothing_and_typed_money() -> None:
    """Blanks and words for nothing are no price; numbers and decimals of any type are prices."""
    assert read(["", " ", "NaN", "null", "N/A", None], "unit_price") == [None] * 6
    floats = pa.array([0.1 + 0.2, 2.675, 1e-5, float("nan"), 1e20, None])
    known = [Decimal("0.3"), Decimal("2.675"), Decimal(0), None, "out of range", None]
    assert read(floats, "unit_price") == known
    assert read(pa.array([12.3], pa.float32()), "unit_price") == [Decimal("12.3")]
    assert read(pa.array([3, -1]), "unit_price") == [Decimal(3), "negative"]
    assert read(pa.array([Decimal("1.234565")]), "unit_price") == [Decimal("1.2346")]
    assert read(pa.array([True]), "unit_price") == ["wrong type"]


@given(st.lists(PRICES, min_size=1))
def test_round_trip_of_written_money(prices: list[Decimal]) -> None:
    """An amount written plainly, with thousands divided, or with a currency sign is the amount again."""
    for way in ("{:f}", "{:,f}", "¥{:,f}", "{:f} €"):
        assert read([way.format(price) for price in prices], "unit_price") == prices


@given(st.lists(st.decimals(Decimal(0), Decimal(10**6), places=9), min_size=1))
def test_rounding_of_money(prices: list[Decimal]) -> None:
    """More than four places are rounded half to even, as decimal arithmetic does it."""
    rounded = [price.quantize(Decimal("0.0001"), ROUND_HALF_EVEN) for price in prices]
    assert read([f"{price:f}" for price in prices], "unit_price") == rounded


def test_quantities() -> None:
    """Whole numbers in any writing are quantities; parts, zero and absurd numbers are not."""
    texts = ["3", "-2", "+4", "3.0", "1,000", " 7 ", "", "2.5", "two", "0", "9999999999", "9" * 30]
    known = [3, -2, 4, 3, 1000, 7, None, "not a whole number", "not a whole number", "zero"]
    assert read(texts, "quantity") == [*known, "out of range", "out of range"]
    numbers = pa.array([2.0, 2.5, float("nan"), -1.0])
    assert read(numbers, "quantity") == [2, "not a whole number", None, -1]


def test_ids() -> None:
    """Ids are trimmed text without control characters, of at most 256 characters; numbers are taken as text."""
    texts = ["  a b ", "", "x" * 256, "字" * 257, "a\tb", "a\x00b", "a\x7f", "bad\ufffd", None, "null"]
    known = ["a b", None, "x" * 256, "too long", *["control character"] * 3, "unreadable", None, "null"]
    assert read(texts, "item_id") == known
    assert read(["visitor:7", "visitor"], "customer_id") == ["reserved", "visitor"]
    assert read(["visitor:7"], "item_id") == ["visitor:7"]
    assert read(pa.array([12345, -1]), "item_id") == ["12345", "-1"]
    assert read(pa.array([12345.0, float("nan")]), "item_id") == ["12345", None]
    assert read(pa.array([123456789012345.0, 1.5, 1e17]), "item_id") == ["123456789012345", "1.5", "inexact"]
    assert read(pa.array(["a", "b", "a"]).dictionary_encode(), "item_id") == ["a", "b", "a"]
    assert read(pa.array(["a", None], pa.large_string()), "item_id") == ["a", None]


def test_values_that_are_no_ids() -> None:
    """Lists, flags and bytes that are no text are not ids."""
    assert read(pa.array([["a"], None]), "item_id") == ["wrong type", None]
    assert read(pa.array([True]), "item_id") == ["wrong type"]
    assert read(pa.array([b"ok", b"\xff"]), "item_id") == ["ok", "unreadable"]


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\ufffd"),
            min_size=1,
            max_size=50,
        )
    )
)
def test_any_text_is_an_id(texts: list[str]) -> None:
    """Quotes, slashes, emoji, Chinese and SQL come through unchanged."""
    texts = [*texts, "'; drop table events; --", 'say "hi"', "a/b\\c", "🛒", "用户 一"]
    assert read(pa.array(texts, pa.string()), "item_id") == texts


def test_kinds_flags_and_titles() -> None:
    """Kinds go by many names, flags by several languages' words, and titles lose control characters."""
    kinds = ["View", " PV ", "Product Added", "refund", "order", None]
    assert read(kinds, "kind") == ["view", "view", "cart", "return", "unknown", None]
    flags = ["TRUE", "否", "1", "n", "2", ""]
    assert read(flags, "in_stock") == [True, False, True, False, "not a flag", None]
    assert read(pa.array([True, None]), "in_stock") == [True, None]
    titles = ["two\nlines\x00", " \t ", "x" * 1000, "x" * 1001]
    assert read(titles, "title") == ["two lines", None, "x" * 1000, "too long"]


@given(st.lists(st.one_of(st.none(), st.sampled_from(["1", "2", "x", "", "0"])), max_size=20))
def test_repeated_values_are_read_alike(texts: list[str | None]) -> None:
    """Reading each different value once gives the same as reading each row by itself."""
    alone = [read(pa.array([text], pa.string()), "quantity")[0] for text in texts]
    assert read(pa.array(texts, pa.string()), "quantity") == alone


def test_codes_have_the_shape_of_the_column() -> None:
    """Empty columns and columns of nulls are read too."""
    for column in (pa.array([], pa.string()), pa.nulls(3), pa.array([None, None], pa.int64())):
        parsed = parse_column(column, FIELDS["unit_price"], TimeRules(None, NOW))
        assert parsed.codes.shape == (len(column),)
        assert not np.any(parsed.codes)
        assert parsed.values.null_count == len(column)
