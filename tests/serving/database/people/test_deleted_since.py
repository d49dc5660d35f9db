"""Deletions that are carried over into a shop made from a backup."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.inbox import Inbox
from serving.database.people.deleted_since import erase_again, erased_hashes
from serving.database.people.erased import Erased
from serving.database.people.person_hash import person_hash
from tests.serving.backups.stored_shop import database, put
from tests.serving.published_shop import NOW


def test_deletions_carried_over(database_url: str | None, tmp_path: Path) -> None:
    """The rows of who was deleted go, who is known from elsewhere is deleted too, and nobody else; once is enough."""
    hashes = [person_hash(person) for person in ("anna", "only in the warehouse", "nobody")]
    with database(ShopFolder.create(tmp_path / "shop"), database_url) as engine:
        put(Inbox(engine), {"event_id": "e-1"}, {"event_id": "e-2", "customer_id": "bea"})
        assert erase_again(engine, hashes, {"only in the warehouse", "bea"}, NOW) == 2
        assert Inbox(engine).waiting() == 1
        assert sorted(Erased(engine).pending()) == ["anna", "only in the warehouse"]
        assert erased_hashes(engine) == sorted(hashes)
        assert erase_again(engine, hashes, set(), NOW) == 0
        assert erased_hashes(engine) == sorted(hashes)
