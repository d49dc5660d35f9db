"""The overviews in the document of real data are put into their places."""

from __future__ import annotations

from pathlib import Path

from benchmarks.shop_numbers import PERIODS, numbers_chapter, with_numbers
from tests.features.shop.numbers.told_shop import told_shop

DOCUMENT = """# Real data

## A shop's ten days

huitou init --shop shop-shop_ten_days

## Online Retail

huitou init --shop shop-online_retail
"""
CHAPTER = ["<!-- numbers of online_retail: begin -->", "| Orders | 3 |", "<!-- numbers of online_retail: end -->"]


def test_a_chapter_finds_its_place() -> None:
    """The first time it stands at the end of the shop's own part; then it takes the place of the one before."""
    once = with_numbers(DOCUMENT, "online_retail", CHAPTER)
    assert once == f"{DOCUMENT}\n{chr(10).join(CHAPTER)}\n"
    again = with_numbers(once, "online_retail", [CHAPTER[0], "| Orders | 4 |", CHAPTER[2]])
    assert again == once.replace("| 3 |", "| 4 |")


def test_a_chapter_tells_a_shops_numbers(tmp_path: Path) -> None:
    """Overview, funnel, retention and goods are there, with what is not known as a dash."""
    lines = numbers_chapter(told_shop(tmp_path / "shop"), "shop_ten_days")
    assert lines[0].startswith("<!--")
    assert "| Orders | - | - | - | - |" in lines
    assert any(line.startswith("| 2025-03 | 3 | 100.0%*") for line in lines)
    assert set(PERIODS) == {"shop_ten_days", "online_retail"}
