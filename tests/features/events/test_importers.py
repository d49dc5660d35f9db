"""From files to the warehouse: what is stored, what is told, and nothing twice."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from features.events.importers import (
    ImportOptions,
    import_contacts,
    import_customers,
    import_events,
    import_items,
)
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder, ShopSettings
from tests.features.events.importing import HEADER, NOW, rejected, run, stored, write

LINES = (
    "c-1,sku-1,view,2025-03-01T10:00:00Z,,,\n"
    "c-1,sku-1,purchase,2025-03-01T10:05:00Z,2,12.50,o-1\n"
    "c-2,sku-2,cart,2025-03-01T11:00:00Z,,,\n"
)
HOSTILE = [
    "'; drop table events; --",
    'say "hi", twice',
    "a/b\\c d",
    "🛒🧧",
    "用户 一",
    "=1+1",
    "null",
    "../../x",
]


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """An empty shop with four buckets."""
    return ShopFolder.create(tmp_path / "shop", ShopSettings(timezone="Asia/Shanghai", buckets=4))


def test_summary(tmp_path: Path, shop: ShopFolder) -> None:
    """The summary says how many rows came to what, which columns were taken for what, and which were not used."""
    text = (
        HEADER.replace("\n", ",remark\n") + LINES.replace("\n", ",x\n") + "c-3,sku-1,order,2025-03-01T10:00:00Z,,,,x\n"
    )
    summary = run(shop, write(tmp_path, text))
    assert (summary.rows_read, summary.stored, summary.repeated, summary.rejected) == (4, 3, 0, 1)
    assert summary.rejected_by_reason == {"kind unknown": 1}
    assert summary.columns["occurred_at"] == "occurred_at"
    assert summary.ignored_columns == ["remark"]
    assert (summary.encoding, summary.source) == ("utf-8", None)
    purchase = next(row for row in stored(shop) if row["kind"] == "purchase")
    assert (purchase["quantity"], purchase["unit_price"], purchase["order_id"]) == (2, Decimal("12.5"), "o-1")


def test_rejected_rows_are_kept(tmp_path: Path, shop: ShopFolder) -> None:
    """Each rejected row is written down with its number, what is wrong, and the row as it stood in the file."""
    path = write(tmp_path, HEADER + LINES + "c-3,,view,2025-03-01T10:00:00Z,,,\nc-4,sku-1,view\n")
    summary = run(shop, path)
    assert summary.rejected_file == shop.rejected / "events.csv-1.jsonl"
    assert sorted(rejected(summary), key=lambda line: int(line["row"])) == [
        {
            "row": 5,
            "field": "item_id",
            "value": None,
            "reason": "item_id missing",
            "message": "item_id must be given; got nothing in row 5.",
            "raw": {
                "customer_id": "c-3",
                "item_id": None,
                "kind": "view",
                "occurred_at": "2025-03-01T10:00:00Z",
                "quantity": None,
                "unit_price": None,
                "order_id": None,
            },
        },
        {
            "row": 6,
            "field": "row",
            "value": "3",
            "reason": "row with wrong number of columns",
            "message": "row must have 7 columns; got 3 in line 6.",
            "raw": "c-4,sku-1,view",
        },
    ]
    assert run(shop, path).rejected_file == shop.rejected / "events.csv-2.jsonl"


def test_importing_twice(tmp_path: Path, shop: ShopFolder) -> None:
    """A file imported again stores nothing, also packed and in another format; true repeats in it are kept."""
    path = write(tmp_path, HEADER + LINES + LINES)
    assert (run(shop, path).stored, run(shop, path).repeated) == (6, 6)
    packed = write(tmp_path, gzip.compress(path.read_bytes()), "copy.csv.gz")
    assert (run(shop, packed).stored, run(shop, packed).repeated) == (0, 6)
    rows = [dict(zip(HEADER.strip().split(","), line.split(","), strict=True)) for line in LINES.split("\n")[:-1]]
    lines = write(tmp_path, "".join(json.dumps(row) + "\n" for row in rows * 2), "copy.jsonl")
    assert (run(shop, lines).stored, run(shop, lines).repeated) == (0, 6)
    table = pa.Table.from_pylist([{name: value or None for name, value in row.items()} for row in rows * 2])
    table = table.set_column(3, "occurred_at", table["occurred_at"].cast(pa.timestamp("s", "UTC")))
    pq.write_table(table.set_column(5, "unit_price", table["unit_price"].cast(pa.float64())), tmp_path / "copy.parquet")
    assert run(shop, tmp_path / "copy.parquet").repeated == 6
    assert len(stored(shop)) == 6


def test_batches_make_no_difference(tmp_path: Path, shop: ShopFolder) -> None:
    """A file read in many small batches is stored as if read at once."""
    text = "".join(f"c-{row % 7},sku-{row % 3},view,2025-03-01T10:{row % 60:02}:00Z,,,\n" for row in range(5000))
    path = write(tmp_path, HEADER + text)
    small = run(shop, path, batch_rows=10)
    assert (small.stored, small.rows_read) == (5000, 5000)
    again = run(shop, path)
    assert (again.stored, again.repeated) == (0, 5000)


def test_hostile_ids(tmp_path: Path, shop: ShopFolder) -> None:
    """Ids with quotes, slashes, emoji, Chinese and SQL come out of the warehouse as they went into the file."""
    quoted = ['"' + text.replace('"', '""') + '"' for text in HOSTILE]
    text = "".join(f"{one},{one},view,2025-03-01T10:00:00Z,,,{one}\n" for one in quoted)
    csv = run(shop, write(tmp_path, HEADER + text))
    assert (csv.stored, csv.rejected) == (len(HOSTILE), 0)
    for column in ("customer_id", "item_id", "order_id"):
        assert sorted(row[column] for row in stored(shop)) == sorted(HOSTILE)
    lines = "".join(
        json.dumps(
            {
                "customer_id": one,
                "item_id": one,
                "kind": "view",
                "ts": "2025-03-01T10:00:00Z",
                "order_id": one,
            }
        )
        + "\n"
        for one in HOSTILE
    )
    assert run(shop, write(tmp_path, lines, "events.jsonl")).repeated == len(HOSTILE)


def test_items_in_rows_of_events(tmp_path: Path, shop: ShopFolder) -> None:
    """What events say about items is kept, the last word for each; it does not empty what is known."""
    items = write(tmp_path, "item_id,title,price\nsku-1,Tea,10\nsku-9,Cup,5\n", "items.csv")
    (described,) = import_items(shop, [items], ImportOptions(), now=NOW)
    assert (described.stored, described.repeated) == (2, 0)
    text = "user_id,item_id,kind,ts,category,price\n"
    text += "c,sku-1,view,2025-03-01T10:00:00Z,drinks,11\nc,sku-2,view,2025-03-01T10:00:00Z,,7\n"
    text += "c,sku-1,view,2025-03-01T10:00:00Z,,12\nc,sku-3,view,2025-03-01T10:00:00Z,,\n"
    run(shop, write(tmp_path, text))
    known = Warehouse.open(shop).items().select(["item_id", "title", "category", "price"]).to_pylist()
    assert [tuple(item.values()) for item in known] == [
        ("sku-1", "Tea", "drinks", Decimal(12)),
        ("sku-2", None, None, Decimal(7)),
        ("sku-9", "Cup", None, Decimal(5)),
    ]


def test_customers(tmp_path: Path, shop: ShopFolder) -> None:
    """Customers are inserted or changed; the last row of a file wins, and the same file again changes nothing."""
    text = "uid,contactable,注册时间\nc-1,是,2024-01-01\nc-2,maybe,\nc-1,no,\n"
    path = write(tmp_path, text, "customers.csv")
    options = ImportOptions(timezone="Asia/Shanghai")
    (first,) = import_customers(shop, [path], options, now=NOW)
    assert (first.stored, first.repeated, first.rejected_by_reason) == (1, 1, {"contactable not a flag": 1})
    (second,) = import_customers(shop, [path], options, now=NOW)
    assert (second.stored, second.repeated) == (0, 2)
    (customer,) = Warehouse.open(shop).customers().to_pylist()
    assert (customer["contactable"], customer["joined_at"]) == (False, datetime(2023, 12, 31, 16, tzinfo=UTC))


def test_contacts(tmp_path: Path, shop: ShopFolder) -> None:
    """Contacts are stored once however often their file comes, and rows that are none are told by reason."""
    text = "uid,sent_at,campaign,渠道,分组\nc-1,2025-03-01 10:00,spring,sms,实验组\n"
    text += "c-2,2025-03-01 10:00,spring,sms,对照组\n"
    text += "c-1,2025-03-01 10:00,spring,sms,treated\nc-3,2025-03-01 10:00,spring,sms,B\nc-3,,spring,sms,\n"
    path = write(tmp_path, text, "contacts.csv")
    options = ImportOptions(timezone="Asia/Shanghai")
    (first,) = import_contacts(shop, [path], options, now=NOW)
    assert (first.rows_read, first.stored, first.repeated) == (5, 3, 0)
    assert first.rejected_by_reason == {"arm unknown": 1, "contacted_at missing": 1}
    (second,) = import_contacts(shop, [path], options, now=NOW)
    assert (second.stored, second.repeated) == (0, 3)
    known = Warehouse.open(shop).contacts()
    assert known["arm"].to_pylist() == ["treated", "treated", "control"]
    assert set(known["contacted_at"].to_pylist()) == {datetime(2025, 3, 1, 2, tzinfo=UTC)}
    assert set(known["campaign_id"].to_pylist()) == {"spring"}


def test_a_file_of_contacts_without_any_good_row(tmp_path: Path, shop: ShopFolder) -> None:
    """Nothing is stored, and no table is made."""
    path = write(tmp_path, "customer_id,contacted_at\n,2025-03-01T10:00:00Z\n", "contacts.csv")
    (summary,) = import_contacts(shop, [path], ImportOptions(), now=NOW)
    assert (summary.stored, summary.rejected) == (0, 1)
    assert not shop.warehouse.exists()


def test_several_files(tmp_path: Path, shop: ShopFolder) -> None:
    """Several files give a summary each; one that cannot be read stops the import before anything is stored."""
    one, two = write(tmp_path, HEADER + LINES, "1.csv"), write(tmp_path, HEADER + LINES, "2.csv")
    with pytest.raises(HuitouError, match="does not exist"):
        import_events(shop, [one, tmp_path / "absent.csv"], ImportOptions(), now=NOW)
    assert stored(shop) == []
    summaries = import_events(shop, [one, two], ImportOptions(), now=NOW)
    assert [(each.stored, each.repeated) for each in summaries] == [(3, 0), (0, 3)]


def test_a_damaged_file_stores_nothing(tmp_path: Path, shop: ShopFolder) -> None:
    """A file that breaks off stores none of its rows, and leaves nothing behind."""
    text = "".join(f"c-{row},sku-{row * 7919 % 1000},view,2025-03-01T10:00:00Z,,,\n" for row in range(60_000))
    path = write(tmp_path, gzip.compress((HEADER + "broken\n" + text).encode())[:-2000], "events.csv.gz")
    with pytest.raises(HuitouError) as raised:
        run(shop, path, batch_rows=10)
    assert raised.value.message == (
        f"{path} must be a whole gzip file; it is damaged (Compressed file ended before the end-of-stream marker was "
        "reached). Compress or copy it again."
    )
    assert stored(shop) == []
    assert not (shop.staging / "import").exists()
    assert list(shop.rejected.iterdir()) == []


def test_progress(tmp_path: Path, shop: ShopFolder) -> None:
    """Progress tells what is being done and never runs backwards."""
    told: list[tuple[str, int, int]] = []
    text = "".join(f"c-{row},sku-1,view,2025-03-01T10:00:00Z,,,\n" for row in range(4000))
    path = write(tmp_path, HEADER + text)
    import_events(shop, [path], ImportOptions(batch_rows=10), now=NOW, progress=lambda *step: told.append(step))
    reading = [(done, total) for doing, done, total in told if doing == "reading events.csv"]
    assert len(reading) > 1
    assert [done for done, _ in reading] == sorted(done for done, _ in reading)
    assert reading[-1] == (path.stat().st_size, path.stat().st_size)
    assert told[-1] == ("storing events.csv", 4, 4)


def test_one_writer_at_a_time(tmp_path: Path, shop: ShopFolder) -> None:
    """An import does not start while another process writes."""
    with shop.writing(), pytest.raises(HuitouError, match="another process is writing"):
        run(shop, write(tmp_path, HEADER + LINES))


@pytest.mark.real_data
def test_real_files(tmp_path: Path, real_data: Path) -> None:
    """The columns of real exports are understood as they are."""
    shop = ShopFolder.create(tmp_path / "shop", ShopSettings(buckets=1))
    events = run(shop, real_data / "shop_ten_days" / "events.parquet")
    assert (events.stored, events.rejected) == (85_213, 0)
    (items,) = import_items(shop, [real_data / "shop_ten_days" / "items.parquet"], ImportOptions(), now=NOW)
    assert (items.rows_read, items.rejected) == (36_224, 0)
    (people,) = import_customers(shop, [real_data / "shop_ten_days" / "users.parquet"], ImportOptions(), now=NOW)
    assert (people.stored, people.rejected) == (1_500, 0)
    music = {"item_id": "CD", "kind": "purchase"}
    cdnow = run(shop, real_data / "cdnow" / "transactions.parquet", timezone="America/New_York", constants=music)
    assert (cdnow.stored, cdnow.rejected) == (69_659, 0)
    with pytest.raises(HuitouError) as raised:
        run(shop, real_data / "online_retail" / "transactions.parquet")
    assert "Name the zone with --timezone" in raised.value.message
