"""``/v1/customers``: what is known and predicted, by any id."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from features.channels import CONSENT_FIELDS
from features.shop_folder import ShopFolder
from serving.absorb import absorb
from tests.serving.api.served_shop import encoded, event, send, serving, shown
from tests.serving.published_shop import HEADER, PEOPLE, Person, write_snapshot


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_every_customer_is_told(reader: TestClient, person: Person) -> None:
    """Ids with slashes, blanks and Chinese are found, probabilities carry their horizon, visitors have no churn."""
    said = reader.get(f"/v1/customers/{encoded(person.id)}").json()
    assert said["customer_id"] == person.id
    assert said["layer"] == person.layer
    assert said["churn_probability_91d"] == person.churn
    assert (said["horizon_days"], said["horizons_days"]) == (91, [30, 91])
    assert said["as_of"].startswith("2025-03-01T00:00:00")
    assert [reason["raises"] for reason in said["reasons"]] == [not person.at_risk]
    assert (said["contactable"], said["personalized"]) == (person.contactable, person.personalized)
    assert said["set_aside"] is None
    assert said["events_since"] == 0


NOTHING_SAID = (
    *CONSENT_FIELDS,
    *("birthday_month", "birthday_day", "discount_order_share", "promotion_order_share", "price_band"),
    *("usual_hour", "usual_weekday", "uplift_91d", "expected_incremental_profit"),
)
"""What nobody knows of this customer."""


def test_what_lies_ahead(reader: TestClient) -> None:
    """Who is likely to order has a next order with its interval as ISO dates; what is not known is null."""
    said = anyone(reader)
    assert {name: said[name] for name in list(said)[3:] if name not in ("reasons", "events_since")} == {
        "horizon_days": 91,
        "horizons_days": [30, 91],
        "layer": "active",
        "kind": "repeat",
        "tier": "model",
        "method": "blend",
        "rfm_recency_score": 4,
        "rfm_frequency_score": 3,
        "rfm_monetary_score": 5,
        "rfm_group": "loyal",
        "stage": "mature",
        "value_level": "high",
        "behaviour_group": "loyal",
        "order_probability_91d": 0.8,
        "churn_probability_91d": 0.2,
        "order_probability_30d": 0.4,
        "churn_probability_30d": 0.6,
        "expected_orders_91d": 0.8,
        "expected_net_spend_91d": 16.0,
        "expected_orders_365d": 3.2,
        "expected_net_spend_365d": 64.0,
        "overdue_days": 0.0,
        "purchase_cycle_days": 40.5,
        "order_count_all": 2,
        "net_spend_all": 900.0,
        "days_since_last_order": 30.5,
        "days_since_any": 3.0,
        "purchase_gap_mean_days": None,
        "days_since_contact": None,
        "contact_count_30d": 0,
        "contactable": True,
        "personalized": False,
        "set_aside": None,
        "cluster": None,
        "next_order": {"on": "2025-03-11", "from": "2025-03-04", "until": "2025-04-20"},
        **dict.fromkeys(NOTHING_SAID),
    }


@pytest.mark.parametrize(("person", "overdue_days"), [("anna", 12.5), ("visitor:v 1", None)])
def test_without_a_date(reader: TestClient, person: str, overdue_days: float | None) -> None:
    """An overdue order has days instead of a date, never a date in the past; who never ordered has neither."""
    said = reader.get(f"/v1/customers/{encoded(person)}").json()
    assert (said["next_order"], said["overdue_days"]) == (None, overdue_days)


def test_the_example_is_an_answer(reader: TestClient) -> None:
    """The example of the description has the fields of an answer, with a reason and a next order like one."""
    [example] = reader.get("/openapi.json").json()["components"]["schemas"]["KnownCustomer"]["examples"]
    answer = anyone(reader)
    assert {name.replace("_60d", "_91d") for name in example} == set(answer)
    assert set(example["next_order"]) == set(answer["next_order"])
    assert [set(reason) for reason in example["reasons"]] == [set(reason) for reason in answer["reasons"]]


def test_the_document_shows_an_answer(reader: TestClient, root: Path) -> None:
    """The answer in the guide has the fields of an answer, whatever its horizons."""
    text = (root / "docs" / "serving.md").read_text(encoding="utf-8")
    shown = json.loads(text.split("/v1/customers/c00000728")[1].split("```json")[1].split("```")[0])
    fields = [{re.sub(r"(?<=_)\d+(?=d$)", "N", name) for name in told} for told in (shown, anyone(reader))]
    assert fields[0] == fields[1]


def anyone(reader: TestClient) -> dict[str, Any]:
    """An answer."""
    answer: dict[str, Any] = reader.get("/v1/customers/quiet").json()
    return answer


def test_why_somebody_is_set_aside(tmp_path: Path) -> None:
    """The reason's code is told, and recommendations come as for everybody."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, [Person("machine", ("kettle",), set_aside="bot")])
    with serving(shop) as client:
        assert client.get("/v1/customers/machine").json()["set_aside"] == "bot"
        assert shown(client, customer_id="machine")[0] == "kettle"


