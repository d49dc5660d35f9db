"""What exploration showed is on disk, whole, and never too much of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.arranging.exploration_log import ExplorationLog, ExploredLine

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path / "shop")


def line(number: int, item: str = "茶 🍵\n") -> ExploredLine:
    return ExploredLine(NOON + timedelta(seconds=number), f"id-{number}", item, 4, "home", 0.05 / 7 / 3)


def test_lines_come_back(shop: ShopFolder) -> None:
    """What was written is read again in order, by any process, one JSON object a line."""
    log = ExplorationLog(shop)
    assert list(log.lines()) == []
    for number in range(3):
        log.add(line(number))
    assert list(ExplorationLog(shop).lines()) == [line(0), line(1), line(2)]
    texts = log.file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(text)["recommendation_id"] for text in texts] == ["id-0", "id-1", "id-2"]
    assert set(json.loads(texts[0])) == {"at", "recommendation_id", "item_id", "place", "placement", "propensity"}


def test_the_files_stay_small(shop: ShopFolder) -> None:
    """Two files of bounded size hold the newest lines, however many were written."""
    log = ExplorationLog(shop, largest_bytes=1_000)
    for number in range(50):
        log.add(line(number))
        assert log.file.stat().st_size <= 1_000
    assert log.older.stat().st_size <= 1_000
    kept = list(log.lines())
    assert kept == [line(number) for number in range(50 - len(kept), 50)]
    assert len(kept) >= 5


def test_a_line_that_was_cut_short(shop: ShopFolder) -> None:
    """After a crash in the middle of a line the others are whole, those before it and those after."""
    log = ExplorationLog(shop)
    log.add(line(0))
    with open(log.file, "ab") as handle:
        handle.write(b'{"at": "2026-03-15T12:00:')
    log.add(line(1))
    assert list(log.lines()) == [line(0), line(1)]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where nothing can be written the error says so and what to do."""
    shop = ShopFolder.create(tmp_path / "shop")
    (shop.path / "explored.jsonl").mkdir()
    with pytest.raises(HuitouError, match=r"explored\.jsonl must be writable to explore; .* set exploration to 0\.$"):
        ExplorationLog(shop).add(line(0))
