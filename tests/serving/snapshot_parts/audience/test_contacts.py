"""Whom campaigns wrote to before the snapshot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from features.channels import CHANNELS
from features.errors import HuitouError
from serving.snapshot_parts.audience.contacts import Contacts, ContactsWriter
from tests.small_shop import contacts

AS_OF = datetime(2025, 3, 10, tzinfo=UTC)
KNOWN = {"known_at": datetime(2025, 3, 1, tzinfo=UTC), "arm": "treated"}


def written(folder: Path, *rows: tuple[object, ...]) -> Contacts:
    """The contacts of anna and bob, who come in two blocks."""
    writer = ContactsWriter(folder, AS_OF, "Asia/Shanghai")
    writer.set(contacts(*rows))
    writer.add(pa.array(["anna"]), 0)
    writer.add(pa.array(["bob", "cleo"]), 1)
    writer.finish()
    return Contacts.open(folder)


def test_contacts_of_customers(tmp_path: Path) -> None:
    """By row, the shop's day, channel and campaign; another channel, or no campaign, has no code."""
    found = written(
        tmp_path,
        ("bob", "2025-03-01T18:00Z", {**KNOWN, "channel": "SMS", "campaign_id": "spring"}),
        ("anna", "2025-02-01T10:00Z", {**KNOWN, "channel": "pigeon"}),
        ("nobody", "2025-02-01T10:00Z", KNOWN),
    )
    assert found.row.tolist() == [1, 0]
    assert found.contacted_us.tolist() == [1_740_852_000_000_000, 1_738_404_000_000_000]
    assert [day - 20_149 for day in found.day.tolist()] == [0, -29]
    assert found.channel.tolist() == [CHANNELS.index("sms"), -1]
    assert [found.campaigns[code] if code >= 0 else None for code in found.campaign.tolist()] == ["spring", None]


def test_who_was_not_written_to(tmp_path: Path) -> None:
    """Those left alone on purpose, and contacts that were not made or not known before the snapshot's moment."""
    found = written(
        tmp_path,
        ("anna", "2025-03-01T10:00Z", {**KNOWN, "arm": "control"}),
        ("anna", "2025-03-10T00:00Z", {**KNOWN}),
        ("anna", "2025-03-01T10:00Z", {**KNOWN, "known_at": AS_OF}),
    )
    assert len(found.row) == 0


def test_no_contacts(tmp_path: Path) -> None:
    """A shop that has written to nobody has none, and a broken file is told of."""
    writer = ContactsWriter(tmp_path, AS_OF, "UTC")
    writer.add(pa.array(["anna"]), 0)
    writer.finish()
    assert len(Contacts.open(tmp_path).row) == len(Contacts.none().row) == 0
    (tmp_path / "contact_campaigns.json").write_text("3")
    with pytest.raises(HuitouError) as caught:
        Contacts.open(tmp_path)
    assert caught.value.code == "broken_snapshot"
