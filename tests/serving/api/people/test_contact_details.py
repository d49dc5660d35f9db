"""Contact details over HTTP: told with a customer, read by whoever may, and found nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from serving.absorb import absorb_customers
from serving.database.people.contact_cipher import new_key
from serving.database.people.person_hash import person_hash
from tests.serving.api.served_shop import serving
from tests.serving.privacy.searched import files_with
from tests.serving.published_shop import small_shop

KEY = new_key()


@pytest.fixture
def client(tmp_path: Path, database_url: str | None) -> Iterator[TestClient]:
    """A client of the small shop whose contact details are encrypted."""
    with serving(small_shop(tmp_path), database_url=database_url, contact_keys=KEY) as client:
        yield client


def put(client: TestClient, *rows: dict[str, Any]) -> dict[str, Any]:
    """Describe customers; the answer."""
    answer: dict[str, Any] = client.put("/v1/customers", json={"customers": rows}).json()
    return answer


def test_they_are_told_and_read(client: TestClient, tmp_path: Path) -> None:
    """What was told is read again, an empty text removes it, and no file holds it as it is."""
    row = {"customer_id": "anna", "email": " Anna@Example.com ", "phone": "+86 (10) 123-45", "name": "王 安娜"}
    assert put(client, row, {"customer_id": "quiet", "name": None})["stored"] == 2
    said = client.get("/v1/customers/anna/contact-details").json()
    assert said == {**row, "email": "Anna@Example.com"}
    put(client, {"customer_id": "anna", "phone": "", "contactable": False})
    assert client.get("/v1/customers/anna/contact-details").json() == said | {"phone": None}
    assert set(client.get("/v1/customers/quiet/contact-details").json().values()) == {"quiet", None}
    service = client.app.state.service  # type: ignore[attr-defined]
    assert absorb_customers(service.shop, service.described) == 2
    assert files_with(tmp_path, ["Anna@Example.com", "王 安娜"]) == {}


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("email", "anna at example", "must look like name@example.com"),
        ("email", "a@b\n", None),
        ("email", 7, "must look like name@example.com"),
        ("phone", "call me", "must be a telephone number of at most 40 characters"),
        ("phone", "1" * 41, "must be a telephone number of at most 40 characters"),
        ("name", "x" * 201, "must have at most 200 characters and no control characters"),
        ("name", "a\x00b", "must have at most 200 characters and no control characters"),
        ("name", ["a"], "must have at most 200 characters and no control characters"),
    ],
)
def test_what_cannot_be_right(client: TestClient, field: str, value: Any, rule: str | None) -> None:
    """The row is rejected in one line that does not repeat what was sent; the rows beside it are stored."""
    answer = put(client, {"customer_id": "b"}, {"customer_id": "anna", field: value, "personalized": False})
    if rule is None:
        assert answer["stored"] == 2
        return
    assert (answer["stored"], answer["rejected"]) == (1, 1)
    assert answer["results"][1]["error"]["message"] == f"{field} {rule}; mend it in row 2."
    assert client.get("/v1/recommendations", params={"customer_id": "anna"}).json()["fallback"] is None
    assert client.get("/v1/customers/anna/contact-details").json()[field] is None


def test_without_the_key(tmp_path: Path, database_url: str | None) -> None:
    """A service without the key refuses to read and to change, loses nothing, and takes everything else."""
    shop = small_shop(tmp_path)
    with serving(shop, database_url=database_url, contact_keys=KEY) as client:
        put(client, {"customer_id": "anna", "name": "Anna"})
    with serving(shop, database_url=database_url) as client:
        assert client.get("/v1/customers/anna/contact-details").json()["error"]["code"] == "contact_key"
        assert put(client, {"customer_id": "anna", "name": "Other"})["error"]["code"] == "contact_key"
        assert put(client, {"customer_id": "anna", "personalized": False})["stored"] == 1
    with serving(shop, database_url=database_url, contact_keys=f"{new_key()},{KEY}") as client:
        assert client.get("/v1/customers/anna/contact-details").json()["name"] == "Anna"


def test_each_reading_is_written_down(client: TestClient) -> None:
    """The audit log says who was looked up, by hash."""
    client.get("/v1/customers/anna/contact-details")
    [act] = client.get("/v1/audit").json()["acts"]
    assert (act["act"], act["subject"], act["details"]) == ("contact_details.read", person_hash("anna"), {})
