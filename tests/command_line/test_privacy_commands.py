"""``huitou people export`` and ``huitou contact-key``: one person's data in a file, and keys that can be changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.database.access.audit import Audit
from serving.database.connection import open_database
from serving.database.people.contact_cipher import SETTING, ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.person_hash import person_hash
from tests.command_line.command import done, refused, written

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop with one event of anna's."""
    lines = ("customer_id,item_id,kind,occurred_at", "anna,tea,view,2025-03-01T10:00:00Z")
    done("import", "events", written(tmp_path / "e.csv", lines), "--shop", tmp_path / "shop")
    return tmp_path / "shop"


def new_key() -> str:
    """A key as the command makes it."""
    return done("contact-key").strip()


def put(shop: Path, key: str) -> None:
    """Tell anna's name under a key."""
    engine = open_database(ShopFolder.open(shop))
    ContactDetails(engine, ContactCipher(key)).put({"anna": {"name": "Anna"}}, NOW)
    engine.dispose()


def test_one_persons_data(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file holds everything as JSON and the act is written down; without the key, or of nobody, there is none."""
    out, key = tmp_path / "anna.json", new_key()
    put(shop, key)
    assert "HUITOU_CONTACT_KEY is not set" in refused("people", "export", "anna", "--out", out, "--shop", shop)
    monkeypatch.setenv(SETTING, key)
    assert refused("people", "export", "nobody", "--out", out, "--shop", shop).startswith("nothing is held of a")
    assert not out.exists()
    said = done("people", "export", "anna", "--out", out, "--shop", shop)
    assert said == f"{out} holds 1 events and everything else\n"
    told = json.loads(out.read_text(encoding="utf-8"))
    assert (told["contact_details"]["name"], told["events"][0]["item_id"], told["predictions"]) == ("Anna", "tea", [])
    engine = open_database(ShopFolder.open(shop))
    assert [act.subject for act in Audit(engine).newest(2)] == [person_hash("anna"), person_hash("nobody")]
    engine.dispose()


def test_keys_can_be_changed(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two keys differ; renewing needs one, and afterwards the new one reads everything alone."""
    old, new = new_key(), new_key()
    assert old != new
    put(shop, old)
    assert refused("contact-key", "--renew", "--shop", shop) == (
        "HUITOU_CONTACT_KEY must hold a key to encrypt with. Make one with: huitou contact-key"
    )
    monkeypatch.setenv(SETTING, f"{new},{old}")
    said = done("contact-key", "--renew", "--shop", shop)
    assert said == "contact details of 1 customers are encrypted with the first key\n"
    engine = open_database(ShopFolder.open(shop))
    assert ContactDetails(engine, ContactCipher(new)).get("anna").name == "Anna"
    engine.dispose()
