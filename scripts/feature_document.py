"""Writes docs/features.md: every customer feature with its meaning, its unit and when it is missing.

``python -m scripts.feature_document`` writes the file from the texts in ``scripts/feature_meanings.py``.
``tests/test_feature_document.py`` holds the texts to the names that the code computes, and the file to them.
"""

from __future__ import annotations

from pathlib import Path

from scripts.feature_meanings import CHAPTERS, Entry

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "features.md"

BEGINNING = """# Customer features

Written by `python -m scripts.feature_document`; a test holds it to the code. Change
`scripts/feature_meanings.py`, not this file.

Every feature is computed for one customer at one cutoff, from `features/customers.py` and
`features/customer_orders.py`, for a whole shop, a live request or a training table alike.

- **Known before the cutoff.** An event counts when it happened before the cutoff and was known before it. An
  event at the cutoff does not count.
- **Windows** end with the cutoff: `7d` is the 7 times 24 hours before it, and the moment exactly that long
  before is inside. `all` is all time. Windows nest.
- **Days, hours and weekdays** are those of the shop's time zone; ages are elapsed days of 24 hours, with
  fractions.
- **An order** is all purchase lines of one customer with one order id, however far apart. Lines without an
  order id are one order for each of the shop's days. The age of an order is that of its first line.
- **The price** of an event is the price of one piece that came with it, else the item's list price.
- **The gap** between purchase days goes from the first purchase of one to the first purchase of the next;
  several orders of one day are one purchase day.
- **Missing** values are NaN (stored as float32). A count of nothing is 0 and never missing.

There are {count} features.
"""


def document() -> str:
    """The whole document."""
    count = sum(len(entry.names) for entries in CHAPTERS.values() for entry in entries)
    chapters = [chapter(title, entries) for title, entries in CHAPTERS.items()]
    return "\n".join([BEGINNING.format(count=count), *chapters])


def chapter(title: str, entries: list[Entry]) -> str:
    """One chapter with its table."""
    rows = ["| feature | meaning | unit | missing |", "| --- | --- | --- | --- |", *map(row, entries)]
    return "\n".join([f"## {title}", "", *rows, ""])


def row(entry: Entry) -> str:
    """One line of a table; the names of all windows stand in one cell, so that a search finds each."""
    names = " ".join(f"`{name}`" for name in entry.names)
    return f"| {names} | {entry.meaning} | {entry.unit} | {entry.missing} |"


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"Wrote {DOCUMENT}.")


if __name__ == "__main__":
    main()
