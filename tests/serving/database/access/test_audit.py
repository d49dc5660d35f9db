"""The audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.database.access.audit import COMMAND_LINE, Audit, AuditEntry
from serving.database.connection import open_database
from tests.serving.published_shop import NOW


@pytest.fixture
def audit(tmp_path: Path, database_url: str | None) -> Iterator[Audit]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    yield Audit(engine)
    engine.dispose()


def test_acts_are_kept_as_they_were_told(audit: Audit) -> None:
    """An act comes back with its moment, who did it, what, to what, and the details in any script."""
    audit.add(COMMAND_LINE, "key.create", "0001", {"name": "店 'x'; drop table audit_log", "per_minute": 5}, NOW)
    details = {"name": "店 'x'; drop table audit_log", "per_minute": 5}
    assert audit.newest(10) == [AuditEntry(1, NOW, COMMAND_LINE, "key.create", "0001", details)]


def test_the_newest_come_first_and_can_be_chosen(audit: Audit) -> None:
    """Acts are listed newest first, page by page, of one actor or of one kind."""
    for number in range(6):
        actor, act = ("k-1", "key.revoke") if number % 2 else (COMMAND_LINE, "key.create")
        audit.add(actor, act, str(number), {}, NOW + timedelta(seconds=number))
    assert [entry.subject for entry in audit.newest(2)] == ["5", "4"]
    assert [entry.subject for entry in audit.newest(9, before=audit.newest(2)[-1].number)] == ["3", "2", "1", "0"]
    assert [entry.subject for entry in audit.newest(9, actor="k-1")] == ["5", "3", "1"]
    assert [entry.subject for entry in audit.newest(9, act="key.create")] == ["4", "2", "0"]
    assert audit.newest(9, act="key.create", actor="k-1") == []
