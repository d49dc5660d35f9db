"""Rows on their way into the warehouse: completed, numbered and split by bucket."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from features.events.event import EVENT_SCHEMA, bucket_of
from features.events.staging import STAGED_SCHEMA, Staging
from tests.small_shop import events, random_events


def staged(staging: Staging) -> dict[int, pa.Table]:
    staging.close()
    return {bucket: pq.read_table(staging.file(bucket)) for bucket in staging.filled()}


def test_rows_are_split_by_bucket_and_completed(tmp_path: Path) -> None:
    """Each row is in the file of its customer's bucket, with defaults, local time, bucket and position."""
    staging = Staging(tmp_path / "import", 4, "Asia/Shanghai")
    staging.add(random_events(1, 200))
    tables = staged(staging)
    rows = [row for table in tables.values() for row in table.to_pylist()]
    assert sorted(row["row"] for row in rows) == list(range(200))
    assert all(row["known_at"] == row["occurred_at"] and row["local_date"] is not None for row in rows)
    for bucket, table in tables.items():
        assert table.schema.equals(STAGED_SCHEMA)
        assert {bucket_of(name, 4) for name in table["customer_id"].to_pylist()} == {bucket}
        assert set(table["bucket"].to_pylist()) == {bucket}


def test_positions_go_on_from_chunk_to_chunk(tmp_path: Path) -> None:
    """Rows that come in several chunks keep the order in which they came."""
    table = random_events(2, 90)
    staging = Staging(tmp_path / "import", 1, "UTC")
    for start in range(0, 90, 25):
        staging.add(table.slice(start, 25))
    found = staged(staging)[0]
    assert found["row"].to_pylist() == list(range(90))
    assert found["event_id"].to_pylist() == table["event_id"].to_pylist()
    assert staging.rows == 90


def test_nothing_stages_nothing(tmp_path: Path) -> None:
    """An empty chunk makes no file and counts no row."""
    staging = Staging(tmp_path / "import", 4, "UTC")
    staging.add(EVENT_SCHEMA.empty_table())
    assert staged(staging) == {}
    assert staging.rows == 0


def test_left_overs_are_removed(tmp_path: Path) -> None:
    """A new staging begins empty, whatever a killed import left in the folder."""
    killed = Staging(tmp_path / "import", 1, "UTC")
    killed.add(events(("anna", "view", "tea", "2025-03-01T10:00Z")))
    staging = Staging(tmp_path / "import", 1, "UTC")
    assert staging.filled() == []
    assert list((tmp_path / "import").iterdir()) == []
    killed.close()


def test_discarding_removes_the_folder(tmp_path: Path) -> None:
    """After discard nothing of the staging is left on the disk."""
    staging = Staging(tmp_path / "import", 1, "UTC")
    staging.add(events(("anna", "view", "tea", "2025-03-01T10:00Z")))
    staging.discard()
    assert not (tmp_path / "import").exists()
