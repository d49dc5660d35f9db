"""Changes of the rules in the audit log: once each, however often somebody looks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.database.access.audit import COMMAND_LINE, Audit
from serving.database.connection import open_database
from serving.running.noted_rules import NotedRules
from tests.serving.published_shop import NOW


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """A shop without rules."""
    return ShopFolder.create(tmp_path / "shop")


@pytest.fixture
def audit(shop: ShopFolder) -> Iterator[Audit]:
    """Its audit log."""
    engine = open_database(shop)
    yield Audit(engine)
    engine.dispose()


def write(shop: ShopFolder, text: str, second: int) -> None:
    """Write the rules as at another moment."""
    file = shop.path / "arrange.json"
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(0, second * 1_000_000_000))


def hiding(*items: str) -> str:
    """Rules, one for each item that is hidden."""
    return json.dumps({"rules": [{"name": item, "hide": {"item": [item]}} for item in items]})


def noted(audit: Audit) -> list[int]:
    """How many rules each noted change left, the first change first."""
    entries = audit.newest(100)[::-1]
    assert {(entry.actor, entry.act, entry.subject) for entry in entries} <= {
        (COMMAND_LINE, "rules.change", "arrange.json")
    }
    return [entry.details["rules"] for entry in entries]


def test_every_change_is_noted_once(shop: ShopFolder, audit: Audit) -> None:
    """The first rules, other rules, and none any more; looking again adds nothing."""
    rules = NotedRules(shop, audit, lambda: NOW)
    rules.step()
    assert noted(audit) == []
    for second, text in enumerate((hiding("cup"), hiding("cup", "tea"))):
        write(shop, text, second)
        rules.step()
        rules.step()
    (shop.path / "arrange.json").unlink()
    rules.step()
    rules.step()
    assert noted(audit) == [1, 2, 0]


def test_a_restart_notes_nothing_twice(shop: ShopFolder, audit: Audit) -> None:
    """What was noted last is read from the log; a file that was only touched has not changed."""
    write(shop, hiding("cup"), 1)
    NotedRules(shop, audit, lambda: NOW).step()
    write(shop, hiding("cup"), 2)
    NotedRules(shop, audit, lambda: NOW).step()
    assert noted(audit) == [1]


def test_rules_that_cannot_be_used_are_not_noted(shop: ShopFolder, audit: Audit) -> None:
    """Nobody keeps to them; when they are mended, that is a change."""
    rules = NotedRules(shop, audit, lambda: NOW)
    write(shop, "{", 1)
    rules.step()
    assert noted(audit) == []
    write(shop, hiding("cup"), 2)
    rules.step()
    assert noted(audit) == [1]
