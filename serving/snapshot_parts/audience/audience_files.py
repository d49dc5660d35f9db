"""The files of a snapshot that audiences are chosen by, in a folder of their own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.arrays import joined
from features.history import History
from serving.snapshot_parts.audience.acts import Acts, ActsWriter
from serving.snapshot_parts.audience.columns import Columns, ColumnsWriter
from serving.snapshot_parts.audience.contacts import Contacts, ContactsWriter
from serving.snapshot_parts.audience.open_items import OpenWriter, open_items

FOLDER = "audience"
"""Its name within the snapshot."""


class AudienceWriter:
    """Writes what audiences are chosen by, block by block."""

    def __init__(self, folder: Path, schema: pa.Schema, as_of: datetime, timezone: str) -> None:
        """Begin the files for the snapshot in ``folder``; ``schema`` is that of its table of customers."""
        place = folder / FOLDER
        place.mkdir()
        self._customers = 0
        self._columns = ColumnsWriter(place, schema)
        self._acts = ActsWriter(place)
        self._open = OpenWriter(place, timezone)
        self.contacts = ContactsWriter(place, as_of, timezone)
        """Takes the contacts, before the customers come."""

    def add(self, table: pa.Table, history: History) -> None:
        """Add the next customers: their rows of the table, and what they did."""
        self._columns.add(table)
        self._acts.add(history.kind, history.local_day, history.customer + self._customers, history.item)
        self._open.add(history, self._customers)
        self.contacts.add(joined(table["customer_id"]), self._customers)
        self._customers += len(table)

    def finish(self) -> None:
        """Complete all files."""
        self._columns.finish()
        self._acts.finish()
        self._open.close()
        self.contacts.finish()

    def close(self) -> None:
        """Close the files; nothing can be added any more."""
        for writer in (self._columns, self._acts, self._open):
            writer.close()


class AudienceFiles:
    """What the customers of one snapshot are chosen by."""

    def __init__(self, folder: Path, customers: int) -> None:
        """Map the files of the snapshot in ``folder``; raises :class:`HuitouError` when one cannot be used."""
        place = folder / FOLDER
        self.customers = customers
        """How many there are."""
        self.columns = Columns(place)
        """What is known and predicted of each."""
        self.acts = Acts(place)
        """What they did."""
        self.open = open_items(place)
        """What lies in their carts and on their favourite lists."""
        self.contacts = Contacts.open(place)
        """Who wrote to them."""

    def nobody(self) -> np.ndarray:
        """A flag for each customer, none of them set."""
        return np.zeros(self.customers, dtype=bool)
