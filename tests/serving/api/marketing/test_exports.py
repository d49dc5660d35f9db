"""Exports over HTTP: the same bytes as the command writes, streamed, and contact details only for the role admin."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.access.roles import SEES_CONTACTS
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from serving.desk.workroom import workroom
from serving.lists.work import MOST_SHEET_CELLS
from tests.serving.access.made_keys import asked, bearer, make_keys
from tests.serving.api.served_shop import event, send, serving
from tests.serving.published_shop import NOW, small_shop
from tests.serving.terminal.lists_app import run

CARTS = {"name": "购物车", "template": "open-cart", "control_share": 0.4}


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    shop = small_shop(tmp_path / "shop")
    with workroom(shop, None, lambda: NOW) as room:
        said = {"anna": {"email": "anna@example.com", "name": "安娜"}, "quiet": {"phone": "+8613800138000"}}
        ContactDetails(room.database, ContactCipher(None)).put(said, NOW)
    return shop


@pytest.fixture
def client(shop: ShopFolder) -> Iterator[TestClient]:
    with serving(shop) as client:
        yield client


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl", "google", "meta"])
def test_the_command_writes_the_same_bytes(client: TestClient, shop: ShopFolder, tmp_path: Path, format: str) -> None:
    """Whoever pulls a list gets one and the same file, also when somebody is left out of it."""
    list_id = client.post("/v1/lists", json=CARTS | {"control_share": 0}).json()["list_id"]
    client.put("/v1/customers", json={"customers": [{"customer_id": "anna", "contactable": False}]})
    response = client.get(f"/v1/lists/{list_id}/export?format={format}&lang=zh")
    out = tmp_path / "out"
    given = ["--format", format, "--language", "zh", "--out", str(out)]
    assert run(shop, "lists", "export", list_id, *given) == 0
    assert response.content == out.read_bytes()
    assert response.headers["x-left-out"] == '{"not_contactable": 1}'
    assert response.headers["content-disposition"].startswith(f'attachment; filename="list-{list_id}.')
    assert not [file for file in (shop.path / "lists").iterdir() if file.suffix == ".xlsx"]


def test_making_by_command_and_by_http_is_the_same(client: TestClient, shop: ShopFolder, tmp_path: Path) -> None:
    """The same request, made by both, has the same people in the same groups, told in the same columns."""
    first = client.post("/v1/lists", json={"name": "lost", "filter": {"field": "layer", "is": "lost"}}).json()
    out = tmp_path / "out.csv"
    asked_for = ["--filter", '{"field": "layer", "is": "lost"}', "--name", "lost"]
    assert run(shop, "list", *asked_for, "--out", str(out)) == 0
    own = ("list_id", "list_version")
    over_http = client.get(f"/v1/lists/{first['list_id']}/export").text
    written = out.read_text(encoding="utf-8")
    both = [
        [{name: value for name, value in row.items() if name not in own} for row in csv.DictReader(io.StringIO(text))]
        for text in (over_http.removeprefix("\ufeff"), written.removeprefix("\ufeff"))
    ]
    assert both[0] == both[1] != []


def test_a_sheet_over_http(client: TestClient) -> None:
    """It opens, with Chinese names as they are."""
    list_id = client.post("/v1/lists", json=CARTS).json()["list_id"]
    data = client.get(f"/v1/lists/{list_id}/export?format=xlsx&columns=customer_id&columns=item_1_title").content
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]
    assert cells[0] == ["customer_id", "item_1_title"]
    assert ["王小明", "The a/b 苹果"] in cells


def test_a_sheet_that_is_too_large(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is told: columns, CSV, or the command."""
    monkeypatch.setattr("serving.lists.work.MOST_SHEET_CELLS", 9)
    list_id = client.post("/v1/lists", json=CARTS).json()["list_id"]
    answer = client.get(f"/v1/lists/{list_id}/export?format=xlsx&columns=place&columns=group")
    assert answer.status_code == 422
    assert "a sheet over HTTP has at most 9 cells" in answer.json()["error"]["message"]
    assert client.get(f"/v1/lists/{list_id}/export?format=xlsx&columns=place").status_code == 200
    assert MOST_SHEET_CELLS >= 1_000_000


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("format=pdf", "format must be one of 'csv'"),
        ("columns=spend", "columns must be among place,"),
        ("columns=place,group", "columns must be named one by one; got 'place,group'. Write columns=place&columns="),
        ("groups=some", "groups must be one of 'treatment'"),
        ("format=meta&groups=all", "groups must be treatment for meta"),
        ("format=google&columns=place", "columns cannot be chosen for google"),
        ("format=google&as_frozen=true", "as_frozen must be left out for google"),
        ("lang=de", "lang must be one of 'en'"),
    ],
)
def test_mistakes(client: TestClient, query: str, told: str) -> None:
    """One sentence, before anything is sent."""
    list_id = client.post("/v1/lists", json=CARTS).json()["list_id"]
    answer = client.get(f"/v1/lists/{list_id}/export?{query}")
    assert answer.status_code == 422
    assert told in answer.json()["error"]["message"]


