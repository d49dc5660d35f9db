"""Lists as the command line writes them: what was said over HTTP since the snapshot holds at once."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from features.errors import HuitouError
from features.events.event import CUSTOMER_SCHEMA
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.people.described import Described
from serving.lists.command import write_interested_list, write_recall_list
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.published_shop import NOW, small_shop


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return small_shop(tmp_path / "shop")


def say(shop: ShopFolder, **choices: dict[str, bool]) -> None:
    """What customers choose after the snapshot was published."""
    engine = open_database(shop)
    rows = [{"customer_id": name, **flags} for name, flags in choices.items()]
    Described(engine).put(pa.Table.from_pylist(rows, schema=CUSTOMER_SCHEMA), NOW)
    engine.dispose()


def listed(shop: ShopFolder, language: str = "en") -> tuple[dict[str, dict[str, str]], list[str]]:
    """The rows of a recall list by customer, and what was said of it."""
    out = shop.path / "list.csv"
    said = write_recall_list(shop, out, "csv", language, None, {}, None)
    return read(out), said


def read(file: Path) -> dict[str, dict[str, str]]:
    """The rows of a list, by customer."""
    with open(file, encoding="utf-8-sig", newline="") as handle:
        return {row["customer_id"]: row for row in csv.DictReader(handle)}


def interested(shop: ShopFolder) -> dict[str, dict[str, str]]:
    """Whom to tell of the kettle."""
    write_interested_list(shop, shop.path / "to tell.csv", "csv", "en", "kettle", ItemFilter(), 10, None)
    return read(shop.path / "to tell.csv")


def test_no_letters_from_now_on(shop: ShopFolder) -> None:
    """Who says today that they want no letters is on no list of today, and counted."""
    assert {*listed(shop)[0]} == {"anna", "quiet", "b/o b", "王小明"}
    assert "anna" in interested(shop)
    say(shop, anna={"contactable": False}, 王小明={"contactable": True})
    rows, said = listed(shop)
    assert {*rows} == {"quiet", "b/o b", "王小明"}
    assert "2 fit and were left out: must not be written to" in said
    assert "anna" not in interested(shop)


def test_nothing_personal_from_now_on(shop: ShopFolder) -> None:
    """Who opts out today is offered what is popular, and is not looked at when somebody asks who wants an item."""
    assert listed(shop)[0]["anna"]["item_1_id"] == "kettle"
    say(shop, anna={"personalized": False})
    assert listed(shop)[0]["anna"]["item_1_id"] == "tea 🍵"
    assert "anna" not in interested(shop)
    say(shop, anna={"personalized": True})
    assert listed(shop)[0]["anna"]["item_1_id"] == "kettle"


def test_an_unknown_language(shop: ShopFolder) -> None:
    """A language that reasons are not told in is told before anything is written."""
    with pytest.raises(HuitouError, match=r"^language must be one of en, zh; got 'de'\.$"):
        listed(shop, "de")
    assert not (shop.path / "list.csv").exists()
