"""The valid keys in the memory of a worker."""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

import pytest
from sqlalchemy import Engine

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.access import key_ring
from serving.access.key_ring import KeyRing
from serving.database.access.keys import ApiKey, ApiKeys, MadeKey
from serving.database.connection import open_database
from tests.serving.access.made_keys import PAGES, asked, counted_bytes
from tests.serving.published_shop import NOW


class World:
    """A database of keys, and a ring of them with clocks that stand still until they are told."""

    def __init__(self, engine: Engine) -> None:
        self.keys = ApiKeys(engine)
        self.random_bytes = counted_bytes()
        self.now = NOW
        self.now_s = 100.0
        self.readings = 0
        self.silent = threading.Event()
        self.silent.set()
        self.broken = False
        self.ring = KeyRing(self._read, lambda: self.now)

    def __enter__(self) -> World:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.silent.set()
        self.ring.close()

    def _read(self) -> list[ApiKey]:
        self.readings += 1
        self.silent.wait(5)
        if self.broken:
            raise HuitouError("the database did not answer: x. Try again in a moment.", code="database")
        return self.keys.list()

    def made(self, role: str = "shop", **settings: object) -> MadeKey:
        return self.keys.make(asked(role, **settings), self.now, self.random_bytes)

    def read_to_the_end(self) -> None:
        """Wait for the reading that goes on beside the requests."""
        reading = self.ring._reading
        assert reading is not None
        reading.result(5)

    def opens(self, text: str, after_s: float = 0) -> bool:
        """Whether the key opens, so many seconds later; as the door asks."""
        self.now_s += after_s
        self.now += timedelta(seconds=after_s)
        if self.now_s >= self.ring.due_s:
            asyncio.run(self.ring.refresh(self.now_s))
        return self.ring.find(f"Bearer {text}".encode()) is not None


@pytest.fixture
def world(tmp_path: Path, database_url: str | None) -> Iterator[World]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    with World(engine) as world:
        yield world
    engine.dispose()


@pytest.fixture
def small_world(tmp_path: Path) -> Iterator[World]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"))
    with World(engine) as world:
        yield world
    engine.dispose()


def test_a_key_opens_until_it_is_revoked(world: World) -> None:
    """A new key opens, and a revoked one does not a second later, however long nobody asked."""
    first, second = world.made(), world.made("monitor")
    assert world.opens(first.text)
    world.keys.revoke(first.key.key_id, world.now)
    assert not world.opens(first.text, after_s=1.01)
    assert world.opens(second.text)
    world.keys.revoke(second.key.key_id, world.now)
    assert not world.opens(second.text, after_s=3_600)


def test_a_new_key_and_a_new_secret(world: World) -> None:
    """A key that is made while the service runs opens within a second, and a new secret takes the old one's place."""
    assert not world.opens("hk_00_x")
    made = world.made()
    assert world.opens(made.text, after_s=1.01)
    changed = world.keys.rotate(made.key.key_id, world.now, world.random_bytes)
    assert world.opens(changed.text, after_s=1.01)
    assert not world.opens(made.text)


def test_a_key_expires(small_world: World) -> None:
    """A key that was made for a day opens for a day."""
    made = small_world.made(expires_at=NOW + timedelta(days=1))
    assert small_world.opens(made.text, after_s=86_399)
    assert not small_world.opens(made.text, after_s=2)


def test_what_opens_nothing(small_world: World) -> None:
    """Only the whole key opens, under the scheme Bearer in letters of any size."""
    made = small_world.made()
    assert small_world.opens(made.text)
    start, key_id, secret = made.text.split("_", 2)
    wrong = (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {made.text}",
        made.text,
        f"Bearer {start}_{key_id}",
        f"Bearer {start}_{key_id}_",
        f"Bearer {start}_{key_id}_{secret[:-1]}",
        f"Bearer {start}_{key_id}_{secret}x",
        f"Bearer {start}__{secret}",
        f"Bearer xx_{key_id}_{secret}",
        f"Bearer {start}_{key_id}_{made.key.secret_hash}",
        f"Bearer {made.text}é",
    )
    assert [value for value in wrong if small_world.ring.find(value.encode()) is not None] == []
    assert small_world.ring.find(None) is None
    assert small_world.ring.find(f"bearer  {made.text} ".encode()) is not None


