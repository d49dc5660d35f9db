"""``huitou import`` as a stranger uses it: what is told, what is kept, and with which status it ends."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.command_line.command import as_process, done, refused, run, written
from tests.small_shop import stored_rows

HEADER = "customer_id,item_id,kind,occurred_at"
GOOD = "anna,tea,view,2025-03-01T10:00:00Z"
BAD_KIND = "anna,tea,dance,2025-03-01T10:00:00Z"
BAD_TIME = "anna,tea,view,yesterday"


def stored(shop: Path) -> list[tuple[str, str, str]]:
    """Who did what with which item."""
    rows = stored_rows(Warehouse.open(ShopFolder.open(shop)).reader())
    return [(row["customer_id"], row["kind"], row["item_id"]) for row in rows]


def test_the_summary(tmp_path: Path) -> None:
    """The summary tells of rows, stored, repeated and rejected, and of the columns that were recognised."""
    file = written(
        tmp_path / "events.csv", ["用户ID,item_id,behavior,time,note", "张三,tea,buy,2025-03-01T10:00:00Z,x"]
    )
    said = done("import", "events", file, "--shop", tmp_path / "shop", "--map", "customer_id=用户ID")
    assert "│ events.csv │    1 │      1 │        0 │        0 │" in said
    assert "customer_id = 用户ID, item_id = item_id, kind = behavior, occurred_at = time" in said
    assert "not used: note" in said
    again = done("import", "events", file, "--shop", tmp_path / "shop", "--map", "customer_id=用户ID")
    assert "│ events.csv │    1 │      0 │        1 │        0 │" in again
    assert stored(tmp_path / "shop") == [("张三", "purchase", "tea")]


def test_rejected_rows_give_a_status(tmp_path: Path) -> None:
    """Good rows are kept, rejected ones are written to a file with the reason, and the status is 1 unless allowed."""
    file, shop = written(tmp_path / "events.csv", [HEADER, GOOD, BAD_KIND, BAD_TIME]), tmp_path / "shop"
    ran = run("import", "events", file, "--shop", shop)
    assert ran.status == 1
    assert ran.complaint == (
        "huitou: 2 rows were rejected and the others kept. "
        "Mend what was rejected and import it again, or say --allow-rejected.\n"
    )
    assert f"rejected rows are in {shop}/rejected/events.csv-1.jsonl" in ran.said
    rejected = [json.loads(line) for line in (shop / "rejected/events.csv-1.jsonl").read_text().splitlines()]
    assert [row["row"] for row in rejected] == [3, 4]
    assert "'dance'" in rejected[0]["message"]
    assert "'yesterday'" in rejected[1]["message"]
    assert stored(shop) == [("anna", "view", "tea")]
    assert run("import", "events", file, "--shop", shop, "--allow-rejected").status == 0
    assert stored(shop) == [("anna", "view", "tea")]


def test_one_rejected_row(tmp_path: Path) -> None:
    """One row is told of in the singular."""
    file = written(tmp_path / "events.csv", [HEADER, GOOD, BAD_KIND])
    assert refused("import", "events", file, "--shop", tmp_path / "shop") == (
        "1 row was rejected and the others kept. Mend what was rejected and import it again, or say --allow-rejected."
    )


def test_files_as_shops_export_them(tmp_path: Path) -> None:
    """GB18030, gzip, JSON Lines, local times and a value for all rows are taken from the command line."""
    shop = tmp_path / "shop"
    excel = written(tmp_path / "excel.csv", ["顾客;商品;时间", "王小明;龙井 茶;2025/3/1 10:00"], "gb18030")
    mapped = ("--map", "customer_id=顾客", "--map", "item_id=商品", "--map", "occurred_at=时间", "--set", "kind=view")
    done("import", "events", excel, "--shop", shop, *mapped, "--timezone", "Asia/Shanghai")
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(f"{HEADER}\n{GOOD}\n".encode()))
    event = {"visitor_id": "v/1", "item_id": "tea", "kind": "view", "occurred_at": "2025-03-01T10:00:00Z"}
    lines = written(tmp_path / "lines.jsonl", [json.dumps(event)])
    done("import", "events", packed, lines, "--shop", shop)
    assert stored(shop) == [("anna", "view", "tea"), ("visitor:v/1", "view", "tea"), ("王小明", "view", "龙井 茶")]
    assert ShopFolder.open(shop).settings.timezone == "Asia/Shanghai"


def test_a_ready_made_map(tmp_path: Path) -> None:
    """A public log is recognised without its header when its source is named."""
    file, shop = written(tmp_path / "UserBehavior.csv", ["1,2268318,2520377,pv,1511544070"]), tmp_path / "shop"
    said = done("import", "events", file, "--shop", shop, "--source", "taobao")
    assert "columns understood (as taobao): " in said
    assert stored(shop) == [("1", "view", "2268318")]


def test_a_file_that_is_not_understood(tmp_path: Path) -> None:
    """A file whose columns are not known is refused with its columns and the way to name them."""
    file = written(tmp_path / "odd.csv", ["a,b", "1,2"])
    assert refused("import", "events", file, "--shop", tmp_path / "shop") == (
        f"{file} has no column that is known to be customer_id or item_id or kind or occurred_at. "
        "Its columns are a, b. Name one with --map customer_id=THEIR_COLUMN."
    )


@pytest.mark.parametrize("lines", [["a,b", "1,2"], [HEADER, GOOD.replace("T", " ").rstrip("Z")]])
def test_a_refused_first_file_makes_no_shop(lines: list[str], tmp_path: Path) -> None:
    """A first import of which nothing is stored does not settle the shop's time zone; the next one may."""
    shop, wrong = tmp_path / "shop", written(tmp_path / "wrong.csv", lines)
    refused("import", "events", wrong, "--shop", shop)
    with pytest.raises(ValueError, match="there is no shop"):
        ShopFolder.open(shop)
    good = written(tmp_path / "good.csv", [HEADER, GOOD])
    done("import", "events", good, "--shop", shop, "--timezone", "Asia/Tokyo")
    refused("import", "events", wrong, "--shop", shop)
    assert ShopFolder.open(shop).settings.timezone == "Asia/Tokyo"
    assert stored(shop) == [("anna", "view", "tea")]


