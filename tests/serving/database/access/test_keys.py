"""Keys of the API in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import chain, repeat
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.access.rate_limit import slot_of
from serving.database.access.keys import ApiKeys, NewKey
from serving.database.connection import open_database
from serving.database.tables import API_KEYS
from tests.serving.access.made_keys import PAGES, asked, counted_bytes
from tests.serving.published_shop import NOW


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def small_keys(tmp_path: Path) -> Iterator[ApiKeys]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"))
    yield ApiKeys(engine)
    engine.dispose()


def test_a_key_is_made_once_and_its_secret_kept_nowhere(engine: Engine) -> None:
    """A key reads hk_<id>_<secret>; the database holds the SHA-256 of the secret and nothing that leads to it."""
    keys = ApiKeys(engine)
    expires_at = NOW + timedelta(days=30)
    made = keys.make(asked("browser", name="  our\tpages ", per_minute=90, expires_at=expires_at), NOW, counted_bytes())
    start, key_id, secret = made.text.split("_", 2)
    assert (start, len(key_id), len(secret)) == ("hk", 12, 43)
    with engine.connect() as connection:
        row = connection.execute(select(API_KEYS)).one()
    assert row.secret_hash == sha256(secret.encode()).hexdigest()
    assert secret not in str(row)
    assert made.key == keys.get(key_id) == keys.list()[0]
    assert (made.key.role, made.key.name, made.key.per_minute, made.key.origins) == (
        "browser",
        "our pages",
        90,
        (PAGES,),
    )
    assert (made.key.created_at, made.key.expires_at, made.key.revoked_at) == (NOW, expires_at, None)


def test_keys_are_listed_in_order_with_their_state(engine: Engine) -> None:
    """All keys ever made are listed, the oldest first, with what became of them."""
    keys, random_bytes = ApiKeys(engine), counted_bytes()
    expires = keys.make(asked("shop", expires_at=NOW + timedelta(days=1)), NOW, random_bytes)
    revoked = keys.make(asked("admin"), NOW + timedelta(hours=1), random_bytes)
    valid = keys.make(asked("monitor"), NOW + timedelta(hours=2), random_bytes)
    at = NOW + timedelta(days=2)
    assert keys.revoke(revoked.key.key_id, at).revoked_at == at
    assert keys.revoke(revoked.key.key_id, at + timedelta(days=1)).revoked_at == at
    assert [(key.key_id, key.state(at)) for key in keys.list()] == [
        (expires.key.key_id, "expired"),
        (revoked.key.key_id, "revoked"),
        (valid.key.key_id, "valid"),
    ]


def test_a_new_secret(engine: Engine) -> None:
    """A key that gets a new secret keeps everything else; one that is revoked gets none."""
    keys, random_bytes = ApiKeys(engine), counted_bytes()
    made = keys.make(asked("shop"), NOW, random_bytes)
    changed = keys.rotate(made.key.key_id, NOW, random_bytes)
    assert changed.text != made.text
    assert changed.key.secret_hash == sha256(changed.text.split("_", 2)[2].encode()).hexdigest()
    assert (changed.key.key_id, changed.key.created_at) == (made.key.key_id, NOW)
    keys.revoke(made.key.key_id, NOW)
    with pytest.raises(HuitouError, match="only a valid key can get a new secret; .* is revoked. Make a new key."):
        keys.rotate(made.key.key_id, NOW, random_bytes)


def test_an_unknown_key(engine: Engine) -> None:
    """What is asked of a key that was never made is told, whatever its id looks like."""
    keys = ApiKeys(engine)
    for ask in (
        lambda: keys.get("nothing"),
        lambda: keys.revoke("' or 1=1 --", NOW),
        lambda: keys.rotate("钥匙", NOW, bytes),
    ):
        with pytest.raises(HuitouError, match=r"there is no key .*\. huitou keys list tells the ids\.") as told:
            ask()
        assert told.value.code == "unknown_key"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            NewKey("boss", "x"),
            "role of a key must be one of shop, browser, marketer, scientist, monitor, admin; got 'boss'.",
        ),
        (NewKey("shop", " \n "), "name of a key must be a text of 1 to 200 letters; got"),
        (NewKey("shop", "x" * 201), "name of a key must be a text of 1 to 200 letters; got"),
        (NewKey("shop", "a\x1b[2Jb"), "name of a key must be a text of 1 to 200 letters; got"),
        (NewKey("shop", "x", per_minute=0), "per_minute of a key must be between 1 and 100,000,000; got 0."),
        (NewKey("shop", "x", expires_at=NOW), "expires of a key must be in the future; got"),
        (NewKey("shop", "x", origins=(PAGES,)), "origin of a key must be given for the role browser, and for no other"),
        (NewKey("browser", "x"), "origin of a key must be given for the role browser, and for no other; got 'none'."),
        (NewKey("browser", "x", origins=("*",)), "an origin must be scheme, host and port"),
    ],
)
def test_keys_that_make_no_sense(small_keys: ApiKeys, wanted: NewKey, said: str) -> None:
    """A key of an unknown role, without a name, without end of its limit, or for every page is not made."""
    with pytest.raises(HuitouError) as told:
        small_keys.make(wanted, NOW, counted_bytes())
    assert told.value.message.startswith(said)
    assert small_keys.list() == []


def test_no_two_keys_share_a_place(small_keys: ApiKeys) -> None:
    """An id whose place among the limits is taken is drawn again."""
    drawn = chain(
        [b"\x01" * 32, b"\x07" * 6], [b"\x02" * 32, b"\x07" * 6, b"\x07\x07\x00\x00\x00\x00"], repeat(b"\x08" * 6)
    )
    made = [small_keys.make(asked("shop"), NOW, lambda _: next(drawn)).key.key_id for _ in range(2)]
    assert made == ["070707070707", "080808080808"]
    assert len({slot_of(key_id) for key_id in made}) == 2