def test_a_ring_that_was_never_read(small_world: World) -> None:
    """Before the first reading nothing opens, and the service does not take itself for one without keys."""
    made = small_world.made()
    assert small_world.ring.find(f"Bearer {made.text}".encode()) is None
    assert small_world.ring.any_made
    assert small_world.ring.origins == frozenset()


def test_secrets_are_compared_in_constant_time(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every secret is compared as a whole digest, also where there is no such key."""
    made = small_world.made()
    small_world.opens(made.text)
    compared: list[tuple[int, int]] = []

    def compare(left: bytes, right: bytes) -> bool:
        compared.append((len(left), len(right)))
        return hmac.compare_digest(left, right)

    monkeypatch.setattr(key_ring, "compare_digest", compare)
    for text in (made.text, made.text[:-1], "hk_ffffffffffff_secret"):
        small_world.opens(text)
    assert compared == [(32, 32)] * 3


def test_the_database_is_asked_rarely(small_world: World) -> None:
    """A thousand requests within half a second ask the database once."""
    made = small_world.made()
    assert all(small_world.opens(made.text, after_s=0.0004) for _ in range(1_000))
    assert small_world.readings == 1


def test_known_keys_go_on_without_the_database(small_world: World) -> None:
    """While the database fails, the known keys stay valid; afterwards the truth counts again."""
    made = small_world.made()
    assert small_world.opens(made.text)
    small_world.broken = True
    assert small_world.opens(made.text, after_s=60)
    assert small_world.ring.trouble is not None
    small_world.keys.revoke(made.key.key_id, small_world.now)
    small_world.broken = False
    small_world.opens(made.text, after_s=1)
    small_world.read_to_the_end()
    assert not small_world.opens(made.text)
    assert small_world.ring.trouble is None


def test_a_silent_database_holds_nobody_up(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request waits a little for a database that does not answer, the next ones not at all."""
    monkeypatch.setattr(key_ring, "PATIENCE_S", 0.01)
    made = small_world.made()
    assert small_world.opens(made.text)
    small_world.silent.clear()
    assert small_world.opens(made.text, after_s=5)
    assert small_world.ring.trouble is not None
    monkeypatch.setattr(key_ring, "PATIENCE_S", 60)
    assert small_world.opens(made.text, after_s=5)
    assert small_world.readings == 2


def test_nobody_comes_in_when_no_key_is_known(small_world: World) -> None:
    """A database that fails from the start opens nothing: the service says that it cannot answer yet."""
    made = small_world.made()
    small_world.broken = True
    for _ in range(2):
        with pytest.raises(HuitouError, match="the database did not answer") as told:
            small_world.opens(made.text, after_s=1)
        assert told.value.code == "database"
    small_world.broken = False
    assert small_world.opens(made.text, after_s=1)


def test_origins_of_valid_keys(small_world: World) -> None:
    """The origins of all valid browser keys are known together, and those of revoked ones are not."""
    small_world.made("shop")
    one = small_world.made("browser")
    small_world.made("browser", origins=("https://b.example",))
    small_world.opens(one.text)
    assert small_world.ring.origins == {PAGES.encode(), b"https://b.example"}
    small_world.keys.revoke(one.key.key_id, small_world.now)
    small_world.opens(one.text, after_s=1.01)
    assert small_world.ring.origins == {b"https://b.example"}


def test_whether_a_key_was_ever_made(small_world: World) -> None:
    """A shop whose keys are all revoked is not one that has none: it stays closed."""
    small_world.opens("hk_00_x")
    assert not small_world.ring.any_made
    made = small_world.made()
    small_world.keys.revoke(made.key.key_id, datetime.fromisoformat("2025-03-02T00:00:00Z"))
    assert not small_world.opens(made.text, after_s=1.01)
    assert small_world.ring.any_made
