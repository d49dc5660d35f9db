"""The audience part of a snapshot, written bucket by bucket and rewritten without people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from features.events.event import KIND_CODES
from serving.privacy.places.snapshot_without import snapshot_without
from serving.snapshot import Snapshot
from tests.serving.published_shop import AS_OF, small_shop, write_snapshot
from tests.small_shop import contacts


def told(snapshot: Snapshot, who: str) -> dict[str, object]:
    """Everything that the audience part says of somebody, with names in place of rows and codes."""
    audience, row = snapshot.audience, snapshot.customers.row(who)
    names = [snapshot.shelf.ids.id(code) for code in range(len(snapshot.shelf))]
    acts = audience.acts.of(KIND_CODES["cart"], 0, 100_000)
    there = acts.row == row
    written = audience.contacts.row == row
    return {
        **{name: str(audience.columns.values(name)[row]) for name in audience.columns.described},
        "acts": [(names[item], day) for item, day in zip(acts.item[there], acts.day[there], strict=True)],
        "open": [names[code] for code in audience.open["cart"].of(row).tolist()],
        "contacts": audience.contacts.contacted_us[written].tolist(),
    }


def test_rows_are_those_of_the_table(tmp_path: Path) -> None:
    """Every column has the value that the table of customers has for the row, whatever the bucket."""
    snapshot = Snapshot.open_current(small_shop(tmp_path))
    table = pq.read_table(snapshot.customers_file)
    columns = snapshot.audience.columns
    assert set(columns.described) == set(table.column_names) - {"customer_id", "reasons"}
    layers = columns.described["layer"].names
    assert [layers[code] for code in columns.values("layer")] == table["layer"].to_pylist()
    spend = table["net_spend_all"].to_numpy()
    np.testing.assert_array_equal(columns.values("net_spend_all"), spend)
    assert told(snapshot, "anna")["open"] == ["kettle", "gone", "apple"]
    assert snapshot.audience.nobody().tolist() == [False] * len(table)


def test_without_people(tmp_path: Path) -> None:
    """When people are deleted the others stay what they were, and nothing of the deleted is left."""
    shop = small_shop(tmp_path)
    write_snapshot(
        shop,
        contacts=contacts(
            *(
                (who, "2025-02-20T10:00Z", {"known_at": AS_OF.replace(month=2), "arm": "treated"})
                for who in ("anna", "quiet")
            )
        ),
    )
    before = Snapshot.open_current(shop)
    people = [before.customers.id(row) for row in range(len(before.customers))]
    kept = {who: told(before, who) for who in people if who not in ("anna", "noletter")}
    assert kept["quiet"]["contacts"]
    snapshot_without(shop, before.id, ["anna", "noletter"])
    after = Snapshot.open_current(shop)
    assert {who: told(after, who) for who in kept} == kept
    assert len(after.audience.acts) == len(before.audience.acts) - 4
    assert len(after.audience.contacts.row) == 1
    assert len(after.audience.open["cart"].row) == len(after.audience.acts)
