"""What the items of a snapshot are called, in a memory map."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from serving.snapshot_parts.array_file import broken

FILE = "item_titles.arrow"


def write_titles(folder: Path, titles: pa.Array) -> None:
    """Write the title of each item to ``folder``, null where it has none."""
    batch = pa.record_batch({"title": titles.cast(pa.large_string())})
    with pa.OSFile(str(folder / FILE), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


class Titles:
    """The titles by the code of the item."""

    def __init__(self, folder: Path) -> None:
        """Map the file in ``folder``; raises :class:`HuitouError` when it cannot be used."""
        try:
            column = pa.ipc.open_file(pa.memory_map(str(folder / FILE))).get_batch(0).column(0)
            known, ends, text = column.cast(pa.large_string()).buffers()
        except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError, IndexError, ValueError) as error:
            raise broken(folder / FILE, str(error)) from None
        self._length = len(column)
        # Read as numbers and bytes: Arrow makes objects for each value, and takes ten times as long.
        self._known = None if known is None else memoryview(known)
        self._ends = memoryview(ends).cast("q") if self._length else memoryview(b"")
        self._text = memoryview(b"" if text is None else text)

    def __len__(self) -> int:
        return self._length

    def of(self, code: int) -> str | None:
        """The title of an item, None where it has none."""
        if self._known is not None and not self._known[code >> 3] >> (code & 7) & 1:
            return None
        return str(self._text[self._ends[code] : self._ends[code + 1]], "utf-8")
