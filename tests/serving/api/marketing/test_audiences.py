"""``/v1/audiences``: fields, templates, previews, and audiences that are kept."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from tests.serving.api.served_shop import encoded, event, send, serving
from tests.serving.published_shop import small_shop

CARTS = {"open": "cart", "item": "kettle"}


def preview(client: TestClient, **said: Any) -> dict[str, Any]:
    """The preview of an audience."""
    response = client.post("/v1/audiences/preview", json=said)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def refused(client: TestClient, **said: Any) -> dict[str, Any]:
    """The error of a preview that cannot be."""
    response = client.post("/v1/audiences/preview", json=said)
    assert response.status_code == 422, response.text
    error: dict[str, Any] = response.json()["error"]
    return error


def test_fields_are_typed_and_named(reader: TestClient) -> None:
    """Each field has a type, a unit, operators, and names in both languages."""
    answer = reader.get("/v1/audiences/fields").json()
    fields = {field["name"]: field for field in answer["fields"]}
    assert fields["churn_probability"] == {
        "name": "churn_probability",
        "column": "churn_probability_91d",
        "type": "number",
        "unit": "share",
        "title": {"en": "Chance of no order within 91 days", "zh": "91天内流失概率"},
        "unit_title": {"en": "share, 0 to 1", "zh": "比例，0至1"},
        "operators": ["is", "in", "at_least", "at_most", "between", "is_known"],
        "values": [],
    }
    assert fields["layer"]["values"][-1] == "visitor"
    assert {"did", "did_not", "open"} <= set(answer["parts"])
    assert answer["channels"][0] == "email"
    assert (answer["model_version"], answer["as_of"]) == ("3", "2025-03-01T00:00:00Z")


def test_templates_are_told(reader: TestClient) -> None:
    """Ready audiences with their parameters; a filter where nothing must be said first."""
    found = {each["name"]: each for each in reader.get("/v1/audiences/templates").json()["templates"]}
    assert found["open-cart"]["filter"] == {"open": "cart", "within_days": 30}
    assert found["open-cart"]["parameters"][0]["usual"] == 30
    assert found["new-product-fans"]["filter"] is None
    assert found["lost"]["plan"] == "layer:lost"


def test_a_preview_counts_what_has_just_happened(client: TestClient) -> None:
    """A cart that is filled now is in the next preview, and who has bought is written to no more."""
    assert preview(client, filter=CARTS)["count"] == 1
    send(client, event(event_id="1", customer_id="quiet", kind="cart"), event(event_id="2", kind="purchase"))
    answer = preview(client, filter={"any": [CARTS, {"field": "layer", "is": "high_win_back"}]}, channel="email")
    assert (answer["count"], answer["reachable"], answer["excluded"]) == (2, 1, {"bought_since": 1})
    assert answer["layers"] == {"active": 1, "high_win_back": 1}
    assert answer["power"]["sentence"]["en"].startswith("too few people")


def test_an_audience_is_kept(client: TestClient) -> None:
    """Saved, found, listed, used, changed and deleted, under a name of any letters."""
    name = "carts / 购物车 & more"
    path = f"/v1/audiences/{encoded(name)}"
    saved = client.put(path, json={"filter": CARTS, "note": "for spring"})
    assert saved.status_code == 200
    assert saved.json() == client.get(path).json()
    assert saved.json()["name"] == name
    assert preview(client, audience=name)["count"] == 1
    assert client.put(path, json={"filter": {"everyone": True}}).status_code == 200
    client.put("/v1/audiences/another", json={"filter": CARTS})
    listed = client.get("/v1/audiences?n=1&offset=1").json()
    assert (listed["total"], [each["name"] for each in listed["audiences"]]) == (2, [name])
    assert preview(client, filter=CARTS, overlap_with=[{"audience": name}])["overlaps"][0]["both"] == 1
    assert client.delete(path).json() == {"deleted": name}
    for response in (client.get(path), client.delete(path)):
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "unknown_audience"
    acts = [entry["act"] for entry in client.get("/v1/audit").json()["acts"]]
    assert acts == ["audience.delete", "audience.save", "audience.save", "audience.save"]


def test_one_clear_error(reader: TestClient) -> None:
    """An unknown field, a wrong type, impossible days, an empty filter: each names its part."""
    for said, field in (
        ({"field": "layre", "is": "new"}, "filter.field"),
        ({"field": "churn_probability", "at_least": "high"}, "filter.at_least"),
        ({"did": "view", "between": ["today", "2020-01-01"]}, "filter.between"),
        ({"all": []}, "filter.all"),
        ({"did": "view", "item": "unheard of"}, "filter.item"),
    ):
        error = refused(reader, filter=said)
        assert (error["code"], error["field"]) == ("filter", field)
    assert refused(reader)["message"] == "body must have one of filter, audience, template; got {}."
    assert refused(reader, template="open-crt")["code"] == "unknown_template"
    assert refused(reader, filter=CARTS, channel="fax")["field"] == "channel"


def test_what_cannot_be_saved(client: TestClient) -> None:
    """A filter that the shop does not know, or a name that cannot be, leaves nothing behind."""
    for path, body in (
        ("a", {"filter": {"field": "layre", "is": "new"}}),
        ("a", {"filter": {"did": "view", "category": "no such"}}),
        ("a", {"filter": {}}),
        ("a", {"note": "no filter"}),
        ("a", {"filter": CARTS, "more": 1}),
        ("a" * 101, {"filter": CARTS}),
        ("%0A", {"filter": CARTS}),
    ):
        response = client.put(f"/v1/audiences/{path}", json=body)
        assert response.status_code == 422, response.text
    assert client.get("/v1/audiences").json()["total"] == 0
    assert client.get("/v1/audit").json()["acts"] == []


@pytest.mark.parametrize("depth", [50, 5_000])
def test_a_filter_of_any_depth_is_answered(reader: TestClient, depth: int) -> None:
    """However deep it goes, it is a caller's mistake."""
    text = '{"filter": ' + '{"not": ' * depth + '{"everyone": true}' + "}" * (depth + 1)
    response = reader.post("/v1/audiences/preview", content=text, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)


def test_without_a_snapshot(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing can be counted before something is published; ready audiences are there, and filters can be saved."""
    with serving(ShopFolder.create(tmp_path_factory.mktemp("shop"))) as client:
        assert client.post("/v1/audiences/preview", json={"filter": CARTS}).status_code == 503
        assert client.get("/v1/audiences/fields").status_code == 503
        assert client.get("/v1/audiences/templates").status_code == 200
        assert client.put("/v1/audiences/a", json={"filter": CARTS}).status_code == 200


def test_a_list_to_compare_with(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Frozen lists are compared by their people."""
    with serving(small_shop(tmp_path_factory.mktemp("shop"))) as client:
        made = client.post("/v1/lists", json={"name": "silent", "template": "lost", "control_share": 0})
        assert made.status_code == 200, made.text
        answer = preview(client, filter={"everyone": True}, overlap_with=[{"list_id": made.json()["list_id"]}])
        assert answer["overlaps"] == [
            {"name": made.json()["list_id"], "people": 1, "both": 1, "overlap_rate": pytest.approx(1 / 6)}
        ]
