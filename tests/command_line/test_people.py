"""``huitou people set-aside``: who is neither trained on nor listed, counted and written with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.command import done, refused, written

VIEWS = [f"=machine,tea,view,2025-03-01T{10 + n // 360:02}:{n // 6 % 60:02}:{n % 6 * 10:02}Z" for n in range(900)]
EVENTS = ("customer_id,item_id,kind,occurred_at", *VIEWS, "anna,tea,purchase,2025-03-02T10:00:00Z")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a bot, a customer and an internal account."""
    folder = tmp_path_factory.mktemp("people")
    written(folder / "events.csv", [*EVENTS, "内部,tea,view,2025-03-02T10:00:00Z"])
    written(folder / "customers.csv", ["customer_id,internal", "内部,true", "anna,false", "ben,"])
    done("init", "--shop", folder / "shop", "--buckets", 2)
    for kind in ("events", "customers"):
        done("import", kind, folder / f"{kind}.csv", "--shop", folder / "shop")
    return folder / "shop"


def test_they_are_counted_by_reason(shop: Path) -> None:
    """Every reason is there with its number, then of how many people, and who can never be among them."""
    said = done("people", "set-aside", "--shop", shop).splitlines()
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in said if line.startswith("│")]
    assert cells == [["bot", "1"], ["reseller", "0"], ["test_orders", "0"], ["internal", "1"]]
    assert said[-2:] == [
        "2 of 3 people, as of 2025-03-02 10:00 UTC",
        "1 is never set aside: the table of customers says internal = false",
    ]


def test_they_are_written_with_the_reason(shop: Path, tmp_path: Path) -> None:
    """The file names each with a sentence in the language asked for, and no id can become a formula."""
    said = done("people", "set-aside", "--shop", shop, "--out", tmp_path / "aside.csv", "--language", "zh")
    assert said.splitlines()[-1] == f"who and why is in {tmp_path / 'aside.csv'}"
    assert (tmp_path / "aside.csv").read_text(encoding="utf-8-sig").splitlines() == [
        '"customer_id","reason","why"',
        '"\'=machine","bot","1天里浏览900次，从未下单，每10秒一次，一小时内多达360次"',
        '"内部","internal","客户资料中标记为员工或测试账户"',
    ]


def test_mistakes_are_told_before_the_work(shop: Path, tmp_path: Path) -> None:
    """Another ending, and another language, are refused in one line and nothing is written."""
    out = tmp_path / "aside.pdf"
    assert refused("people", "set-aside", "--shop", shop, "--out", out).startswith("out must end with .csv or .xlsx;")
    assert refused("people", "set-aside", "--shop", shop, "--language", "fr").startswith("language must be one of")
    assert list(tmp_path.iterdir()) == []
