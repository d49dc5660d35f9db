"""Customers described over HTTP: an opt-out changes the very next answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from starlette.testclient import TestClient

from features.events.warehouse import Warehouse
from serving.absorb import absorb_all
from serving.care.care import Care
from serving.care.exclusions import EXCLUSIONS
from serving.database.connection import open_database
from tests.serving.api.served_shop import serving
from tests.serving.privacy.searched import files_with
from tests.serving.published_shop import NOW, small_shop


def items(client: TestClient, customer: str) -> tuple[list[str], str | None]:
    reply = client.get("/v1/recommendations", params={"customer_id": customer, "n": 2}).json()
    return [item["source"] for item in reply["items"]], reply["fallback"]


def test_an_opt_out_changes_the_next_answer(tmp_path: Path) -> None:
    """Opting out makes the next answer popular items and says so; opting in again brings the own items back."""
    with serving(small_shop(tmp_path)) as client:
        assert items(client, "anna") == (["open_cart", "open_cart"], None)
        for choice, expected in ((False, (["popular", "popular"], "opted_out")), (True, (["open_cart"] * 2, None))):
            body = {"customers": [{"customer_id": "anna", "personalized": choice}]}
            reply = client.put("/v1/customers", json=body)
            assert (reply.status_code, reply.json()["stored"]) == (200, 1)
            assert items(client, "anna") == expected


def test_who_opted_out_wants_nothing_any_more(tmp_path: Path) -> None:
    """From then on the customer is not among those for an item either."""
    with serving(small_shop(tmp_path)) as client:
        for choice in (True, False):
            client.put("/v1/customers", json={"customers": [{"customer_id": "anna", "personalized": choice}]})
            for path in ("/v1/items/kettle/customers", "/v1/interested-customers?category=kitchen"):
                found = [each["customer_id"] for each in client.get(path).json()["customers"]]
                assert ("anna" in found) == choice


def test_opting_in_overrules_the_snapshot(tmp_path: Path) -> None:
    """Someone whom the snapshot knows as opted out and who agrees now gets personal items at once."""
    with serving(small_shop(tmp_path)) as client:
        assert items(client, "quiet")[1] == "opted_out"
        client.put("/v1/customers", json={"customers": [{"customer_id": "quiet", "personalized": True}]})
        assert items(client, "quiet") == (["open_cart", "popular"], None)


def test_bad_rows_are_told_and_good_ones_are_stored(tmp_path: Path) -> None:
    """Each row has a result of its own, with the rule that it broke."""
    with serving(small_shop(tmp_path)) as client:
        body = {
            "customers": [
                {"personalized": False},
                {"customer_id": "anna", "personalized": "maybe"},
                {"customer_id": "x"},
            ]
        }
        said = client.put("/v1/customers", json=body).json()
        assert [row["status"] for row in said["results"]] == ["rejected", "rejected", "stored"]
        assert [row["error"]["field"] for row in said["results"][:2]] == ["customer_id", "personalized"]


def test_without_a_database_nobody_is_profiled(tmp_path: Path) -> None:
    """When it cannot be known whether somebody opted out, the answer is not personal."""
    shop = small_shop(tmp_path)
    with serving(shop) as client:
        engine = open_database(shop)
        with engine.begin() as connection:
            connection.exec_driver_sql("drop table described_customers")
        engine.dispose()
        assert items(client, "anna") == (["popular", "popular"], "opted_out")


def test_consent_and_birthday(tmp_path: Path) -> None:
    """They are stored, count at once, and reach the warehouse; the year of a birthday is kept nowhere."""
    shop = small_shop(tmp_path)
    rows = [
        {"customer_id": "anna", "consent_email": False, "birthday": "1990-03-31"},
        {"customer_id": "quiet", "birthday": "02-30"},
        {"customer_id": "quiet", "consent_email": "perhaps"},
    ]
    with serving(shop) as client:
        said = client.put("/v1/customers", json={"customers": rows}).json()
        assert [row["status"] for row in said["results"]] == ["stored", "rejected", "rejected"]
        assert [row["error"]["field"] for row in said["results"][1:]] == ["birthday", "consent_email"]
        service = client.app.state.service  # type: ignore[attr-defined]
        row = service.snapshot.customers.row("anna")
        codes = Care(shop, service.database).exclusions(service.snapshot, np.array([row]), "email", NOW)
        assert EXCLUSIONS[codes[0] - 1] == "no_consent"
        absorb_all(shop, service.database, service.clock)
    (known,) = Warehouse.open(shop).customers().to_pylist()
    assert (known["consent_email"], known["birthday"]) == (False, "03-31")
    assert files_with(tmp_path, ["1990-03-31"]) == {}