def test_reasons_in_chinese(reader: TestClient) -> None:
    """Reasons come in the language asked for."""
    said = reader.get("/v1/customers/anna", params={"lang": "zh"}).json()
    assert said["reasons"] == [{"concept": "silence", "text": "很久没来", "raises": False}]


def test_an_unknown_customer(reader: TestClient) -> None:
    """Someone the snapshot does not know is answered with 404 in the usual shape."""
    reply = reader.get("/v1/customers/nobody")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "unknown_customer"
    assert reply.json()["error"]["value"] == "nobody"


def test_fresh_events_are_counted(client: TestClient) -> None:
    """The answer says how much happened since the snapshot."""
    send(client, event(event_id="1"), event(event_id="2", kind="cart"))
    assert client.get("/v1/customers/anna").json()["events_since"] == 2


def test_items_of_a_customer(tmp_path: Path) -> None:
    """What the snapshot keeps, what the warehouse got since and what just arrived are told once; a cart is a state."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, header=replace(HEADER, event_version=-1))
    with serving(shop) as client:
        assert_items(client)


def assert_items(client: TestClient) -> None:
    """The same for one client."""
    send(
        client,
        event(event_id="1", item_id="tea", kind="cart", occurred_at="2025-03-01T09:00:00Z"),
        event(event_id="2", item_id="cup", kind="cart", occurred_at="2025-03-01T09:01:00Z"),
        event(event_id="3", item_id="tea", kind="purchase", quantity=3, occurred_at="2025-03-01T09:02:00Z"),
        event(event_id="4", item_id="kettle", kind="uncart", occurred_at="2025-03-01T09:02:30Z"),
    )
    service = client.app.state.service  # type: ignore[attr-defined]
    absorb(service.shop, service.inbox)
    send(
        client,
        event(event_id="5", item_id="tea", occurred_at="2025-03-01T09:03:00Z"),
        event(event_id="6", item_id="pot", occurred_at="2025-03-01T09:04:00Z"),
        event(event_id="7", item_id="pot", occurred_at="2025-03-01T09:05:00Z"),
    )
    said = client.get("/v1/customers/anna/items").json()
    past = [("gone", "2025-02-28T22:00:00Z"), ("apple", "2025-02-28T21:00:00Z")]
    cup = {"item_id": "cup", "last_at": "2025-03-01T09:01:00Z", "times": 1}
    before = [{"item_id": item, "last_at": at, "times": 1} for item, at in past]
    assert said == {
        "customer_id": "anna",
        "as_of": "2025-03-01T00:00:00Z",
        "now": "2025-03-01T12:00:00Z",
        "complete": True,
        "bought": [{"item_id": "tea", "last_at": "2025-03-01T09:02:00Z", "times": 3}],
        "viewed": [
            {"item_id": "pot", "last_at": "2025-03-01T09:05:00Z", "times": 2},
            {"item_id": "tea", "last_at": "2025-03-01T09:03:00Z", "times": 1},
        ],
        "carted": [
            cup,
            {"item_id": "tea", "last_at": "2025-03-01T09:00:00Z", "times": 1},
            {"item_id": "kettle", "last_at": "2025-02-28T23:00:00Z", "times": 1},
            *before,
        ],
        "favorited": [],
        "open_cart": [cup, *before],
        "open_favorites": [],
    }


def test_items_of_a_stranger(reader: TestClient) -> None:
    """A stranger, and an id that nobody can have, is not known."""
    for nobody in ("nobody", "a%00b"):
        assert reader.get(f"/v1/customers/{nobody}/items").json()["error"]["code"] == "unknown_customer"


def test_the_example_of_items_is_an_answer(reader: TestClient) -> None:
    """The example of the description has the fields of an answer."""
    [example] = reader.get("/openapi.json").json()["components"]["schemas"]["CustomerItems"]["examples"]
    assert set(example) == set(reader.get("/v1/customers/anna/items").json())


def test_an_id_that_ends_like_a_route(client: TestClient) -> None:
    """An id ``x/items``, encoded, is a customer and not the items of ``x``."""
    send(client, event(event_id="1", customer_id="x"))
    assert client.get("/v1/customers/x/items").status_code == 200
    assert client.get("/v1/customers/x%2Fitems").json()["error"]["value"] == "x/items"


@given(identity=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_any_id_is_answered(reader: TestClient, identity: str) -> None:
    """Whatever the id, the answer is 200 or 404 in the usual shape."""
    for path in (f"/v1/customers/{encoded(identity)}", f"/v1/customers/{encoded(identity)}/items"):
        reply = reader.get(path)
        assert reply.status_code in (200, 404)
        assert ("error" in reply.json()) == (reply.status_code == 404)
