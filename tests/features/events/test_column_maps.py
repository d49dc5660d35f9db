"""Ready-made maps on small copies of the files they are for, and recognition of usual names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from features.events.column_maps import COLUMN_MAPS
from features.events.event import EVENT_FIELDS, ITEM_FIELDS
from features.events.importing.incoming import ImportOptions, Incoming
from features.events.importing.item_columns import ITEM_COLUMNS
from features.events.importing.rejected_rows import RejectedRows

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TAOBAO = "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1511561733\n2,2576651,149192,fav,1511572885\n"


def read(folder: Path, text: str, **options: Any) -> tuple[Incoming, list[dict[str, Any]], dict[str, int]]:
    """The opened file, its good rows without empty fields, and the reasons of the others."""
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    incoming = Incoming(path, (*EVENT_FIELDS, *ITEM_COLUMNS), ImportOptions(**options))
    rejected = RejectedRows(folder, path.name)
    rows = [row for table in incoming.good_rows(NOW, rejected, None) for row in table.to_pylist()]
    rejected.finish()
    filled = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return incoming, filled, dict(rejected.by_reason)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_taobao_without_header(tmp_path: Path) -> None:
    """Taobao's file has no header and is recognised by its first row."""
    incoming, rows, _ = read(tmp_path, TAOBAO)
    assert incoming.arrangement.source is COLUMN_MAPS["taobao"]
    assert rows[0] == {
        "customer_id": "1",
        "item_id": "2268318",
        "category": "2520377",
        "kind": "view",
        "occurred_at": utc(2017, 11, 24, 17, 21, 10),
        "quantity": 1,
    }
    assert [row["kind"] for row in rows] == ["view", "purchase", "favorite"]


def test_taobao_with_header(tmp_path: Path) -> None:
    """The same file with a header is the same."""
    header = "user_id,item_id,category_id,behavior,timestamp\n"
    incoming, rows, _ = read(tmp_path, header + TAOBAO)
    assert incoming.arrangement.source is COLUMN_MAPS["taobao"]
    assert rows == read(tmp_path, TAOBAO)[1]


def test_tmall(tmp_path: Path) -> None:
    """Tmall's days have no year: 2014 in Shanghai unless another is set; its kinds are numbers."""
    text = "user_id,item_id,cat_id,seller_id,brand_id,time_stamp,action_type\n"
    text += "".join(
        f"328862,323294,833,2882,2661,{day},{kind}\n" for kind, day in enumerate(("829", "1111", "0511", "1"))
    )
    incoming, rows, reasons = read(tmp_path, text)
    assert incoming.arrangement.source is COLUMN_MAPS["tmall"]
    assert [(row["kind"], row["occurred_at"]) for row in rows] == [
        ("view", utc(2014, 8, 28, 16)),
        ("cart", utc(2014, 11, 10, 16)),
        ("purchase", utc(2014, 5, 10, 16)),
    ]
    assert (rows[0]["category"], rows[0]["brand"]) == ("833", "2661")
    assert reasons == {"occurred_at not a time": 1}
    assert read(tmp_path, text, constants={"year": "2015"})[1][0]["occurred_at"] == utc(2015, 8, 28, 16)
    with pytest.raises(HuitouError, match=r"year must have four digits; got '15'. Say for example --set year=2014."):
        read(tmp_path, text, constants={"year": "15"})


def test_tmall_with_numbers(tmp_path: Path) -> None:
    """Tmall's columns may be numbers, as in Parquet."""
    names = ["user_id", "item_id", "cat_id", "seller_id", "brand_id", "time_stamp", "action_type"]
    table = pa.table([pa.array([value]) for value in (1, 2, 3, 4, 5.0, 829, 2)], names=names)
    pq.write_table(table, tmp_path / "log.parquet")
    incoming = Incoming(tmp_path / "log.parquet", EVENT_FIELDS, ImportOptions())
    (rows,) = incoming.good_rows(NOW, RejectedRows(tmp_path, "log"), None)
    assert rows.select(["kind", "occurred_at"]).to_pylist() == [
        {"kind": "purchase", "occurred_at": utc(2014, 8, 28, 16)}
    ]


