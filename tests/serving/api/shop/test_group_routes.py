"""Groups and flow over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.serving.api.served_shop import serving
from tests.serving.published_shop import small_shop
from tests.serving.shop_numbers.asked_shop import asked_shop


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(small_shop(tmp_path_factory.mktemp("shop"))) as client:
        yield client


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(asked_shop(tmp_path_factory.mktemp("asked") / "shop")) as client:
        yield client


def test_the_groups_hold_everybody_once(published: TestClient) -> None:
    """The people of the layers are all customers of the snapshot, and each group has a plan in both languages."""
    found = published.get("/v1/shop/groups").json()
    layers = next(each for each in found["groupings"] if each["name"] == "layer")
    ready = published.get("/health/ready").json()
    assert sum(group["customers"] for group in layers["groups"]) == ready["customers"]
    assert all(group["plan"]["text"]["zh"] for grouping in found["groupings"] for group in grouping["groups"])
    assert found["day_rules"]["new_within_days"] == 45


def test_the_groups_of_a_shop_without_a_snapshot(stored: TestClient) -> None:
    """Nothing is published: the answer says what to do."""
    response = stored.get("/v1/shop/groups")
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "no_snapshot"


def test_the_flow_counts_everybody_known_by_then(stored: TestClient) -> None:
    """One customer had come before February; the second is new by the end of it, and so is the visitor."""
    found = stored.get("/v1/shop/flow", params={"from": "2025-02-01", "to": "2025-02-26", "by": "layer"}).json()
    assert found["known_people"] == 1
    assert {(move["before"], move["after"], move["people"]) for move in found["moves"]} == {
        ("new", "active", 1),
        ("not_there", "new", 1),
        ("not_there", "visitor", 1),
    }


def test_days_that_nothing_flows_between(stored: TestClient) -> None:
    """The second day must come after the first."""
    response = stored.get("/v1/shop/flow", params={"from": "2025-02-20", "to": "2025-02-01"})
    assert response.status_code == 422
    assert response.json()["error"]["message"].startswith("from must be before to; got 2025-02-20 and 2025-02-01")