def test_nothing_is_stored_when_one_file_is_wrong(tmp_path: Path) -> None:
    """All files are looked at before the first is stored."""
    shop = tmp_path / "shop"
    done("init", "--shop", shop)
    good, odd = written(tmp_path / "good.csv", [HEADER, GOOD]), written(tmp_path / "odd.csv", ["a,b", "1,2"])
    refused("import", "events", good, odd, "--shop", shop)
    assert stored(shop) == []


def test_items_and_customers(tmp_path: Path) -> None:
    """Items and customers are stored, changed by a later file, and told of as stored or repeated."""
    shop = tmp_path / "shop"
    items = written(tmp_path / "items.csv", ["item_id,title,price", 'tea,"=HYPERLINK(1)",5', "cup,[red]杯[/red],9"])
    people = written(tmp_path / "people.csv", ["customer_id,contactable", "王小明,no", "anna,yes"])
    assert "│ items.csv │    2 │      2 │        0 │        0 │" in done("import", "items", items, "--shop", shop)
    assert "│ people.csv │    2 │      2 │" in done("import", "customers", people, "--shop", shop)
    later = written(tmp_path / "later.csv", ["item_id,title,price", 'tea,"=HYPERLINK(1)",5', "cup,Cup,9"])
    assert "│ later.csv │    2 │      1 │        1 │        0 │" in done("import", "items", later, "--shop", shop)
    warehouse = Warehouse.open(ShopFolder.open(shop))
    assert warehouse.items().sort_by("item_id")["title"].to_pylist() == ["Cup", "=HYPERLINK(1)"]
    assert warehouse.customers().sort_by("customer_id")["contactable"].to_pylist() == [True, False]


def test_contacts(tmp_path: Path) -> None:
    """Contacts are told of as other rows are, and one without its time or of an unknown arm is rejected by name."""
    shop = tmp_path / "shop"
    lines = ["customer_id,contacted_at,campaign_id,arm", "王小明,2025-03-01T10:00:00Z,spring,", "anna,,spring,control"]
    file = written(tmp_path / "contacts.csv", [*lines, "ben,2025-03-01T10:00:00Z,spring,both"])
    said = done("import", "contacts", file, "--shop", shop, "--allow-rejected")
    assert "│ contacts.csv │    3 │      1 │        0 │        2 │" in said
    assert "rejected 1: arm unknown" in said
    assert "rejected 1: contacted_at missing" in said
    assert refused("import", "contacts", file, "--shop", shop).startswith("2 rows were rejected")
    assert Warehouse.open(ShopFolder.open(shop)).contacts()["customer_id"].to_pylist() == ["王小明"]


def test_a_busy_shop(tmp_path: Path) -> None:
    """While another process writes to the shop an import is refused in one line, and nothing is lost."""
    file, shop = written(tmp_path / "events.csv", [HEADER, GOOD]), tmp_path / "shop"
    with ShopFolder.create(shop).writing():
        ran = as_process("import", "events", file, "--shop", shop, folder=tmp_path)
    assert (ran.status, ran.complaint) == (
        1,
        f"huitou: another process is writing to the shop in {shop}. Wait until it has finished.\n",
    )
    done("import", "events", file, "--shop", shop)
    assert stored(shop) == [("anna", "view", "tea")]


def test_names_of_files_are_only_text(tmp_path: Path) -> None:
    """A file's name with brackets is printed as it is."""
    file = written(tmp_path / "[bold]my events.csv", [HEADER, GOOD])
    assert "[bold]my events.csv" in done("import", "events", file, "--shop", tmp_path / "shop")