def test_retailrocket(tmp_path: Path) -> None:
    """RetailRocket knows people as visitors only: they are taken as customers."""
    text = "timestamp,visitorid,event,itemid,transactionid\n"
    text += "1433221332117,257597,view,355908,\n1433222276276,599528,transaction,356475,4000\n"
    incoming, rows, _ = read(tmp_path, text)
    assert incoming.arrangement.source is COLUMN_MAPS["retailrocket"]
    assert rows[0]["customer_id"] == "257597"
    assert (rows[1]["kind"], rows[1]["order_id"]) == ("purchase", "4000")
    assert rows[1]["occurred_at"] == utc(2015, 6, 2, 5, 17, 56, 276000)


def test_rees46(tmp_path: Path) -> None:
    """REES46's price is the item's and the event's; the category's name is taken before its number."""
    text = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
    text += "2019-10-01 00:00:00 UTC,remove_from_cart,44600062,2103807459595387724,,shiseido,35.79,541312140,s-1\n"
    text += "2019-10-01 00:00:01 UTC,purchase,3900821,2053013552326770905,appliances.heater,aqua,33.20,554748717,s-2\n"
    incoming, rows, _ = read(tmp_path, text)
    assert incoming.arrangement.source is COLUMN_MAPS["rees46"]
    assert [row["category"] for row in rows] == ["2103807459595387724", "appliances.heater"]
    assert (rows[1]["price"], rows[1]["unit_price"], rows[1]["brand"]) == (
        Decimal("33.2"),
        Decimal("33.2"),
        "aqua",
    )
    assert [row["kind"] for row in rows] == ["uncart", "purchase"]
    assert incoming.arrangement.told()["category"] == "category_code or category_id"


def test_online_retail(tmp_path: Path) -> None:
    """Invoices that begin with C, and negative quantities, are returns; dates are month first by their days."""
    text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    text += "536365,85123A,WHITE HANGING HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
    text += "C536379,D,Discount,-1,12/13/2010 9:41,27.5,14527,United Kingdom\n"
    text += "C536380,D,Discount,2,12/13/2010 9:41,27.5,14527,United Kingdom\n"
    text += "536381,D,Discount,-4,12/13/2010 9:41,27.5,14527,United Kingdom\n"
    text += "536414,22139,,56,12/1/2010 11:52,0,,United Kingdom\n"
    incoming, rows, reasons = read(tmp_path, text, timezone="Europe/London")
    assert incoming.arrangement.source is COLUMN_MAPS["online_retail"]
    assert (incoming.date_order, rows[0]["occurred_at"]) == ("mdy", utc(2010, 12, 1, 8, 26))
    assert [(row["kind"], row["quantity"]) for row in rows] == [
        ("purchase", 6),
        ("return", 1),
        ("return", 2),
        ("return", 4),
    ]
    assert rows[0]["title"] == "WHITE HANGING HEART"
    assert reasons == {"customer_id missing": 1}


def test_ga4(tmp_path: Path) -> None:
    """GA4's events about no item are passed over, and visitors are told from customers."""
    text = "event_name,event_timestamp,user_pseudo_id,user_id,items.item_id,items.item_name,items.price,"
    text += "ecommerce.transaction_id\n"
    text += "page_view,1740823200123456,v.1,,,,,\n"
    text += "view_item,1740823200123456,v.1,,sku-1,Tea,12.5,\n"
    text += "purchase,1740823201000000,v.1,u-1,sku-1,Tea,12.5,T-1\n"
    text += "party,1740823201000000,v.1,u-1,sku-1,Tea,12.5,T-1\n"
    incoming, rows, reasons = read(tmp_path, text)
    assert incoming.arrangement.source is COLUMN_MAPS["ga4"]
    assert (incoming.rows_read, incoming.passed_over, reasons) == (4, 1, {"kind unknown": 1})
    assert rows[0]["visitor_id"] == "v.1"
    assert "customer_id" not in rows[0]
    assert (rows[1]["customer_id"], rows[1]["order_id"], rows[1]["title"]) == ("u-1", "T-1", "Tea")
    assert rows[1]["unit_price"] == Decimal("12.5")


