"""A snapshot without some people: the same answers for everybody else, and no trace of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.shop_folder import ShopFolder
from serving.privacy.places.snapshot_without import ENTRIES, ROW_FILES, remove_snapshot, snapshot_without, sweep
from serving.snapshot import Snapshot, current_id
from serving.snapshot_parts.named_people import people_in
from tests.serving.privacy.searched import files_with
from tests.serving.published_shop import PEOPLE, small_shop

EVERYBODY = [person.id for person in PEOPLE]


def rewritten(shop: ShopFolder, people: list[str]) -> tuple[Snapshot, Snapshot]:
    """The served snapshot before and after ``people`` were taken out of it."""
    before = Snapshot.open_current(shop)
    snapshot_without(shop, before.id, people)
    after = Snapshot.open_current(shop)
    after.verify()
    return before, after


def told(snapshot: Snapshot, person: str) -> object:
    """Everything that a snapshot says of a person."""
    row = snapshot.customers.row(person)
    assert snapshot.customers.id(row) == person
    return repr(
        (
            snapshot.customer(row),
            snapshot.recommended(row),
            snapshot.past.of(row),
            snapshot.pages.of(row),
            snapshot.customer_groups.of(row),
            snapshot.alike.vectors[row],
            person in snapshot.opted_out,
        )
    )


@pytest.mark.parametrize(
    "gone", [["anna"], ["王小明", "visitor:v 1"], ["quiet", "stranger who said no"], EVERYBODY, ["nobody"]], ids=str
)
def test_everybody_else_stays_as_they_were(tmp_path: Path, gone: list[str]) -> None:
    """Who stays is told the same to the last number; items, strangers and the header do not change."""
    before, after = rewritten(small_shop(tmp_path), gone)
    for person in EVERYBODY:
        if person in gone:
            assert person not in after.customers
        else:
            assert told(after, person) == told(before, person)
    assert after.header == before.header
    assert after.contents.customers == len(EVERYBODY) - len({*gone} & {*EVERYBODY})
    assert sum(after.contents.layers.values()) == after.contents.customers
    assert ("stranger who said no" in after.opted_out) == ("stranger who said no" not in gone)
    assert after.pages.of(after.pages.strangers) == before.pages.of(before.pages.strangers)
    for item in range(len(after.shelf)):
        both = [each.interest.of(np.array([item]), np.array([1.0])) for each in (before, after)]
        names = [
            {(each.customers.id(int(row)), float(weight)) for row, weight in zip(*found, strict=True)}
            for each, found in zip((before, after), both, strict=True)
        ]
        assert names[1] == {entry for entry in names[0] if entry[0] not in gone}


def test_nothing_of_them_is_left(tmp_path: Path) -> None:
    """No file of the new snapshot names them; the one of before stays until it is removed."""
    shop = small_shop(tmp_path)
    words = ["anna", "stranger who said no", "v 1"]
    before, _ = rewritten(shop, ["anna", "stranger who said no", "visitor:v 1"])
    assert {file.split("/")[1] for files in files_with(shop.path, words).values() for file in files} == {before.id}
    remove_snapshot(shop, before.id)
    assert files_with(shop.path, words) == {}


def test_every_file_is_known(tmp_path: Path) -> None:
    """Each file has a row for each customer, or speaks of ids, past, interest or the table, or of no customer."""
    shop = small_shop(tmp_path)
    folder = Snapshot.open_current(shop).folder
    by_row = {path.relative_to(folder).as_posix() for pattern in ROW_FILES for path in folder.glob(pattern)}
    by_row |= {file for name, more, boundaries in ENTRIES for file in (name, *more, boundaries or name)}
    own = ("customer_", "opted_out_", "past_", "customers.parquet")
    # Names that many share: of groups, and of campaigns.
    shared = ("audience/columns.json", "audience/contact_campaigns.json", "audience/act_first_day.npy")
    items = (
        "item_",
        "related_",
        "little_seen_",
        "popular",
        "recommender/",
        "bundles/",
        "alike/alike.json",
        *shared,
        "groups.json",
    )
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    assert {file for file in files - by_row if not file.startswith((*own, *items))} == set()


def test_a_rewriting_that_was_cut_short(tmp_path: Path) -> None:
    """What it left is swept, and the next one finds the snapshot of before whole."""
    shop = small_shop(tmp_path)
    (shop.snapshots / ".building").mkdir()
    (shop.snapshots / ".building" / "customer_text.npy").write_text("anna")
    old = current_id(shop)
    _, after = rewritten(shop, ["anna"])
    # As if the process had been killed before it removed the one of before, or pointed to the new one.
    (shop.snapshots / "CURRENT").write_text(old + "\n")
    assert people_in(shop.snapshots / old, EVERYBODY) == EVERYBODY
    assert snapshot_without(shop, old, ["anna"]) == after.id == current_id(shop)
    remove_snapshot(shop, old)
    sweep(shop)
    assert files_with(shop.path, ["anna"]) == {}
