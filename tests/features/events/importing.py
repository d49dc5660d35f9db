"""What tests of importing share: an empty shop, files, and what became of their rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from features.events.importers import ImportOptions, ImportSummary, import_events
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "customer_id,item_id,kind,occurred_at,quantity,unit_price,order_id\n"


def write(folder: Path, text: str | bytes, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(shop: ShopFolder, path: Path, **options: Any) -> ImportSummary:
    (summary,) = import_events(shop, [path], ImportOptions(**options), now=NOW)
    return summary


def stored(shop: ShopFolder) -> list[dict[str, Any]]:
    """All stored events, by id."""
    files = Warehouse.open(shop).reader().all_files()
    rows = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    return sorted(rows, key=lambda row: str(row["event_id"]))


def rejected(summary: ImportSummary) -> list[dict[str, Any]]:
    assert summary.rejected_file is not None
    return [json.loads(line) for line in summary.rejected_file.read_text(encoding="utf-8").splitlines()]
