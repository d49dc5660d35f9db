"""A shop from before contacts of merged visitors were marked: its table has no such column, and stays as good."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from features.behaviour import Behaviour
from features.contacts import contact_marks
from features.events.contact_rows import as_stored, moved_contacts
from features.events.importers import ImportOptions, import_contacts
from features.events.rewritten_rows import Move
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import contacts, moment, shop, store_contacts_of_before

NOW = moment("2025-04-01T00:00Z")
TOLD = contacts(
    ("anna", "2025-03-20T12:00Z", {"contact_id": "spring", "campaign_id": "spring"}),
    ("visitor:v", "2025-03-20T12:00Z", {"contact_id": "spring", "campaign_id": "spring"}),
    ("ben", "2025-01-20T12:00Z", {"contact_id": "winter", "campaign_id": "winter"}),
)
MERGE = Move("visitor:v", "anna", "v")


@pytest.fixture(params=["a.parquet", "z.parquet"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> ShopFolder:
    """A shop with a table of before, whose file is read before, or after, any that is written now."""
    folder = shop(tmp_path / "shop")
    store_contacts_of_before(folder, TOLD, request.param)
    return folder


def whose(warehouse: Warehouse) -> set[tuple[str, str, str | None]]:
    """Who has which contact, and from which visitor."""
    rows = warehouse.contacts().select(["customer_id", "contact_id", "visitor_id"]).to_pylist()
    return {(row["customer_id"], row["contact_id"], row["visitor_id"]) for row in rows}


def test_it_is_added_to(old: ShopFolder) -> None:
    """The same contacts again are known; new ones and their visitors are kept beside them, joined files or not."""
    warehouse = Warehouse.open(old)
    assert warehouse.append_contacts(TOLD).stored == 0
    theirs = as_stored(contacts(("visitor:w", "2025-03-21T12:00Z", {"contact_id": "spring"})))
    adopted = moved_contacts(theirs, [Move("visitor:w", "carl", "w")])
    assert warehouse.append_contacts(adopted).stored == 1
    expected = {
        ("anna", "spring", None),
        ("visitor:v", "spring", None),
        ("ben", "winter", None),
        ("carl", "spring", "w"),
    }
    assert whose(warehouse) == expected
    warehouse.compact()
    assert whose(warehouse) == expected
    assert len(warehouse.contacts(0)) == len(TOLD)


def test_a_file_of_contacts_is_imported_twice(old: ShopFolder, tmp_path: Path) -> None:
    """What was new the first time is known the second time."""
    file = tmp_path / "contacts.csv"
    file.write_text("customer_id,contacted_at,campaign_id\ncarl,2025-03-21T12:00:00Z,spring\n", encoding="utf-8")
    counts = [import_contacts(old, [file], ImportOptions(), now=NOW)[0] for _ in range(2)]
    assert [(each.stored, each.repeated) for each in counts] == [(1, 0), (0, 1)]


def test_what_models_know_of_contacts(old: ShopFolder) -> None:
    """Days and counts are those of the contacts, before and after a merge: one campaign wrote to one person once."""
    warehouse, people = Warehouse.open(old), pa.array(["anna", "ben", "carl"])
    warehouse.append_contacts(contacts(("carl", "2025-03-31T00:00Z", {"campaign_id": "spring"})))
    for _ in range(2):
        marks = contact_marks(Behaviour.of(old).contacts, people, NOW)
        assert marks.days_since_contact.tolist() == [11.5, 70.5, 1.0]
        assert marks.contact_count_30d.tolist() == [1, 0, 1]
        assert marks.contact_count_90d.tolist() == [1, 1, 1]
        warehouse.move_contacts([MERGE])


@pytest.mark.parametrize("added", [True, False])
def test_a_merge_there_and_back(added: bool, old: ShopFolder) -> None:
    """A visitor's contacts go to the customer and back, whether or not anything was added before."""
    warehouse = Warehouse.open(old)
    if added:
        warehouse.append_contacts(contacts(("carl", "2025-03-21T12:00Z")))
    before = warehouse.contacts()
    warehouse.move_contacts([MERGE])
    assert {("anna", "spring", None), ("anna", "spring", "v")} <= whose(warehouse)
    warehouse.move_contacts([Move("anna", "visitor:v", "v", frozenset())])
    assert warehouse.contacts() == before


def test_who_is_erased_is_gone(old: ShopFolder) -> None:
    """An erased person has no contact left, in files of before or of now."""
    warehouse = Warehouse.open(old)
    warehouse.append_contacts(contacts(("anna", "2025-03-21T12:00Z")))
    warehouse.erase("anna")
    assert warehouse.people() == {"visitor:v", "ben"}
