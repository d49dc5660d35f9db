"""Old rows are removed step by step."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.answers.old_rows import remove_old
from serving.database.answers.shown import Shown
from serving.database.connection import open_database
from serving.database.tables import SHOWN
from tests.serving.shown.small_memory import NOON, answer, hours, microseconds


def test_every_old_row_goes(tmp_path: Path, database_url: str | None) -> None:
    """However many steps it takes, and nothing newer."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    shown = Shown(engine)
    shown.put([answer(f"r{number}", at=hours(number)) for number in range(10)])
    for rows_at_once in (3, 4, 100):
        shown.put([answer(f"r{number}", at=hours(number)) for number in range(8)])
        assert remove_old(engine, SHOWN, microseconds(hours(8)), rows_at_once) == 8
        assert [found.recommendation_id for found in shown.between(NOON, hours(90))] == ["r8", "r9"]
    assert remove_old(engine, SHOWN, microseconds(hours(8))) == 0
    engine.dispose()
