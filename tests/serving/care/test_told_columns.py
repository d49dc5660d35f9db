"""Consent and birthdays in the table of customers."""

from __future__ import annotations

import pyarrow as pa

from features.events.event import CUSTOMER_SCHEMA
from serving.care.told_columns import told_columns


def test_what_customers_said() -> None:
    """By the customer's id, whatever the order; nothing of those who said nothing, or are not described at all."""
    said = [
        {"customer_id": "anna", "consent_email": True, "birthday": "02-29"},
        {"customer_id": "ben", "consent_sms": False, "birthday": "11-03"},
        {"customer_id": "cy"},
    ]
    customers = pa.chunked_array([pa.Table.from_pylist(said, CUSTOMER_SCHEMA).to_struct_array().combine_chunks()])
    table = pa.Table.from_struct_array(customers.chunk(0))
    found = told_columns(table, pa.array(["nobody", "ben", "anna", "cy"]))
    assert found["consent_email"].to_pylist() == [None, None, True, None]
    assert found["consent_sms"].to_pylist() == [None, False, None, None]
    assert found["birthday_month"].to_pylist() == [None, 11, 2, None]
    assert found["birthday_day"].to_pylist() == [None, 3, 29, None]
    assert found["birthday_day"].type == pa.int8()
