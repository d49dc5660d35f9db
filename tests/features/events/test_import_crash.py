"""An import that is killed, at any moment, and started again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from features.events.importers import ImportOptions, import_events
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder, ShopSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPTIONS = ImportOptions(batch_rows=10)
BUCKETS = 3
CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from features.events.importers import ImportOptions, import_events
from features.shop_folder import ShopFolder

def tell(doing, done, total):
    print(doing, done, total, flush=True)
    sys.stdin.readline()

shop, file, now = ShopFolder.open(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
import_events(shop, [file], ImportOptions(batch_rows=10), now=now, progress=tell)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four thousand events in several batches, with repeats, bad rows and columns of items."""
    path = tmp_path / "events.csv"
    rows = (
        f"c-{row % 11},sku-{row % 5},{'view' if row % 97 else '?'},2025-03-01T10:{row % 60:02}:00Z,tea {row % 5}\n"
        for row in range(4000)
    )
    path.write_text("customer_id,item_id,kind,occurred_at,title\n" + "".join(rows), encoding="utf-8")
    return path


def new_shop(folder: Path) -> ShopFolder:
    return ShopFolder.create(folder, ShopSettings(timezone="Asia/Shanghai", buckets=BUCKETS))


def content(shop: ShopFolder) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All stored events by id, and all items."""
    warehouse = Warehouse.open(shop)
    events = [row for path in warehouse.reader().all_files() for row in pq.ParquetFile(path).read().to_pylist()]
    return sorted(events, key=lambda row: str(row["event_id"])), warehouse.items().to_pylist()


def killed(shop: ShopFolder, file: Path, is_moment: Callable[[str], bool]) -> None:
    """Import ``file`` in a process of its own and kill it when what it says is the moment."""
    command = [sys.executable, "-c", CHILD, str(shop.path), str(file), NOW.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for line in child.stdout:
            if is_moment(line.strip()):
                child.kill()
                break
            child.stdin.write("\n")
            child.stdin.flush()
        assert child.wait() == -9


@pytest.mark.parametrize(
    ("moment", "events_stored"),
    [
        (lambda line: line.startswith("reading"), False),
        (lambda line: line.startswith("storing") and line.endswith(f"1 {BUCKETS}"), False),
        (lambda line: line.startswith("storing") and line.endswith(f"{BUCKETS} {BUCKETS}"), False),
        (lambda line: line.startswith("describing") and line.endswith("0 1"), True),
        (lambda line: line.startswith("describing") and line.endswith("1 1"), True),
    ],
    ids=["reading", "storing the first bucket", "storing the last bucket", "before the items", "at the end"],
)
def test_killed_and_repeated(tmp_path: Path, file: Path, moment: Callable[[str], bool], events_stored: bool) -> None:
    """Readers see all of a killed import or nothing, and repeating it gives what an undisturbed one gives."""
    undisturbed, disturbed = new_shop(tmp_path / "undisturbed"), new_shop(tmp_path / "disturbed")
    (summary,) = import_events(undisturbed, [file], OPTIONS, now=NOW)
    whole = content(undisturbed)
    assert (summary.stored, len(whole[0]), len(whole[1])) == (3958, 3958, 5)
    killed(disturbed, file, moment)
    assert content(disturbed)[0] == (whole[0] if events_stored else [])
    (again,) = import_events(disturbed, [file], OPTIONS, now=NOW)
    assert content(disturbed) == whole
    assert (again.stored, again.rejected) == (0 if events_stored else 3958, 42)
    assert not (disturbed.staging / "import").exists()
    assert [path.name for path in disturbed.rejected.iterdir()] == ["events.csv-1.jsonl"]
