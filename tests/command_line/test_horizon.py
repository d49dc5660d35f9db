"""``huitou horizon``: the recommendation, its reasons, the shares, the categories and the chart."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.command_line.command import done, written

WEEKLY = [
    f"c{n},tea,purchase,{date(2024, 1, 1) + timedelta(days=7 * week)}T12:00Z" for n in range(5) for week in range(53)
]
ONCE = [f"one {n},pot,purchase,{date(2024, 3, 1) + timedelta(days=n)}T12:00Z" for n in range(20)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five weekly customers over a year, and twenty who came once."""
    folder = tmp_path_factory.mktemp("horizon")
    written(folder / "events.csv", ["customer_id,item_id,kind,occurred_at", *WEEKLY, *ONCE])
    written(folder / "items.csv", ["item_id,category", "tea,<b>[red]tea", "pot,pots"])
    done("init", "--shop", folder / "shop", "--buckets", 2)
    for kind in ("items", "events"):
        done("import", kind, folder / f"{kind}.csv", "--shop", folder / "shop")
    return folder / "shop"


def test_the_horizon_is_told_with_its_reasons(shop: Path) -> None:
    """The recommendation comes first, then why, then the shares with their intervals, and the categories."""
    said = done("horizon", "--shop", shop).splitlines()
    assert said[:4] == [
        "recommended horizon: 7 (days; offered: 7, 14, 30, 60, 90)",
        "- 260 of 285 orders were followed by another one so far",
        "- with those still to come, 92.9% are followed by another one within 7 days",
        "- four of five repeat orders come within 7 days; the history of 364 days allows up to 91; so 7 days",
    ]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in said if line.startswith("│")]
    assert [row[0] for row in cells] == ["7", "14", "30", "60", "90", "180", "<b>[red]tea"]
    every, first = cells[0][1:]
    assert re.fullmatch(r"92\.9% \(\d\d\.\d to \d\d\.\d\)", every)
    assert re.fullmatch(r"20\.0% \(\d+\.\d to \d\d\.\d\)", first)
    assert cells[-1][1:] == ["260", "100.0%", "7", "7"]


def test_the_chart_is_one_file(shop: Path, tmp_path: Path) -> None:
    """The chart is a page that loads nothing from outside."""
    page = tmp_path / "horizon.html"
    assert done("horizon", "--shop", shop, "--out", page).endswith(f"{page} holds the chart\n")
    text = page.read_text(encoding="utf-8")
    assert "recommended horizon: 7 d" in text
    assert "vegaEmbed" in text
    assert not re.findall(r"<(?:script|link)[^>]*(?:src|href)", text)


def test_the_setting_of_the_shop_is_told(shop: Path) -> None:
    """A horizon in shop.json is used instead of the recommended one, and the command says so."""
    file = shop / "shop.json"
    before = file.read_text(encoding="utf-8")
    file.write_text(json.dumps({**json.loads(before), "horizon_days": 45}), encoding="utf-8")
    said = done("horizon", "--shop", shop)
    file.write_text(before, encoding="utf-8")
    assert said.startswith("recommended horizon: 7 ")
    assert "\nthe setting horizon_days in shop.json is 45 and is used instead\n" in said
