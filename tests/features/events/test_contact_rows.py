"""Contacts on their way into the warehouse: completed, named by their content, each only once."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from features.events.contact_rows import as_stored, new_contacts
from features.events.event import CONTACT_SCHEMA, STORED_CONTACT_SCHEMA
from tests.small_shop import moment

NOON = moment("2025-03-01T12:00Z")
LATER = moment("2025-03-02T12:00Z")
NOTHING = STORED_CONTACT_SCHEMA.empty_table()


def rows(*contacts: dict[str, Any]) -> pa.Table:
    """Contacts at noon unless they say otherwise."""
    told = pa.Table.from_pylist([{"contacted_at": NOON, **contact} for contact in contacts], schema=CONTACT_SCHEMA)
    return as_stored(told)


def test_absent_values_get_their_defaults() -> None:
    """Without known_at a contact was known when it was made, and without an arm it was made; what is there stays."""
    found = new_contacts(
        rows({"customer_id": "anna"}, {"customer_id": "ben", "known_at": LATER, "arm": "control", "channel": "sms"}),
        NOTHING,
    )
    assert found.schema == STORED_CONTACT_SCHEMA
    assert found["known_at"].to_pylist() == [NOON, LATER]
    assert found["arm"].to_pylist() == ["treated", "control"]
    assert found["channel"].to_pylist() == [None, "sms"]
    assert found["contact_id"].null_count == 0


def test_the_same_rows_again_are_nothing_new() -> None:
    """Names come from content, so the same file gives the same names, and true repeats in it keep their own."""
    told = rows(*({"customer_id": "anna", "campaign_id": "spring"} for _ in range(3)), {"customer_id": "ben"})
    first = new_contacts(told, NOTHING)
    assert len(set(zip(first["customer_id"].to_pylist(), first["contact_id"].to_pylist(), strict=True))) == 4
    assert len(new_contacts(told, first)) == 0
    assert len(new_contacts(pa.concat_tables([told, told.slice(0, 1)]), first)) == 1


def test_what_makes_a_contact_another_one() -> None:
    """Another customer, time, campaign, channel or arm is another contact; learning of it later is not."""
    known = new_contacts(rows({"customer_id": "anna"}), NOTHING)
    others = ({"contacted_at": LATER}, {"campaign_id": "c"}, {"channel": "sms"}, {"arm": "control"})
    assert len(new_contacts(rows(*({"customer_id": "anna", **other} for other in others)), known)) == 4
    assert len(new_contacts(rows({"customer_id": "ben"}), known)) == 1
    assert len(new_contacts(rows({"customer_id": "anna", "known_at": LATER}), known)) == 0
    assert len(new_contacts(rows({"customer_id": "anna", "arm": "treated"}), known)) == 0


def test_an_id_is_unique_within_its_customer() -> None:
    """Of rows with one id the first counts for each customer: a message to many may bear one id."""
    told = rows(
        {"customer_id": "anna", "contact_id": "m1", "channel": "sms"},
        {"customer_id": "anna", "contact_id": "m1", "channel": "app"},
        {"customer_id": "ben", "contact_id": "m1"},
    )
    found = new_contacts(told, NOTHING)
    assert found.select(["customer_id", "channel"]).to_pylist() == [
        {"customer_id": "anna", "channel": "sms"},
        {"customer_id": "ben", "channel": None},
    ]
    assert len(new_contacts(told, found)) == 0


def test_contacts_are_ordered_by_customer_and_time() -> None:
    """Whatever the order of arrival."""
    found = new_contacts(
        rows(
            {"customer_id": "顾客", "contact_id": "3"},
            {"customer_id": "anna", "contacted_at": LATER, "contact_id": "2"},
            {"customer_id": "anna", "contact_id": "1"},
        ),
        NOTHING,
    )
    assert found["contact_id"].to_pylist() == ["1", "2", "3"]
