"""Saved audiences, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.audiences.parts import Opened
from serving.database.connection import open_database
from serving.database.marketing import audiences as store
from serving.database.marketing.audiences import Audience, Audiences
from tests.serving.published_shop import NOW

CARTS = Audience("carts / 购物车", {"open": "cart", "category": "tea 'n"}, "for the spring letter", NOW, "key 1")


@pytest.fixture
def audiences(tmp_path: Path, database_url: str | None) -> Iterator[Audiences]:
    """No audiences yet."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield Audiences(engine)
    engine.dispose()


def test_saved_and_found(audiences: Audiences) -> None:
    """What was saved is found as it was, and its filter can be read."""
    assert audiences.put(CARTS)
    assert audiences.get(CARTS.name) == CARTS
    assert isinstance(audiences.get(CARTS.name).parsed, Opened)
    changed = replace(CARTS, filter={"everyone": True}, changed_by="command line")
    assert not audiences.put(changed)
    assert audiences.get(CARTS.name) == changed


def test_saved_by_several_at_one_moment(audiences: Audiences) -> None:
    """All succeed and one of them was the first; which of them is kept is that of the last."""
    together = Barrier(4)

    def save(note: str) -> bool:
        together.wait()
        return audiences.put(replace(CARTS, note=note))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, "abcd")) == [False, False, False, True]
    assert audiences.get(CARTS.name).note in "abcd"
    assert audiences.count() == 1


def test_the_last_place_is_taken_once(audiences: Audiences, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one more fits, one of several that come at a moment is saved."""
    monkeypatch.setattr(store, "MOST_AUDIENCES", 1)
    together = Barrier(4)

    def save(name: str) -> bool:
        together.wait()
        try:
            return audiences.put(replace(CARTS, name=name))
        except HuitouError as error:
            return error.code != "conflict"

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(save, "abcd")) == 1
    assert audiences.count() == 1


def test_listed_by_name(audiences: Audiences) -> None:
    """In order of their names, some at a time."""
    for name in ("b", "c", "a"):
        audiences.put(replace(CARTS, name=name))
    assert [each.name for each in audiences.list(2)] == ["a", "b"]
    assert [each.name for each in audiences.list(2, 2)] == ["c"]
    assert audiences.count() == 3


def test_deleted(audiences: Audiences) -> None:
    """It is gone, and deleting it again says so."""
    audiences.put(CARTS)
    audiences.remove(CARTS.name)
    for ask in (audiences.get, audiences.remove):
        with pytest.raises(HuitouError) as caught:
            ask(CARTS.name)
        assert caught.value.code == "unknown_audience"
        assert caught.value.message == (
            "there is no audience 'carts / 购物车'. GET /v1/audiences, or huitou audience list, tells which there are."
        )
    with pytest.raises(HuitouError, match="there is no audience"):
        audiences.get("nul \0")


def test_not_without_end(audiences: Audiences, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop keeps so many and no more; changing one is always possible."""
    monkeypatch.setattr(store, "MOST_AUDIENCES", 2)
    for name in ("a", "b"):
        audiences.put(replace(CARTS, name=name))
    with pytest.raises(HuitouError, match="at most 2 audiences can be saved; there are as many. Delete one first."):
        audiences.put(replace(CARTS, name="c"))
    assert not audiences.put(replace(CARTS, name="a", note="new"))
