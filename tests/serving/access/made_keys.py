"""Keys for tests: made as the command line makes them, from randomness that counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from features.shop_folder import ShopFolder
from serving.database.access.keys import ApiKeys, NewKey
from serving.database.connection import open_database
from tests.serving.published_shop import NOW

PAGES = "https://shop.example"
"""The origin of pages that browser keys of tests are made for."""


def counted_bytes() -> Callable[[int], bytes]:
    """What gives other bytes each time, and the same in each run; the first digits rise."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(2, "big") + bytes(size - 2)


def asked(role: str, **settings: Any) -> NewKey:
    """What a key of this role is made from."""
    return NewKey(**{"role": role, "name": f"a {role}", "origins": (PAGES,) if role == "browser" else ()} | settings)


def make_keys(shop: ShopFolder, *wanted: NewKey, database_url: str | None = None) -> list[str]:
    """Make keys for a shop that may be served already; their texts."""
    engine = open_database(shop, database_url)
    try:
        keys, random_bytes = ApiKeys(engine), counted_bytes()
        return [keys.make(each, NOW, random_bytes).text for each in wanted]
    finally:
        engine.dispose()


def bearer(text: str) -> dict[str, str]:
    """The header that shows a key."""
    return {"Authorization": f"Bearer {text}"}
