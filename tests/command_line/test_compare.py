"""``huitou compare``: two snapshots side by side, from start to end."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.shown.memory import opened
from serving.snapshot import current_id
from tests.command_line.command import done, refused
from tests.serving.published_shop import later, small_shop, write_snapshot


def test_the_life_of_a_comparison(tmp_path: Path) -> None:
    """It is started between the served snapshot and one kept aside, shown, renewed, and stopped."""
    shop = small_shop(tmp_path / "shop")
    served = current_id(shop)
    tried = write_snapshot(shop, header=later(1), serves=False)
    said = done("compare", "start", "try", "--b", tried, "--share-b", "0.25", "--shop", shop.path)
    assert f"comparison try: 25% of the customers see {tried}, the others {served}." in said
    said = done("compare", "show", "try", "--shop", shop.path)
    assert "The comparison still runs." in said
    newer = write_snapshot(shop, header=later(2), serves=False, compared=(served, tried))
    said = done("compare", "renew", "try", "--b", newer, "--shop", shop.path)
    assert f"comparison try: a is {served}, b is {newer}" in said
    assert f"huitou snapshots use {newer}" in done("compare", "stop", "try", "--shop", shop.path)
    listed = done("compare", "show", "--shop", shop.path)
    assert "25%" in listed
    assert "runs" not in listed
    assert "b less a" in done("compare", "show", "try", "--shop", shop.path)
    with opened(shop, None) as memory:
        acts = [entry.act for entry in memory.audit.newest(9)]
    assert acts == ["comparison.stop", "comparison.renew", "comparison.start"]


def test_mistakes_are_told(tmp_path: Path) -> None:
    """A snapshot that is not there, a comparison with itself, and one that was never started."""
    shop = small_shop(tmp_path / "shop")
    served = current_id(shop)
    where = ("--shop", shop.path)
    assert refused("compare", "start", "try", "--b", "x", *where) == f"snapshot must be one of {served}; got 'x'."
    assert refused("compare", "start", "try", "--b", served, *where) == (
        f"a and b must be two snapshots; got {served} twice. Make another one with: huitou publish --aside"
    )
    assert refused("compare", "stop", "try", *where) == "comparison must be one of (none was started); got 'try'."
    nothing = ShopFolder.create(tmp_path / "new").path
    assert refused("compare", "start", "try", "--b", "x", "--shop", nothing).startswith("nothing is published for")


def test_aside_needs_a_served_snapshot(tmp_path: Path) -> None:
    """A version is chosen only for a snapshot that is kept aside."""
    shop = small_shop(tmp_path / "shop")
    assert refused("publish", "--version", "2", "--shop", shop.path) == (
        "--version goes with --aside. To serve it to all: huitou models promote, then publish."
    )
