"""The search test: after a deletion no file and no table of a shop that did everything names the person any more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.events.staging import Staging
from features.shop_folder import ShopFolder
from serving.absorb import absorb_all
from serving.api.application import create_app
from serving.api.service import Service
from serving.database.connection import open_database
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.people.contact_cipher import SETTING, new_key
from serving.privacy.erasing import Erasing
from serving.privacy.merging import Merging
from serving.publish import publish
from serving.snapshot import Snapshot
from tests.command_line.command import done, new_shop, written
from tests.serving.privacy.searched import files_with, tables_with
from tests.small_shop import events
from training.registry import Registry
from training.train import champion

WHO, VISITOR = "liù-7731 安", "gerät/42 é"
SECRETS = ("anna.secret@example.com", "+49 151 7731", "Änne Geheim")
WORDS = (WHO, VISITOR, *SECRETS)
KEY = new_key()
ADDRESS = f"/v1/customers/{quote(WHO, safe='')}"
NOW = datetime(2025, 3, 2, 12, tzinfo=UTC)
EVENTS = (
    "customer_id,visitor_id,item_id,kind,occurred_at,unit_price",
    f"{WHO},,tea,purchase,2024-09-01T10:00:00Z,5",
    f"{WHO},,pot,cart,2025-03-01T10:00:00Z,",
    f",{VISITOR},cup,view,2025-02-27T10:00:00Z,",
    f"{WHO},,tea,dance,2025-03-01T10:00:00Z,",
    "other,,tea,dance,2025-03-01T10:00:00Z,",
)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, database_url: str | None) -> str | None:
    """The database and a key for contact details, in the environment as well."""
    monkeypatch.setenv(SETTING, KEY)
    if database_url is not None:
        monkeypatch.setenv("HUITOU_DATABASE", database_url)
    return database_url


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, store: Path, files: Path) -> Path:
    """A shop that imported everything, with rows that were rejected, and trained; its own file is beside it."""
    folder = tmp_path_factory.mktemp("trained")
    shop = new_shop(folder / "shop", store)
    written(folder / "more.csv", EVENTS)
    written(folder / "customers.csv", ("customer_id,personalized", f"{WHO},true"))
    at = "2025-01-01T10:00:00Z"
    written(folder / "contacts.csv", ("customer_id,contacted_at", f"{WHO},{at}", f"bo,{at}"))
    done("import", "items", files / "items.csv", "--shop", shop)
    for file in (files / "events.csv", folder / "more.csv"):
        done("import", "events", file, "--shop", shop, "--allow-rejected")
    for kind in ("customers", "contacts"):
        done("import", kind, folder / f"{kind}.csv", "--shop", shop)
    done("train", "--shop", shop, "--horizon-days", 30)
    return shop


@pytest.fixture(scope="module")
def published(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That shop, published."""
    shop = shutil.copytree(trained, tmp_path_factory.mktemp("published") / "shop")
    done("publish", "--shop", shop)
    return shop


@pytest.fixture
def lived(published: Path, tmp_path: Path, database: str | None) -> Path:
    """The shop published once more, with merges, descriptions and answers, and left-overs of imports."""
    shop = shutil.copytree(published, tmp_path / "shop")
    with serving(ShopFolder.open(shop), database) as client:
        live(client)
    done("publish", "--shop", shop)
    with serving(ShopFolder.open(shop), database) as client:
        leave_traces(client)
    folder = ShopFolder.open(shop)
    staging = Staging(folder.staging / "import", 2, "UTC")
    staging.add(events((WHO, "view", "tea", NOW)))
    staging.close()
    (folder.rejected / ".unfinished.jsonl").write_text(json.dumps({"raw": f"{WHO};{SECRETS[0]}"}))
    return shop


@contextmanager
def serving(shop: ShopFolder, database: str | None) -> Iterator[TestClient]:
    """A client of the shop's service."""
    app = create_app(shop, clock=lambda: NOW, database_url=database, contact_keys=KEY)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def service_of(client: TestClient) -> Service:
    """What the routes share."""
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    return service


def send(client: TestClient, **event: Any) -> dict[str, Any]:
    """Send one event; what became of it."""
    usual = {"item_id": "tea", "kind": "view", "occurred_at": "2025-03-02T11:00:00Z"}
    result: dict[str, Any] = client.post("/v1/events", json={"events": [usual | event]}).json()["results"][0]
    return result


def live(client: TestClient) -> None:
    """Contact details are told, the visitor comes, turns out to be the customer, and the warehouse follows."""
    row = {"customer_id": WHO, "contactable": True, **dict(zip(("email", "phone", "name"), SECRETS, strict=True))}
    assert client.put("/v1/customers", json={"customers": [row]}).json()["stored"] == 1
    assert send(client, visitor_id=VISITOR, event_id="before")["status"] == "stored"
    service = service_of(client)
    absorb_all(service.shop, service.database, service.clock)
    assert client.post(f"{ADDRESS}/merge", json={"visitor_id": VISITOR}).status_code == 200
    assert Merging(service.shop, service.database).carry_out() == 1
    assert client.get(f"{ADDRESS}/contact-details").json()["name"] == SECRETS[2]