def test_usual_names(tmp_path: Path) -> None:
    """Usual names are recognised whatever their case and punctuation, in English and in Chinese."""
    english = "User-ID,SKU,Event Type,DateTime,QTY,Price,Remark\nu,s,view,2025-03-01T10:00:00Z,2,3.5,x\n"
    incoming, rows, _ = read(tmp_path, english)
    assert incoming.arrangement.told() == {
        "customer_id": "User-ID",
        "item_id": "SKU",
        "kind": "Event Type",
        "occurred_at": "DateTime",
        "price": "Price",
        "quantity": "QTY",
        "unit_price": "Price",
    }
    assert incoming.ignored_columns == ["Remark"]
    chinese = "用户ID,商品ID,行为,时间,数量,单价,订单号\n用户一,商品一,buy,2025年3月1日 10:00,2,¥3.5,单一\n"
    incoming, rows, _ = read(tmp_path, chinese, timezone="Asia/Shanghai")
    assert rows == [
        {
            "customer_id": "用户一",
            "item_id": "商品一",
            "kind": "purchase",
            "occurred_at": utc(2025, 3, 1, 2),
            "quantity": 2,
            "unit_price": Decimal("3.5"),
            "order_id": "单一",
        }
    ]


def test_wishes_come_first(tmp_path: Path) -> None:
    """What a person maps or sets wins over what is recognised; their columns may be told in any case."""
    text = "user_id,buyer,item_id,ts\nu,b,i,2025-03-01T10:00:00Z\n"
    _, rows, _ = read(tmp_path, text, columns={"customer_id": "Buyer"}, constants={"kind": "purchase", "item_id": "CD"})
    assert (rows[0]["customer_id"], rows[0]["item_id"], rows[0]["kind"]) == ("b", "CD", "purchase")


NO_KIND = (
    "{file} has no column that is known to be kind. Its columns are user_id, item_id, ts. Name one with "
    "--map kind=THEIR_COLUMN or, where all rows have the same, --set kind=purchase."
)
NO_FIELD = (
    "'size' is not a field of Huitou. The fields here are brand, category, channel, customer_id, event_id, item_id, "
    "kind, known_at, occurred_at, order_id, price, quantity, recommendation_id, session_id, title, unit_price, "
    "visitor_id."
)
NO_SOURCE = (
    "source must be one of huitou, taobao, tmall, retailrocket, rees46, online_retail, ga4; got 'amazon'. "
    "Leave it out to have the columns recognised."
)
NO_COLUMN = "{file} has no column 'verb' for kind. Its columns are user_id, item_id, ts."
NO_ORDER = "date_order must be dmy or mdy; got 'ymd'. Use dmy when 3/4/2025 is in April."
NO_ZONE = "timezone must be an IANA name; got 'Peking'. Use for example Asia/Shanghai or UTC."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, NO_KIND),
        ({"columns": {"kind": "verb"}}, NO_COLUMN),
        ({"columns": {"size": "ts"}}, NO_FIELD),
        ({"source": "amazon"}, NO_SOURCE),
        ({"constants": {"kind": "view"}, "date_order": "ymd"}, NO_ORDER),
        ({"constants": {"kind": "view"}, "timezone": "Peking"}, NO_ZONE),
    ],
)
def test_wishes_that_cannot_be_fulfilled(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    """A wish for what does not exist, and a field that is nowhere, give one line with what there is."""
    with pytest.raises(HuitouError) as raised:
        read(tmp_path, "user_id,item_id,ts\nu,i,2025-03-01T10:00:00Z\n", **options)
    assert raised.value.message == message.format(file=tmp_path / "file.csv")


def test_columns_without_names(tmp_path: Path) -> None:
    """In a file without header columns go by their position."""
    text = "u,i,2025-03-01T10:00:00Z\nv,j,2025-03-01T10:00:00Z\n"
    told = {"customer_id": "1", "item_id": "2", "occurred_at": "3"}
    _, rows, _ = read(tmp_path, text, columns=told, constants={"kind": "view"})
    assert [(row["customer_id"], row["item_id"]) for row in rows] == [("u", "i"), ("v", "j")]
    with pytest.raises(HuitouError, match=r"Its columns are 1, 2, 3. Name one with --map customer_id=THEIR_COLUMN"):
        read(tmp_path, text, constants={"kind": "view"})


def test_every_map_names_real_fields() -> None:
    """Maps fill fields that events, items or customers have, and kinds that events have."""
    known = {field.name for field in (*EVENT_FIELDS, *ITEM_FIELDS)} | set(COLUMN_MAPS["huitou"].columns)
    for each in COLUMN_MAPS.values():
        assert set(each.columns) <= known
        assert set(each.constants) <= known
        named = {name for names in each.columns.values() for name in names}
        assert all(some <= named | {"is_cancellation"} for some in each.signatures)
