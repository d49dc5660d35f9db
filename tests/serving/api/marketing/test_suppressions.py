"""``/v1/suppressions``: who must not be written to, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from features.shop_folder import ShopFolder
from serving.database.access.audit import Audit
from serving.database.connection import open_database
from serving.database.people.erased import Erased
from tests.serving.api.served_shop import event, send, serving
from tests.serving.published_shop import NOW, small_shop


def test_rows_are_stored_one_by_one(tmp_path: Path, database_url: str | None) -> None:
    """Good rows are stored even if others are not; each is told of, and no address is repeated or kept."""
    shop = small_shop(tmp_path / "shop")
    rows: list[Any] = [
        {"customer_id": "anna", "source": "hotline"},
        {"email": "Anna@Example.com", "channel": "email"},
        {"email": "anna@example.com ", "channel": "email"},
        {"phone": "not a phone"},
        {"customer_id": "ben", "email": "b@x.cn"},
        {"customer_id": 7},
        {"customer_id": "ben", "chanel": "email"},
        {"customer_id": "ben", "channel": "fax"},
        "anna",
        {"channel": "sms"},
    ]
    with serving(shop, database_url=database_url) as client:
        answer = client.post("/v1/suppressions", json={"suppressions": rows}).json()
        assert (answer["stored"], answer["repeated"], answer["rejected"]) == (2, 1, 7)
        assert [row["status"] for row in answer["results"][:4]] == ["stored", "stored", "repeated", "rejected"]
        assert [row["row"] for row in answer["results"]] == [*range(1, 11)]
        assert [row["error"]["message"] for row in answer["results"][3:]] == [
            "phone must be a telephone number of at most 40 characters.",
            "a row must have one of customer_id, email and phone.",
            "customer_id must be text.",
            "'chanel' is no field of a suppression.",
            "channel must be one of all, email, sms, app, wechat, phone, post; got 'fax'.",
            "a row must be a JSON object with customer_id, email or phone.",
            "a row must have one of customer_id, email and phone.",
        ]
        assert "not a phone" not in str(answer)
        told = client.get("/v1/suppressions?n=1").json()
        assert (told["total"], len(told["suppressions"])) == (2, 1)
        everything = client.get("/v1/suppressions").json()["suppressions"]
        assert sorted((row["kind"], row["customer_id"] or "", row["channel"]) for row in everything) == [
            ("customer", "anna", "all"),
            ("email", "", "email"),
        ]
        assert "example.com" not in str(everything)
    engine = open_database(shop, database_url)
    entries = Audit(engine).newest(10)
    assert [(entry.act, entry.details) for entry in entries] == [
        ("suppressions.add", {"stored": 2, "repeated": 1, "rejected": 7})
    ]
    engine.dispose()


def test_customers_whom_nobody_knows(tmp_path: Path, database_url: str | None) -> None:
    """They are stored all the same, and told; who was described or did something since the snapshot is known."""
    rows = [{"customer_id": who} for who in ("anna", "x-1", "x-2", "told", "came", "came ")]
    with serving(small_shop(tmp_path / "shop"), database_url=database_url) as client:
        client.put("/v1/customers", json={"customers": [{"customer_id": "told"}]})
        send(client, event(customer_id="came"))
        answer = client.post("/v1/suppressions", json={"suppressions": [*rows, {"email": "x@x.cn"}, {}]}).json()
        assert [row["known"] for row in answer["results"]] == [True, False, False, True, True, True, None, None]
        assert (answer["stored"], answer["repeated"], answer["unknown"]) == (6, 1, 2)
        again = client.post("/v1/suppressions", json={"suppressions": rows[1:2]}).json()
        assert (again["repeated"], again["unknown"]) == (1, 1)
        assert client.get("/v1/suppressions").json()["total"] == 6


def test_before_anything_is_published(tmp_path: Path) -> None:
    """Rows are stored, and nobody is called unknown, since nobody could tell."""
    with serving(ShopFolder.create(tmp_path / "shop")) as client:
        answer = client.post("/v1/suppressions", json={"suppressions": [{"customer_id": "anna"}]}).json()
    assert (answer["stored"], answer["unknown"], answer["results"][0]["known"]) == (1, 0, None)


def test_somebody_who_was_deleted(tmp_path: Path) -> None:
    """The row is refused as everywhere, and nothing is stored of it."""
    shop = small_shop(tmp_path / "shop")
    engine = open_database(shop)
    Erased(engine).begin(["anna"], NOW)
    engine.dispose()
    with serving(shop) as client:
        answer = client.post("/v1/suppressions", json={"suppressions": [{"customer_id": "anna"}]}).json()
        assert (answer["rejected"], answer["results"][0]["error"]["code"]) == (1, "erased")
        assert client.get("/v1/suppressions").json()["total"] == 0


@pytest.mark.parametrize(
    "body",
    [{}, [], {"suppressions": "anna"}, {"suppressions": [], "more": 1}, {"suppressions": [{}] * 1_001}],
    ids=["nothing", "list", "text", "more", "too many"],
)
def test_a_body_that_is_wrong(tmp_path: Path, body: Any) -> None:
    """Nothing is stored, and the error has the usual shape."""
    with serving(small_shop(tmp_path / "shop")) as client:
        response = client.post("/v1/suppressions", json=body)
        assert response.status_code == 422
        assert {"code", "message", "field"} <= {*response.json()["error"]}