def test_contact_details_are_for_admins(shop: ShopFolder) -> None:
    """A marketer gets hashes and is refused the rest; an admin gets it, and that is written down."""
    assert set(SEES_CONTACTS) == {"admin"}
    marketer, admin = map(bearer, make_keys(shop, asked("marketer"), asked("admin")))
    with serving(shop) as client:
        list_id = client.post("/v1/lists", json=CARTS | {"control_share": 0}, headers=marketer).json()["list_id"]
        path = f"/v1/lists/{list_id}/export"
        for column in ("name", "email", "phone"):
            for format in ("csv", "xlsx", "jsonl"):
                refused = client.get(f"{path}?format={format}&columns=customer_id&columns={column}", headers=marketer)
                assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
        assert len(client.get(f"{path}?format=google", headers=marketer).text.splitlines()) == 3
        given = client.get(f"{path}?format=jsonl&columns=customer_id&columns=email&columns=name", headers=admin).text
        assert '{"customer_id": "anna", "email": "anna@example.com", "name": "安娜"}' in given
        acts = client.get("/v1/audit?act=list.export", headers=admin).json()["acts"]
        assert [act["details"]["contact_fields"] for act in acts] == [["email", "name"], ["hashes"]]


def people(answer: Response) -> set[str]:
    """The ids in a file of JSON lines."""
    return {json.loads(line)["customer_id"] for line in answer.text.splitlines()}


def test_who_said_no_after_the_freeze_is_not_in_the_next_file(client: TestClient, shop: ShopFolder) -> None:
    """Said over HTTP, it holds for the next export, which tells how many and why; the members stay as they are."""
    asked_for = {"name": "all", "filter": {"everyone": True}, "channel": "email", "control_share": 0}
    (shop.path / "contact_care.json").write_text('{"channels": {"email": {"needs_address": false}}}')
    list_id = client.post("/v1/lists", json=asked_for).json()["list_id"]
    path = f"/v1/lists/{list_id}/export?format=jsonl&columns=customer_id"
    before = client.get(path)
    assert before.headers["x-left-out"] == "{}"
    assert {"anna", "quiet", "王小明"} <= people(before)
    said = [{"customer_id": "anna", "consent_email": False}, {"customer_id": "quiet", "contactable": False}]
    assert client.put("/v1/customers", json={"customers": said}).json()["rejected"] == 0
    send(client, event(customer_id="王小明", event_id="o-1", kind="purchase", quantity=1))
    after = client.get(path)
    told = {"not_contactable": 1, "no_consent": 1, "bought_since": 1}
    assert json.loads(after.headers["x-left-out"]) == told
    assert people(before) - people(after) == {"anna", "quiet", "王小明"}
    sheet = client.get(path.replace("jsonl", "xlsx"))
    assert json.loads(sheet.headers["x-left-out"]) == told
    kept = client.get(f"{path}&as_frozen=true")
    assert (people(kept), kept.headers["x-left-out"]) == (people(before), "{}")
    members = client.get(f"/v1/lists/{list_id}/members").json()["members"]
    assert {each["customer_id"] for each in members} == people(before)
    acts = client.get("/v1/audit?act=list.export").json()["acts"]
    assert [act["details"]["left_out"] for act in acts] == [{}, told, told, {}]
    assert [act["details"]["as_frozen"] for act in acts] == [True, False, False, False]


def test_webhooks_are_named_and_never_addressed(client: TestClient) -> None:
    """A request cannot say where a list goes; only names of the shop's file are taken."""
    list_id = client.post("/v1/lists", json=CARTS).json()["list_id"]
    path = f"/v1/lists/{list_id}/deliveries"
    assert client.post(path, json={"webhook": "https://evil.example/"}).status_code == 422
    assert client.post(path, json={"webhook": "crm", "url": "https://evil.example/"}).status_code == 422
    assert client.get(path).json() == {"deliveries": []}


def test_a_delivery_is_told(client: TestClient, shop: ShopFolder) -> None:
    """It waits for the mover, and is listed with the list."""
    crm = '{"webhooks": {"crm": {"url": "https://crm.example.com/", "secret_env": "HUITOU_WEBHOOK_CRM"}}}'
    (shop.path / "webhooks.json").write_text(crm, encoding="utf-8")
    list_id = client.post("/v1/lists", json=CARTS).json()["list_id"]
    asked_for = client.post(f"/v1/lists/{list_id}/deliveries", json={"webhook": "crm"}).json()
    assert (asked_for["state"], asked_for["webhook"], asked_for["sent_place"]) == ("waiting", "crm", 0)
    assert client.get(f"/v1/lists/{list_id}/deliveries").json() == {"deliveries": [asked_for]}
