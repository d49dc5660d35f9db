"""Snapshots: what is written is read back, nothing broken is served, and going back is moving the pointer."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from features.shop.groups.playbook import Playbook
from features.shop_folder import ShopFolder
from serving.care import snapshot_people
from serving.grouping.group_book import GroupBook
from serving.live.current_snapshot import CurrentSnapshot
from serving.shown.set_aside_people import set_aside_people
from serving.snapshot import Snapshot, current_id, point_to, published
from serving.snapshot_parts.shelf import ItemCycle
from tests.serving.published_shop import ITEMS, PEOPLE, later, small_shop, write_snapshot


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return small_shop(tmp_path / "shop")


def test_every_customer_reads_back(shop: ShopFolder) -> None:
    """Each customer's row, layer and items are found under its id, whatever the id holds."""
    snapshot = Snapshot.open_current(shop)
    assert snapshot.contents.customers == len(PEOPLE)
    for person in PEOPLE:
        row = snapshot.customers.row(person.id)
        said = snapshot.customer(row)
        assert (said["customer_id"], said["layer"], said["net_spend_all"]) == (
            person.id,
            person.layer,
            person.spend,
        )
        assert said["churn_probability_91d"] == person.churn
        items = [snapshot.shelf.ids.id(int(code)) for code in snapshot.recommended(row).item]
        assert items == list(person.items)


def test_scores_stay_with_their_items(shop: ShopFolder) -> None:
    """Scores come back as written and fall along the list."""
    snapshot = Snapshot.open_current(shop)
    stored = snapshot.recommended(snapshot.customers.row("anna"))
    np.testing.assert_allclose(stored.score, [0.9, 0.8, 0.7], rtol=1e-6)


def test_unknown_customer_has_no_row(shop: ShopFolder) -> None:
    """An id that was never published is told from all that were."""
    assert Snapshot.open_current(shop).customers.row("nobody") == -1


def test_items_read_back(shop: ShopFolder) -> None:
    """An item's id, title, category and label come back; without a title the id is the label."""
    shelf = Snapshot.open_current(shop).shelf
    item = shelf.item(shelf.ids.row("a/b 苹果"))
    assert (item.item_id, item.title, item.category) == ("a/b 苹果", "The a/b 苹果", "fruit")
    assert shelf.label(shelf.ids.row("zip")) == "zip"


def test_cycles_read_back(shop: ShopFolder) -> None:
    """After how long an item is bought again, the gaps behind it, and nothing where nobody knows."""
    shelf = Snapshot.open_current(shop).shelf
    assert [shelf.cycle(code) for code in range(3)] == [ItemCycle(30.25, 5), ItemCycle(30.25, 0), ItemCycle(None, 0)]
    # What is known of the category alone is not said of the item.
    assert [shelf.usual_days(code) for code in range(3)] == [30, 0, 0]


def test_popular_covers_the_shop(shop: ShopFolder) -> None:
    """The popular items come first and every other item follows once."""
    snapshot = Snapshot.open_current(shop)
    names = [snapshot.shelf.ids.id(int(code)) for code in snapshot.popular]
    assert names[:3] == ["tea 🍵", "gone", "apple"]
    assert sorted(names) == sorted(ITEMS)


def test_opted_out_people_are_known(shop: ShopFolder) -> None:
    """Who opted out is known, as a customer or merely by id."""
    snapshot = Snapshot.open_current(shop)
    assert "quiet" in snapshot.opted_out
    assert "stranger who said no" in snapshot.opted_out
    assert "anna" not in snapshot.opted_out


def test_layers_are_counted(shop: ShopFolder) -> None:
    """The manifest counts the customers of each layer."""
    expected = {"active": 1, "high_win_back": 1, "lost": 2, "new": 1, "visitor": 1}
    assert Snapshot.open_current(shop).contents.layers == expected


def test_nothing_published(tmp_path: Path) -> None:
    """A shop without a snapshot is told what to run."""
    shop = ShopFolder.create(tmp_path)
    with pytest.raises(HuitouError, match=r"^nothing is published for the shop in .*\. Run: huitou publish"):
        Snapshot.open_current(shop)


def test_changed_file_is_found_by_verify(shop: ShopFolder) -> None:
    """A flipped bit, which keeps the size, is found by the checksum."""
    snapshot = Snapshot.open_current(shop)
    snapshot.verify()
    file = snapshot.folder / "recommended_score.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(HuitouError, match=r"^recommended_score.npy of snapshot \S+ cannot be used: its checksum"):
        snapshot.verify()


@pytest.mark.parametrize("name", ["customer_key.npy", "customers.parquet", "item_titles.arrow", "popular.npy"])
def test_short_file_is_refused_at_opening(shop: ShopFolder, name: str) -> None:
    """A file that was cut short is named as soon as the snapshot is opened."""
    file = shop.snapshots / current_id(shop) / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(HuitouError, match=rf"^{name} of snapshot"):
        Snapshot.open_current(shop)


def test_missing_file_is_refused_at_opening(shop: ShopFolder) -> None:
    """A missing file is named as soon as the snapshot is opened."""
    (shop.snapshots / current_id(shop) / "popular.npy").unlink()
    with pytest.raises(HuitouError, match=r"popular.npy .* none are there"):
        Snapshot.open_current(shop)


