"""What lies in carts and on favourite lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from serving.snapshot_parts.audience.open_items import OpenWriter, open_items
from tests.small_shop import events, history

CUTOFF = datetime(2025, 3, 10, tzinfo=UTC)


def test_open_items_by_customer(tmp_path: Path) -> None:
    """Carted and neither taken out nor bought, the newest first, on the shop's day; favourites are apart."""
    told = history(
        events(
            ("anna", "cart", "tea", "2025-03-01T10:00Z"),
            ("anna", "cart", "cup", "2025-03-02T20:00Z"),
            ("anna", "cart", "pot", "2025-03-03T10:00Z"),
            ("anna", "purchase", "pot", "2025-03-04T10:00Z"),
            ("anna", "favorite", "pot", "2025-03-05T10:00Z"),
            ("bob", "cart", "tea", "2025-03-01T10:00Z"),
            ("bob", "uncart", "tea", "2025-03-01T11:00Z"),
            ("cleo", "cart", "tea", "2025-03-01T10:00Z"),
        ),
        CUTOFF,
    )
    writer = OpenWriter(tmp_path, "Asia/Shanghai")
    writer.add(told.part(0, 2), 0)
    writer.add(told.part(2, 3), 2)
    writer.close()
    found = open_items(tmp_path)
    names = told.catalogue.ids.to_pylist()
    assert [names[code] for code in found["cart"].of(0).tolist()] == ["cup", "tea"]
    assert found["cart"].of(1).tolist() == []
    assert [names[code] for code in found["cart"].of(2).tolist()] == ["tea"]
    assert [names[code] for code in found["favorite"].of(0).tolist()] == ["pot"]
    days = [(date(2025, 3, day) - date(1970, 1, 1)).days for day in (3, 1, 1)]
    assert found["cart"].day.tolist() == days