def leave_traces(client: TestClient) -> None:
    """Answers are shown to the customer and as the visitor, and followed; some events are still in the inbox.

    The customer is on a list, was written to, and unsubscribed, by the id and by the address.
    """
    for person in ({"customer_id": WHO}, {"visitor_id": VISITOR}):
        shown = client.post("/v1/recommendations", json={**person, "n": 2}).json()
        answered = {"recommendation_id": shown["recommendation_id"], "item_id": shown["items"][0]["item_id"]}
        assert send(client, **person, **answered)["status"] == "stored"
    service = service_of(client)
    absorb_all(service.shop, service.database, service.clock)
    assert send(client, visitor_id=VISITOR, kind="cart")["status"] == "stored"
    assert client.post("/v1/lists", json={"name": "all", "filter": {"everyone": True}}).status_code == 200
    message = Contact("message-1", WHO, NOW, "spring", "email", outcome="opened")
    assert ContactLog(service.database).append([message], NOW) == 1
    suppressed = [{"customer_id": WHO, "channel": "sms"}, {"email": SECRETS[0]}]
    assert client.post("/v1/suppressions", json={"suppressions": suppressed}).json()["stored"] == 2


def places(answer: dict[str, Any]) -> dict[str, int]:
    """What was found, by place."""
    return {found["place"]: found["count"] for found in answer["places"] if found["count"]}


def search(shop: Path, database: str | None) -> dict[str, list[str]]:
    """Every file and table that holds one of the words."""
    return files_with(shop, WORDS) | (tables_with(database, WORDS) if database is not None else {})


def test_nothing_names_who_was_deleted(lived: Path, database: str | None) -> None:
    """Before the deletion the person is in every place there is, after it in none; the others are as they were."""
    shop = ShopFolder.open(lived)
    with serving(shop, database) as client:
        others = client.get("/v1/customers/bo/items").json(), client.get("/v1/customers/bo").json()["layer"]
        expected = {
            "inbox": 3,
            "described_customers": 1,
            "contact_details": 1,
            "merged_visitors": 1,
            "shown": 2,
            "responses": 2,
            "contact_log": 1,
            "suppressions": 1,
            "warehouse_events": 6,
            "warehouse_contacts": 1,
            "warehouse_customers": 1,
            "staging": 1,
            "rejected_rows": 2,
            "snapshots": 2,
            "lists": 1,
        }
        assert places(client.delete(ADDRESS, params={"dry_run": True}).json()) == expected
        assert {WHO, VISITOR} < set(search(lived, database))
        asked = client.delete(ADDRESS).json()
        assert (places(asked), asked["dry_run"], asked["done_at"]) == (expected, False, None)
        for person in ({"customer_id": WHO}, {"visitor_id": VISITOR}):
            assert client.post("/v1/recommendations", json=person).json()["fallback"] in (
                "unknown_customer",
                "anonymous",
            )
            assert send(client, **person)["error"]["code"] == "erased"
        assert client.put("/v1/customers", json={"customers": [{"customer_id": WHO}]}).json()["rejected"] == 1
        assert client.post("/v1/suppressions", json={"suppressions": [{"customer_id": WHO}]}).json()["rejected"] == 1
        for path in ("", "/items", "/similar", "/export"):
            assert client.get(ADDRESS + path).status_code in (404, 410)
        assert service_of(client).erasing.carry_out(NOW) == 2
        # With the service still running: nothing may be left in the log of the database either.
        assert search(lived, database) == {}
        status = client.get(f"/v1/deletions/{asked['request_id']}").json()
        assert (places(status), status["done_at"] is None) == (expected, False)
        assert client.get(ADDRESS).status_code == 404
        assert (client.get("/v1/customers/bo/items").json(), client.get("/v1/customers/bo").json()["layer"]) == others
        acts = [(act["act"], act["subject"]) for act in client.get("/v1/audit").json()["acts"]]
        assert ("customer.delete", asked["request_id"]) in acts
    Snapshot.open_current(shop).verify()
    assert search(lived, database) == {}


def test_a_file_cannot_bring_anybody_back(lived: Path, trained: Path, database: str | None) -> None:
    """The command deletes and waits; importing the same file again stores the others' rows alone."""
    said = done("people", "erase", WHO, "--shop", lived)
    assert "warehouse_events" in said
    assert said.splitlines()[-1].startswith("nothing is left; deletion ")
    assert search(lived, database) == {}
    done("import", "events", trained.parent / "more.csv", "--shop", lived, "--allow-rejected")
    for file in (lived / "rejected").iterdir():
        file.unlink()
    assert search(lived, database) == {}
    assert done("people", "erase", "nobody", "--shop", lived, "--dry-run").count("│ 0 │") == 0


def test_a_publish_that_began_before(trained: Path, tmp_path: Path) -> None:
    """Whoever is deleted while a snapshot is computed is not brought back by it: it is refused, the next one is not."""
    folder = ShopFolder.open(shutil.copytree(trained, tmp_path / "shop"))
    engine = open_database(folder)
    erasing = Erasing(folder, engine)
    bundle = champion(Registry(folder), folder.bundles)

    def delete(step: str) -> None:
        if step == "customers" and not erasing.pending():
            erasing.ask(WHO, NOW)
            with pytest.raises(HuitouError, match="another process is publishing"):
                erasing.carry_out(NOW)

    with pytest.raises(
        HuitouError, match="can no longer be read: a customer was erased since. Use the newest version."
    ):
        publish(Behaviour.of(folder), bundle, folder, now=NOW, step=delete)
    assert not (folder.snapshots / "CURRENT").exists()
    publish(Behaviour.of(folder), bundle, folder, now=NOW)
    assert erasing.carry_out(NOW) == 1
    engine.dispose()
    assert WHO not in files_with(folder.path, [WHO])
    assert "bo" in Snapshot.open_current(folder).customers