def test_broken_manifest_is_refused(shop: ShopFolder) -> None:
    """A manifest that is no JSON object is one clear error."""
    (shop.snapshots / current_id(shop) / "manifest.json").write_text("[1]")
    with pytest.raises(HuitouError, match=r"^manifest.json of snapshot \S+ cannot be used"):
        Snapshot.open_current(shop)


def test_three_snapshots_are_kept(shop: ShopFolder) -> None:
    """After five publishes the newest three are left, and the newest is served."""
    identities = [write_snapshot(shop, header=later(hours)) for hours in range(1, 5)]
    assert [identity for identity, _ in published(shop)] == identities[:0:-1]
    assert current_id(shop) == identities[-1]
    assert sorted(path.name for path in shop.snapshots.iterdir()) == sorted(
        [".publishing.lock", "CURRENT", *identities[1:]]
    )


def test_going_back_and_publishing_again(shop: ShopFolder) -> None:
    """The pointer goes back to an older snapshot, and a later publish moves it forward again."""
    first = current_id(shop)
    write_snapshot(shop, header=later(1))
    point_to(shop, first)
    assert Snapshot.open_current(shop).id == first
    newest = write_snapshot(shop, header=later(2))
    assert Snapshot.open_current(shop).id == newest


def test_publishing_the_same_again_changes_nothing(shop: ShopFolder) -> None:
    """The same content published at the same moment is the same snapshot."""
    before = current_id(shop)
    assert write_snapshot(shop) == before
    assert [identity for identity, _ in published(shop)] == [before]
    Snapshot.open_current(shop).verify()


@pytest.mark.parametrize("wrong", ["nothing", "../shop", "20250301T120000Z-00000000", ""])
def test_pointing_to_what_is_not_there(shop: ShopFolder, wrong: str) -> None:
    """Only published snapshots can be served; the error names them."""
    with pytest.raises(HuitouError, match=r"^snapshot must be one of 2025\S+; got") as caught:
        point_to(shop, wrong)
    assert caught.value.allowed == [current_id(shop)]


def test_a_broken_snapshot_cannot_be_pointed_to(shop: ShopFolder) -> None:
    """Going back verifies first, so that what is served stays served."""
    first = current_id(shop)
    second = write_snapshot(shop, header=later(1))
    file = shop.snapshots / first / "popular.npy"
    file.write_bytes(file.read_bytes()[:-4] + b"\x07\x00\x00\x00")
    with pytest.raises(HuitouError, match=r"its checksum is not the one in the manifest"):
        point_to(shop, first)
    assert current_id(shop) == second


def test_a_running_service_swaps(shop: ShopFolder) -> None:
    """The holder answers from the new snapshot once the pointer moved, and the old one stays readable."""
    current = CurrentSnapshot(shop)
    before = current.get()
    assert current.get() is before
    for hours in range(1, 5):
        write_snapshot(shop, PEOPLE[:1], header=later(hours))
    assert current.get().contents.customers == 1
    assert not before.folder.exists()
    assert before.customer(before.customers.row("b/o b"))["layer"] == "lost"


def test_a_running_service_keeps_what_it_has(shop: ShopFolder) -> None:
    """When the pointer names what cannot be opened, the snapshot before stays and the trouble is told."""
    current = CurrentSnapshot(shop)
    before = current.get()
    second = write_snapshot(shop, header=later(1))
    (shop.snapshots / second / "popular.npy").unlink()
    assert current.get() is before
    assert current.trouble is not None
    assert "popular.npy" in current.trouble.message


def test_a_service_started_early_finds_the_first_snapshot(tmp_path: Path) -> None:
    """A holder opened before anything was published answers once it is."""
    shop = ShopFolder.create(tmp_path)
    current = CurrentSnapshot(shop)
    with pytest.raises(HuitouError, match=r"^nothing is published"):
        current.get()
    write_snapshot(shop)
    assert current.get().contents.customers == len(PEOPLE)


def test_an_empty_shop_has_a_snapshot(tmp_path: Path) -> None:
    """Nobody and nothing is a snapshot, too."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, (), ())
    snapshot = Snapshot.open_current(shop)
    snapshot.verify()
    assert (snapshot.contents.customers, snapshot.contents.items) == (0, 0)


def test_customers_are_told_after_the_folder_is_removed(shop: ShopFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds a snapshot reads its customers to the end, whatever becomes of its folder meanwhile."""
    write_snapshot(shop)
    snapshot = Snapshot.open_current(shop)

    def told() -> list[object]:
        people = snapshot_people.SnapshotPeople(snapshot)
        counted = GroupBook.of(snapshot, Playbook.in_folder(shop.path)).table("en").to_pylist()
        rows = people.rows_of(["anna", "nobody"]).tolist()
        groups = range(len(snapshot.group_ends))
        return [counted, rows, set_aside_people(snapshot), snapshot.customers_of(groups).to_pylist()]

    monkeypatch.setattr(snapshot_people, "FEW", 0)
    before = told()
    shutil.rmtree(snapshot.folder)
    assert told() == before
