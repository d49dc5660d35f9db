"""Who must no longer be written to is in no file for sending, still on the list, and still in the control group."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.events.event import CUSTOMER_SCHEMA, EVENT_SCHEMA
from serving.database.inbox import Inbox
from serving.database.marketing.holdout import Holdout
from serving.database.marketing.lists import FrozenList
from serving.database.marketing.suppressions import Suppression, Suppressions
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.database.plain_rows import table_of
from serving.desk.workroom import Workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.left_out import NAMES, REASONS, UNKNOWN, left_out_of
from serving.lists.exporting.list_export import ListExport
from tests.serving.lists.listed_shop import crowd, frozen, groups, members, open_room
from tests.serving.published_shop import AS_OF, HEADER, ITEMS, NOW, PEOPLE, Person, write_snapshot


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def describe(room: Workroom, customer_id: str, **said: bool) -> None:
    """Say something of a customer over HTTP."""
    rows = pa.Table.from_pylist([{"customer_id": customer_id, **said}], schema=CUSTOMER_SCHEMA)
    Described(room.database).put(rows, NOW)


def buy(room: Workroom, customer_id: str) -> None:
    """Let somebody order something after the list was made."""
    event = {"event_id": f"of {customer_id}", "customer_id": customer_id, "item_id": "kettle", "kind": "purchase"}
    Inbox(room.database).put(table_of([event | {"occurred_at": 1, "quantity": 1}], EVENT_SCHEMA), NOW)


def begin_deletion(room: Workroom, customer_id: str) -> None:
    """Ask for the deletion of somebody."""
    Erased(room.database).begin([customer_id], NOW)


def suppress(room: Workroom, customer_id: str) -> None:
    """Put somebody on the list of those who get no e-mail."""
    Suppressions(room.database).add([Suppression("customer", customer_id, "email", "complaint", NOW)], NOW)


def sent(room: Workroom, header: FrozenList, **options: Any) -> list[str]:
    """The ids in a file."""
    export = ListExport.of(room, header.list_id, ExportOptions("jsonl", ("customer_id",), **options))
    lines = b"".join(export.block(number) for number in range(export.blocks)).decode().splitlines()
    return [json.loads(line)["customer_id"] for line in lines]


CHANGES: Mapping[str, Callable[[Workroom], None]] = {
    "deleted": lambda room: begin_deletion(room, "anna"),
    "not_contactable": lambda room: describe(room, "anna", contactable=False),
    "no_consent": lambda room: describe(room, "anna", consent_email=False),
    "suppressed": lambda room: suppress(room, "anna"),
    "bought_since": lambda room: buy(room, "anna"),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_who_must_no_longer_be_written_to_is_left_out(room: Workroom, reason: str) -> None:
    """What was said or done after the freeze holds for the next file; the list itself stays as it was made."""
    header = frozen(room, channel="email", control_share=0)
    everybody = members(room, header)
    assert sent(room, header) == everybody["customer_id"].to_pylist()
    CHANGES[reason](room)
    assert left_out_of(room, header).counts == {reason: 1}
    assert sent(room, header) == [each for each in everybody["customer_id"].to_pylist() if each != "anna"]
    assert sent(room, header, as_frozen=True) == everybody["customer_id"].to_pylist()
    assert members(room, header).equals(everybody)


def test_the_control_group_stays_whole(tmp_path: Path) -> None:
    """Who is left alone is compared with, whatever they said or ordered since: both arms are as they were drawn."""
    with open_room(tmp_path / "shop", people=crowd(40)) as room:
        header = frozen(room, control_share=0.5)
        sides = groups(room, header)
        for customer_id in sides:
            describe(room, customer_id, contactable=False)
        assert sent(room, header) == [who for who, group in sides.items() if group == "control"]
        assert sent(room, header, groups="control") == sent(room, header)
        assert left_out_of(room, header).counts == {"not_contactable": 20}


def test_the_holdout_counts_and_caps_do_not(tmp_path: Path) -> None:
    """A holdout that is drawn later holds; messages do not count, since a campaign itself sends them."""
    with open_room(tmp_path / "shop", people=crowd(40)) as room:
        header = frozen(room, control_share=0)
        (room.shop.path / "contact_care.json").write_text('{"caps": [{"most": 0, "within_days": 9}], "least_days": 9}')
        assert left_out_of(room, header).counts == {}
        Holdout(room.database).set(0.5, NOW, "k1", lambda: "salt")
        assert set(left_out_of(room, header).counts) == {"holdout"}


def test_a_platform_does_not_get_them(room: Workroom) -> None:
    """Nor their hashes."""
    ContactDetails(room.database, ContactCipher(None)).put({"anna": {"email": "anna@example.com"}}, NOW)
    header = frozen(room, control_share=0)

    def lines() -> int:
        export = ListExport.of(room, header.list_id, ExportOptions("google"))
        return sum(len(export.block(number).splitlines()) for number in range(export.blocks))

    assert lines() == 1
    describe(room, "anna", contactable=False)
    assert lines() == 0


def test_a_newer_snapshot_is_asked(room: Workroom) -> None:
    """People are found again in what is served now: what they ordered between both, and who is there no more."""
    header = frozen(room, control_share=0)
    by_id = {each.id: each for each in PEOPLE if each.id != "quiet"}
    by_id["anna"] = replace(by_id["anna"], last_order_days=1.5)
    by_id["b/o b"] = replace(by_id["b/o b"], orders=3, last_order_days=2.0)
    publish_later(room, [*by_id.values()])
    assert left_out_of(room, header).counts == {"bought_since": 2, UNKNOWN: 1}
    assert set(groups(room, header)) - set(sent(room, header)) == {"anna", "b/o b", "quiet"}


def test_a_visitor_who_became_a_customer_is_found(room: Workroom) -> None:
    """What the customer says holds for the member that was a visitor, also when a newer snapshot has no visitor."""
    header = frozen(room, control_share=0)
    Merged(room.database).join("v 1", "noletter", NOW)
    publish_later(room, [each for each in PEOPLE if not each.id.startswith("visitor:")])
    assert left_out_of(room, header).counts == {"not_contactable": 1}
    assert set(groups(room, header)) - set(sent(room, header)) == {"visitor:v 1"}


def publish_later(room: Workroom, people: list[Person]) -> None:
    """Publish another snapshot, two days after the first."""
    later = timedelta(days=2)
    header = replace(HEADER, as_of=AS_OF + later, published_at=NOW + later, event_version=9)
    write_snapshot(room.shop, people, ITEMS, header=header)


def test_reasons_are_told(room: Workroom) -> None:
    """A line for each, in both languages."""
    header = frozen(room, control_share=0)
    describe(room, "anna", contactable=False)
    found = left_out_of(room, header)
    assert found.sentences("en") == ["1 on the list was left out: must not be written to"]
    assert found.sentences("zh") == ["名单中1人被排除：不可联系"]
    assert set(NAMES) == {*REASONS, UNKNOWN}
