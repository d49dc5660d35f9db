"""Exports of shops and public logs -> events, items, customers and contacts, streaming, nothing stored half.

Each file is one commit. Rows are staged first and stored when the whole file has been read, so an import that
is killed at any moment and started again ends in the same state as one that was left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from features.events.event import (
    CONTACT_FIELDS,
    CONTACT_SCHEMA,
    CUSTOMER_FIELDS,
    EVENT_FIELDS,
    EVENT_SCHEMA,
    ITEM_FIELDS,
    Field,
    arrow_schema,
)
from features.events.importing.incoming import ImportOptions, Incoming
from features.events.importing.item_columns import ITEM_COLUMNS, ItemColumns
from features.events.importing.rejected_rows import RejectedRows
from features.events.staging import Staging
from features.events.warehouse import Upserted, Warehouse
from features.progress import Doing
from features.shop_folder import ShopFolder

__all__ = ["ImportOptions", "ImportSummary", "import_contacts", "import_customers", "import_events", "import_items"]


@dataclass(frozen=True)
class ImportSummary:
    """What became of one file."""

    file: Path
    """The file."""
    rows_read: int
    """Rows in it, empty lines not counted."""
    stored: int
    """Rows that are new, or that changed an item or customer."""
    repeated: int
    """Rows that were known already."""
    rejected: int
    """Rows that were not taken."""
    rejected_by_reason: dict[str, int]
    """How many for each reason, the most frequent first."""
    rejected_file: Path | None
    """Where the rejected rows are, with row number, reason and message; None when there are none."""
    columns: dict[str, str]
    """Our field -> their column, or ``=value`` where it is the same in all rows."""
    ignored_columns: list[str]
    """Their columns that were not used."""
    encoding: str | None
    """How the file's text is written; None for Parquet."""
    source: str | None
    """The ready-made map that was followed, if any."""
    passed_over: int = 0
    """Rows that the source knows to be about no item, such as GA4's page views."""
    date_order: str | None = None
    """How dates such as 3/4/2025 were read, ``dmy`` or ``mdy``; None when there were none."""


def import_events(
    shop: ShopFolder,
    files: Sequence[Path],
    options: ImportOptions,
    *,
    now: datetime,
    progress: Doing | None = None,
) -> list[ImportSummary]:
    """Store the events of each file, and what its rows say about items. One summary for each file.

    Importing a file again stores nothing again. Raises :class:`~features.errors.HuitouError` when a file
    cannot be read or its columns are not understood; all files are looked at before the first is stored.
    """
    return _import(_store_events, (*EVENT_FIELDS, *ITEM_COLUMNS), shop, files, options, now, progress)


def import_items(
    shop: ShopFolder,
    files: Sequence[Path],
    options: ImportOptions,
    *,
    now: datetime,
    progress: Doing | None = None,
) -> list[ImportSummary]:
    """Insert or change items; the last row of an item wins. Otherwise as :func:`import_events`."""
    return _import(_store_items, ITEM_FIELDS, shop, files, options, now, progress)


def import_customers(
    shop: ShopFolder,
    files: Sequence[Path],
    options: ImportOptions,
    *,
    now: datetime,
    progress: Doing | None = None,
) -> list[ImportSummary]:
    """Insert or change customers; the last row of a customer wins. Otherwise as :func:`import_events`."""
    return _import(_store_customers, CUSTOMER_FIELDS, shop, files, options, now, progress)


def import_contacts(
    shop: ShopFolder,
    files: Sequence[Path],
    options: ImportOptions,
    *,
    now: datetime,
    progress: Doing | None = None,
) -> list[ImportSummary]:
    """Store whom campaigns wrote to, and whom they left alone on purpose. Otherwise as :func:`import_events`."""
    return _import(_store_contacts, CONTACT_FIELDS, shop, files, options, now, progress)


