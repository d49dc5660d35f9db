"""Clusters and similar customers over HTTP, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.serving.alike.planted_snapshot import planted_snapshot
from tests.serving.api.served_shop import encoded, serving
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service of the shop with planted kinds."""
    with serving(planted_snapshot(tmp_path_factory.mktemp("kinds") / "shop")) as client:
        yield client


def test_clusters_are_described(client: TestClient) -> None:
    """Each has a number, a name, sizes and what sets it apart."""
    said = client.get("/v1/clusters").json()
    assert [cluster["customers"] for cluster in said["clusters"]] == [80] * 4
    assert (said["in_none"], said["why_none"], said["model_version"]) == (1, None, "7")
    tea = next(cluster for cluster in said["clusters"] if cluster["name"] == "morning one-time buyers fond of “Tea”")
    assert tea["description"].startswith("80 customers (25%), ")
    assert "80.00 an order (shop: 40.00)" in tea["description"]
    assert {difference["says"] for difference in tea["differences"]} <= set(tea["description"].split("; "))


@pytest.mark.parametrize(("query", "headers"), [("?lang=zh", {}), ("", {"accept-language": "zh-CN,zh;q=0.9"})])
def test_in_chinese(query: str, headers: dict[str, str], client: TestClient) -> None:
    """The parameter or the browser's language chooses the language of everything that is told."""
    said = client.get(f"/v1/clusters{query}", headers=headers).json()
    tea = next(cluster for cluster in said["clusters"] if cluster["name"] == "偏爱“Tea”、早间的一次性买家")
    assert "客单价80.00（全店40.00）" in tea["description"].split("；")
    customer = client.get(f"/v1/customers/tea%20lovers%203{query}", headers=headers).json()
    assert customer["cluster"] == {"number": tea["number"], "name": tea["name"]}
    similar = client.get(f"/v1/customers/tea%20lovers%203/similar{query}", headers=headers).json()
    assert "全店" in similar["customers"][0]["in_common"][0]


def test_a_customer_has_a_cluster(client: TestClient) -> None:
    """Number and name are told of a customer, and null of a bot and of who looked once."""
    said = client.get("/v1/customers/readers%203").json()
    assert said["cluster"]["name"] == "midday regulars fond of “Books”"
    for nobody in ("machine 0", "glance"):
        assert client.get(f"/v1/customers/{encoded(nobody)}").json()["cluster"] is None


def test_similar_customers(client: TestClient) -> None:
    """As many as asked for, without the customer, each with what they have in common."""
    said = client.get("/v1/customers/readers%203/similar?n=4").json()
    assert said["customer_id"] == "readers 3"
    assert said["why_none"] is None
    assert len(said["customers"]) == 4
    for other in said["customers"]:
        assert other["customer_id"].startswith("readers ")
        assert 0 < other["similarity"] <= 1
        assert other["in_common"]


def test_who_cannot_be_compared(client: TestClient) -> None:
    """Of whom too little is known there is nobody, and the answer says why."""
    said = client.get("/v1/customers/glance/similar").json()
    assert said["customers"] == []
    assert said["why_none"].startswith("too little is known of this customer")


@pytest.mark.parametrize(("path", "status"), [("nobody/similar", 404), ("readers%203/similar?n=0", 422)])
def test_mistakes_are_told(path: str, status: int, client: TestClient) -> None:
    """An unknown customer and a wrong number are refused as everywhere."""
    assert client.get(f"/v1/customers/{path}").status_code == status


def test_a_shop_without_clusters(tmp_path: Path) -> None:
    """Where there are no clusters the answer says why."""
    with serving(small_shop(tmp_path)) as client:
        said = client.get("/v1/clusters").json()
        assert said["clusters"] == []
        assert said["why_none"] == "0 customers are known well enough to be compared; clusters need 200"
        assert client.get("/v1/customers/anna").json()["cluster"] is None
        assert client.get("/v1/customers/anna/similar").json()["customers"] == []
