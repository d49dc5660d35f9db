"""Reading one version of the events: what a bucket, a customer and the whole shop hold."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.events.duck import connect
from features.events.event import bucket_of
from features.events.reader import EMPTY_BUCKET, EventReader, Extent, duckdb_file
from features.events.warehouse import Warehouse
from features.usual_prices import WHOLE_ITEM
from tests.small_shop import EventRow, append, events, moment, random_events, shop, stored

NOON = "2025-03-01T12:00Z"


def reader_of(path: Path, table: pa.Table, **how: Any) -> EventReader:
    return Warehouse.open(stored(path / "shop", table, **how)).reader()


def test_a_bucket_is_ordered_by_customer_and_time(tmp_path: Path) -> None:
    """Events come ordered by customer, time and kind, whatever order and imports they came in."""
    folder = shop(tmp_path / "shop", buckets=1)
    append(folder, random_events(1, 300))
    append(folder, random_events(2, 300).set_column(0, "event_id", [[f"f{n}" for n in range(300)]]))
    found = Warehouse.open(folder).reader().bucket(0)
    rows = found.select(["customer_id", "occurred_us"]).to_pylist()
    keys = [(row["customer_id"], row["occurred_us"]) for row in rows]
    assert len(keys) == 600
    assert keys == sorted(keys)


def test_columns_are_those_of_a_history(tmp_path: Path) -> None:
    """Times are microseconds, days numbers since 1970, prices floats, kinds a dictionary in our order."""
    more = {"unit_price": "9.90", "quantity": 2, "order_id": "o1"}
    reader = reader_of(tmp_path, events(("anna", "purchase", "tea", NOON, more)), timezone="Asia/Shanghai")
    (row,) = reader.bucket(bucket_of("anna", 4)).to_pylist()
    assert row == {
        "customer_id": "anna",
        "kind": "purchase",
        "item_id": "tea",
        "occurred_us": int(moment(NOON).timestamp()) * 1_000_000,
        "local_day": (date(2025, 3, 1) - date(1970, 1, 1)).days,
        "local_hour": 20,
        "quantity": 2.0,
        "unit_price": pytest.approx(9.9),
        "order_id": "o1",
    }


def test_an_empty_bucket_has_the_same_columns(tmp_path: Path) -> None:
    """A bucket without events, or a shop without any, gives no rows in the shape of the others."""
    reader = reader_of(tmp_path, events(("anna", "view", "tea", NOON)))
    full, empty = bucket_of("anna", 4), (bucket_of("anna", 4) + 1) % 4
    assert len(reader.bucket(empty)) == 0
    assert EventReader(-1, 4, {}).bucket(0).schema == EMPTY_BUCKET.schema
    assert reader.bucket(full).schema.names == reader.bucket(empty).schema.names
    assert reader.bucket(full).schema.types[2:] == reader.bucket(empty).schema.types[2:]
    assert len(EventReader(-1, 4, {}).customer(0, "anna")) == 0


def test_before_and_since_are_half_open(tmp_path: Path) -> None:
    """An event at ``since`` is in, an event at ``before`` is out, to the microsecond."""
    first, last = moment("2025-03-01T12:00:00.000001Z"), moment("2025-03-01T12:00:00.000009Z")
    table = events(("anna", "view", "a", first), ("anna", "view", "b", last))
    reader, tick = reader_of(tmp_path, table, buckets=1), timedelta(microseconds=1)

    def seen(**window: Any) -> list[str]:
        names: list[str] = reader.bucket(0, **window)["item_id"].to_pylist()
        return names

    assert seen(since=first, before=last) == ["a"]
    assert seen(since=first + tick, before=last + tick) == ["b"]
    assert seen(since=last + tick) == []
    assert seen(before=first) == []
    assert seen() == ["a", "b"]


def test_what_was_not_known_is_left_out(tmp_path: Path) -> None:
    """An event that became known at or after ``before`` is out, unless everything is asked for."""
    late = {"known_at": "2025-03-05T00:00Z"}
    reader = reader_of(tmp_path, events(("anna", "view", "tea", NOON, late)), buckets=1)
    assert len(reader.bucket(0, before=moment("2025-03-05T00:00Z"))) == 0
    assert len(reader.bucket(0, before=moment("2025-03-05T00:00:00.000001Z"))) == 1
    assert len(reader.bucket(0, before=moment("2025-03-05T00:00Z"), known=False)) == 1
    assert reader.item_ids(moment("2025-03-04T00:00Z")).to_pylist() == []
    assert reader.item_ids(moment("2025-03-06T00:00Z")).to_pylist() == ["tea"]


def test_one_customer_is_part_of_the_bucket(tmp_path: Path) -> None:
    """The events of one customer are the rows that its bucket has for it."""
    reader = reader_of(tmp_path, random_events(3, 400), buckets=2)
    for name in ("c0", "c5", "c11"):
        bucket = reader.bucket(bucket_of(name, 2))
        expected = [row for row in bucket.to_pylist() if row["customer_id"] == name]
        assert reader.customer(bucket_of(name, 2), name).to_pylist() == expected != []


def test_an_id_is_no_sql(tmp_path: Path) -> None:
    """Quotes in the id of a customer find that customer and nobody else."""
    hostile = "' or '1' = '1"
    reader = reader_of(tmp_path, events((hostile, "view", "tea", NOON), ("anna", "view", "tea", NOON)), buckets=1)
    assert reader.customer(0, hostile)["customer_id"].to_pylist() == [hostile]
    assert len(reader.customer(0, "'; drop table x; --")) == 0


def test_the_extent_of_a_shop(tmp_path: Path) -> None:
    """The number of events and the exact first and last moment; nothing for an empty shop."""
    first, last = moment("1995-01-01T00:00:00.000001Z"), moment("2037-12-31T23:59:59.999999Z")
    reader = reader_of(tmp_path, events(("anna", "view", "a", last), ("bob", "view", "b", first)))
    assert reader.extent() == Extent(2, first, last)
    assert EventReader(-1, 4, {}).extent() == Extent(0, None, None)


def test_the_extent_before_a_moment(tmp_path: Path) -> None:
    """Only what had happened and was known then: later events and older ones that came late change nothing."""
    early, later, cutoff = moment("2025-03-02T00:00Z"), moment("2025-03-04T00:00Z"), moment("2025-03-10T00:00Z")
    known = (("anna", "view", "a", early), ("bob", "purchase", "b", later))
    future = (
        ("cleo", "view", "c", cutoff),
        ("dan", "view", "d", cutoff + timedelta(days=5)),
        ("eve", "purchase", "e", moment("2024-01-01T00:00Z"), {"known_at": cutoff}),
    )
    past, whole = reader_of(tmp_path / "past", events(*known)), reader_of(tmp_path / "whole", events(*known, *future))
    assert past.extent(cutoff) == whole.extent(cutoff) == past.extent() == Extent(2, early, later)
    assert whole.extent() == Extent(5, moment("2024-01-01T00:00Z"), cutoff + timedelta(days=5))
    assert whole.extent(cutoff + timedelta(microseconds=1)) == Extent(4, moment("2024-01-01T00:00Z"), cutoff)
    assert whole.extent(early + timedelta(microseconds=1)) == Extent(1, early, early)
    assert whole.extent(early) == Extent(0, None, None)
    assert EventReader(-1, 4, {}).extent(cutoff) == Extent(0, None, None)


def test_whether_a_kind_ever_happened(tmp_path: Path) -> None:
    """A kind is there once an event of it has happened and is known, in whatever bucket."""
    reader = reader_of(
        tmp_path,
        events(
            *((f"c{number}", "view", "tea", NOON) for number in range(20)),
            ("zoe", "purchase", "tea", NOON),
            ("zoe", "cart", "tea", NOON, {"known_at": "2025-03-05T12:00Z"}),
        ),
    )
    after, later = moment("2025-03-01T12:00:00.000001Z"), moment("2025-03-05T12:00:00.000001Z")
    assert {kind: reader.has_kind(kind, after) for kind in ("view", "purchase", "cart", "return")} == {
        "view": True,
        "purchase": True,
        "cart": False,
        "return": False,
    }
    assert reader.has_kind("cart", later)
    assert not reader.has_kind("cart", later - timedelta(microseconds=1)), "it was not known before then"
    assert not reader.has_kind("purchase", moment(NOON)), "it had not happened before then"
    assert not reader.has_kind("' or true --", after)
    assert not reader_of(tmp_path / "empty", events()).has_kind("view", after)


def test_the_moment_after_everything(tmp_path: Path) -> None:
    """The first moment at which every event has happened and is known, or the present for an empty shop."""
    late = {"known_at": "2025-03-05T00:00Z"}
    table = events(("anna", "view", "tea", NOON, late), ("bob", "view", "tea", "2025-03-04T00:00Z"))
    (tmp_path / "kind=web").mkdir()
    reader = reader_of(tmp_path / "kind=web", table, buckets=1)
    after = reader.moment_after(moment("2030-01-01T00:00Z"))
    assert after == moment("2025-03-05T00:00:00.000001Z")
    assert len(reader.bucket(0, before=after)) == 2
    assert EventReader(-1, 4, {}).moment_after(moment(NOON)) == moment(NOON)


def test_items_are_told_once_and_sorted(tmp_path: Path) -> None:
    """Every item that an event names, sorted, once."""
    table = events(*(("anna", "view", name, NOON, {"event_id": name}) for name in ("茶", "b", "a", "b", "'")))
    assert reader_of(tmp_path, table).item_ids().to_pylist() == ["'", "a", "b", "茶"]
    assert EventReader(-1, 4, {}).item_ids().to_pylist() == []


def test_every_file_is_named_once(tmp_path: Path) -> None:
    """All files of a version are those of its buckets, and DuckDB finds every event in them."""
    reader = reader_of(tmp_path, random_events(4, 200))
    files = reader.all_files()
    assert sorted(files) == sorted(file for names in reader.files.values() for file in names)
    with connect() as connection:
        query = "select count(*) from read_parquet($files)"
        assert connection.sql(query, params={"files": files}).fetchall() == [(200,)]


@pytest.mark.parametrize("name", ["two words", "店铺 😀", "it's", "a*b?c", "{a}", "kind=web", "customer_id=1", "a#b&c"])
def test_the_folder_of_a_shop_may_be_called_anything(tmp_path: Path, name: str) -> None:
    """Blanks, stars, equals signs and other scripts in the path change nothing in what is stored and read."""
    table = events(("anna", "view", "tea", NOON), ("bob", "purchase", "tea", NOON))
    (tmp_path / name).mkdir()
    folder = stored(tmp_path / name / "shop", table, buckets=1, described=None)
    append(folder, table)
    rows = Warehouse.open(folder).reader().bucket(0).to_pylist()
    assert [(row["customer_id"], row["kind"]) for row in rows] == [("anna", "view"), ("bob", "purchase")]
    assert (tmp_path / name / "shop" / "warehouse" / "events" / "_delta_log").is_dir()


def test_a_file_name_is_not_a_pattern(tmp_path: Path) -> None:
    """A name with a star means that file and not the others that fit."""
    for name in ("a*.csv", "ab.csv"):
        (tmp_path / name).write_text(f"name\n{name}\n", encoding="utf-8")
    with connect() as connection:
        query = "select name from read_csv($file)"
        assert connection.sql(query, params={"file": duckdb_file(tmp_path / "a*.csv")}).fetchall() == [("a*.csv",)]


def test_a_connection_tells_times_in_utc() -> None:
    """A DuckDB connection of ours does not follow the time zone of the machine."""
    with connect() as connection:
        assert connection.sql("select current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_the_median_paid_for_items(tmp_path: Path) -> None:
    """Only purchases with a price that were known before the moment count; a size must be bought three times."""
    paid = ((1, 5), (2, 7), (3, 20))
    rows: list[EventRow] = [
        ("anna", "purchase", "tea", f"2025-03-0{day}T10:00Z", {"unit_price": price}) for day, price in paid
    ]
    rows += [
        ("anna", "purchase", "pot", "2025-03-01T10:00Z", {"unit_price": 30}),
        ("anna", "view", "tea", "2025-03-01T11:00Z", {"unit_price": 99}),
        ("anna", "purchase", "tea", "2025-03-01T12:00Z"),
        ("anna", "purchase", "tea", "2025-03-01T13:00Z", {"unit_price": 1, "known_at": "2025-03-05T00:00Z"}),
    ]
    reader = reader_of(tmp_path, events(*rows))
    asked = pa.array(["tea", "cup"])
    later, sooner = moment("2025-03-04T00:00Z"), moment("2025-03-03T00:00Z")
    whole = {"item_id": "tea", "size": WHOLE_ITEM, "median": 7.0, "agreed": False}
    assert reader.median_paid(later, asked).to_pylist() == [whole]
    assert reader.median_paid(sooner, asked).to_pylist() == [whole | {"median": 6.0}]
    alike = [("anna", "purchase", "cup", f"2025-03-0{day}T10:00Z", {"unit_price": 4}) for day in (1, 2, 3)]
    cups = reader_of(tmp_path / "cups", events(*alike)).median_paid(later, asked).to_pylist()
    assert cups == [{"item_id": "cup", "size": size, "median": 4.0, "agreed": True} for size in (WHOLE_ITEM, 0)]
    assert len(reader.median_paid(moment("2025-03-04T00:00Z"), pa.array([], pa.string()))) == 0
