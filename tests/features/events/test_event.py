"""The one shape of an event: its columns, its defaults, its bucket and the shop's own day."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from features.events import event
from features.events.event import bucket_column, bucket_of, with_defaults, with_local_time, with_person
from tests.small_shop import events, moment

ODD_IDS = (
    "two words",
    "o'hara",
    'say "hi"',
    "a/b\\c",
    "😀",
    "顾客一号",
    "x" * 256,
    "visitor:v1",
    "-1",
    "NULL",
)


def test_the_schema_follows_the_fields() -> None:
    """The Arrow schema has each field once, in order, with the type that the field says."""
    assert event.EVENT_SCHEMA.names == [field.name for field in event.EVENT_FIELDS]
    assert event.EVENT_SCHEMA.field("unit_price").type == pa.decimal128(18, 4)
    assert event.EVENT_SCHEMA.field("occurred_at").type == pa.timestamp("us", tz="UTC")
    assert event.STORED_EVENT_SCHEMA.names == [
        *event.EVENT_SCHEMA.names,
        "local_date",
        "local_hour",
        "bucket",
    ]


def test_every_field_is_described() -> None:
    """Every field of events, items, customers and contacts has a line for the API's document."""
    fields = (*event.EVENT_FIELDS, *event.ITEM_FIELDS, *event.CUSTOMER_FIELDS, *event.CONTACT_FIELDS)
    assert [field.name for field in fields if len(field.description) < 10] == []


def test_aliases_lead_to_kinds() -> None:
    """Every name of another system leads to a kind or an arm of ours and is written in lower case."""
    assert set(event.KIND_ALIASES.values()) <= set(event.KINDS)
    assert set(event.ARM_ALIASES.values()) == set(event.ARMS)
    assert all(alias == alias.lower() for alias in (*event.KIND_ALIASES, *event.ARM_ALIASES))


def test_a_bucket_can_be_computed_anywhere() -> None:
    """The bucket is CRC-32 of the UTF-8 id modulo the buckets: worked out by another implementation."""
    # printf 'anna' | gzip -c | tail -c8 | head -c4 | od -An -tu4  says 559726263, of 顾客 2534811022.
    assert bucket_of("anna", 16) == 559726263 % 16
    assert bucket_of("顾客", 1000) == 2534811022 % 1000


@pytest.mark.parametrize("buckets", [1, 7, 1024])
def test_buckets_of_a_column_are_those_of_its_ids(buckets: int) -> None:
    """A column of ids, odd ones included, gives for each row the bucket of its id, chunked or not."""
    ids = [*ODD_IDS, *ODD_IDS[::-1]]
    expected = [bucket_of(name, buckets) for name in ids]
    assert bucket_column(pa.array(ids), buckets).tolist() == expected
    assert bucket_column(pa.chunked_array([ids[:3], ids[3:]]), buckets).tolist() == expected
    assert max(expected) < buckets


def test_no_rows_have_no_buckets() -> None:
    """An empty column gives no buckets instead of failing."""
    assert bucket_column(pa.array([], pa.string()), 16).tolist() == []


def test_absent_values_get_their_defaults() -> None:
    """An absent quantity is 1 and an absent known_at is occurred_at; what is there stays."""
    table = with_defaults(
        events(
            ("anna", "view", "tea", "2025-03-01T10:00Z"),
            (
                "anna",
                "purchase",
                "tea",
                "2025-03-01T11:00Z",
                {"quantity": 3, "known_at": "2025-03-05T00:00Z"},
            ),
        )
    )
    assert table["quantity"].to_pylist() == [1, 3]
    assert table["known_at"].to_pylist() == [moment("2025-03-01T10:00Z"), moment("2025-03-05T00:00Z")]


def test_a_visitor_becomes_a_person() -> None:
    """Without a customer id the visitor's id stands in, with its prefix; a customer keeps its own."""
    table = events(
        (None, "view", "tea", "2025-03-01T10:00Z", {"visitor_id": "v 1"}),
        ("anna", "view", "tea", "2025-03-01T10:00Z", {"visitor_id": "v 1"}),
        ("bob", "view", "tea", "2025-03-01T10:00Z"),
    )
    assert with_person(table)["customer_id"].to_pylist() == ["visitor:v 1", "anna", "bob"]


@pytest.mark.parametrize(
    ("at", "timezone", "day", "hour"),
    [
        ("2025-03-01T15:59:59Z", "Asia/Shanghai", date(2025, 3, 1), 23),
        ("2025-03-01T16:00:00Z", "Asia/Shanghai", date(2025, 3, 2), 0),
        ("2025-03-30T00:59:59Z", "Europe/Berlin", date(2025, 3, 30), 1),
        (
            "2025-03-30T01:00:00Z",
            "Europe/Berlin",
            date(2025, 3, 30),
            3,
        ),  # the hour from 2 to 3 does not exist
        ("2025-10-26T00:30:00Z", "Europe/Berlin", date(2025, 10, 26), 2),
        ("2025-10-26T01:30:00Z", "Europe/Berlin", date(2025, 10, 26), 2),  # and here it comes twice
        ("2025-03-01T20:00:00Z", "Asia/Kathmandu", date(2025, 3, 2), 1),  # 5 hours 45 minutes ahead
        ("1969-12-31T23:30:00Z", "UTC", date(1969, 12, 31), 23),
    ],
)
def test_days_are_the_shops(at: str, timezone: str, day: date, hour: int) -> None:
    """The local day and hour are those of the shop's wall clock, summer time included."""
    table = with_local_time(events(("anna", "view", "tea", at)), timezone)
    assert (table["local_date"][0].as_py(), table["local_hour"][0].as_py()) == (day, hour)
