"""Rows on their way into the warehouse: checked, completed and split by bucket, but not yet stored."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.events.event import (
    STORED_EVENT_SCHEMA,
    bucket_column,
    with_defaults,
    with_local_time,
    with_person,
)

STAGED_SCHEMA = STORED_EVENT_SCHEMA.append(pa.field("row", pa.int64()))
"""A stored event and the position in which it came."""


class Staging:
    """A folder with one Parquet file for each bucket; the warehouse takes it whole or not at all."""

    def __init__(self, folder: Path, buckets: int, timezone: str) -> None:
        """Empty ``folder`` (left-overs of an import that was killed) and stage rows there."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.buckets = buckets
        self.timezone = timezone
        self.rows = 0
        self._writers: dict[int, pq.ParquetWriter] = {}

    def add(self, events: pa.Table) -> None:
        """Stage checked rows in :data:`~features.events.event.EVENT_SCHEMA`."""
        if not len(events):
            return
        complete = with_local_time(with_person(with_defaults(events)), self.timezone)
        bucket = bucket_column(complete["customer_id"], self.buckets)
        row = np.arange(self.rows, self.rows + len(events))
        complete = complete.append_column("bucket", pa.array(bucket)).append_column("row", pa.array(row))
        order = np.argsort(bucket, kind="stable")
        complete = complete.take(pa.array(order)).cast(STAGED_SCHEMA)
        edges = np.searchsorted(bucket[order], np.arange(self.buckets + 1))
        for number in np.unique(bucket):
            part = complete.slice(edges[number], edges[number + 1] - edges[number])
            self._writer(int(number)).write_table(part)
        self.rows += len(events)

    def file(self, bucket: int) -> Path:
        """Where the rows of one bucket are staged."""
        return self.folder / f"bucket-{bucket:04d}.parquet"

    def filled(self) -> list[int]:
        """The buckets that have rows, in order."""
        return sorted(self._writers)

    def close(self) -> None:
        """Finish the files; rows can no longer be added."""
        for writer in self._writers.values():
            writer.close()

    def discard(self) -> None:
        """Remove the folder."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _writer(self, bucket: int) -> pq.ParquetWriter:
        if bucket not in self._writers:
            self._writers[bucket] = pq.ParquetWriter(self.file(bucket), STAGED_SCHEMA, compression="lz4")
        return self._writers[bucket]