@dataclass(frozen=True)
class _Task:
    """One file, and where its rows go."""

    shop: ShopFolder
    incoming: Incoming
    rejected: RejectedRows
    now: datetime
    progress: Doing | None

    def good_rows(self) -> list[pa.Table]:
        """All good rows at once, for tables that fit into memory."""
        return list(self.incoming.good_rows(self.now, self.rejected, self.progress))

    def storing(self, done: int, total: int) -> None:
        """Say how much has been stored."""
        self.say("storing", done, total)

    def say(self, doing: str, done: int, total: int) -> None:
        """Tell the one who waits what is being done with the file."""
        if self.progress is not None:
            self.progress(f"{doing} {self.incoming.path.name}", done, total)


_Store = Callable[[_Task], tuple[int, int]]
"""Stores the good rows of a file; returns how many were stored and how many were known already."""


def _import(
    store: _Store,
    fields: tuple[Field, ...],
    shop: ShopFolder,
    files: Sequence[Path],
    options: ImportOptions,
    now: datetime,
    progress: Doing | None,
) -> list[ImportSummary]:
    with shop.writing():
        incoming = [Incoming(Path(file), fields, options) for file in files]
        return [
            _import_one(store, _Task(shop, each, RejectedRows(shop.rejected, each.path.name), now, progress))
            for each in incoming
        ]


def _import_one(store: _Store, task: _Task) -> ImportSummary:
    try:
        stored, repeated = store(task)
        rejected_file = task.rejected.finish()
    finally:
        task.rejected.discard()
    incoming = task.incoming
    return ImportSummary(
        file=incoming.path,
        rows_read=incoming.rows_read,
        stored=stored,
        repeated=repeated,
        rejected=task.rejected.total,
        rejected_by_reason=dict(task.rejected.by_reason.most_common()),
        rejected_file=rejected_file,
        columns=incoming.arrangement.told(),
        ignored_columns=incoming.ignored_columns,
        encoding=incoming.reader.encoding,
        source=incoming.arrangement.source.name if incoming.arrangement.source else None,
        passed_over=incoming.passed_over,
        date_order=incoming.date_order,
    )


def _store_events(task: _Task) -> tuple[int, int]:
    warehouse, settings = Warehouse.open(task.shop), task.shop.settings
    staging = Staging(task.shop.staging / "import", settings.buckets, settings.timezone)
    items = ItemColumns()
    try:
        for rows in task.incoming.good_rows(task.now, task.rejected, task.progress):
            staging.add(rows.select(EVENT_SCHEMA.names))
            if task.incoming.has(ITEM_COLUMNS):
                items.add(rows)
        appended = warehouse.append(staging, task.storing)
    finally:
        staging.discard()
    # After the events: killed in between and repeated, an import finds these stored and puts the items.
    described = items.table()
    if len(described):
        task.say("describing items of", 0, 1)
        warehouse.put_items(described)
        task.say("describing items of", 1, 1)
    return appended.stored, appended.repeated


def _store_items(task: _Task) -> tuple[int, int]:
    return _put(task, ITEM_FIELDS, Warehouse.open(task.shop).put_items)


def _store_customers(task: _Task) -> tuple[int, int]:
    return _put(task, CUSTOMER_FIELDS, Warehouse.open(task.shop).put_customers)


def _store_contacts(task: _Task) -> tuple[int, int]:
    rows = pa.concat_tables([CONTACT_SCHEMA.empty_table(), *task.good_rows()])
    if not len(rows):
        return 0, 0
    appended = Warehouse.open(task.shop).append_contacts(rows)
    task.storing(1, 1)
    return appended.stored, appended.repeated


def _put(task: _Task, fields: tuple[Field, ...], put: Callable[[pa.Table], Upserted]) -> tuple[int, int]:
    rows = pa.concat_tables([arrow_schema(fields).empty_table(), *task.good_rows()])
    if not len(rows):
        return 0, 0
    upserted = put(rows)
    task.storing(1, 1)
    stored = upserted.new + upserted.changed
    return stored, len(rows) - stored
