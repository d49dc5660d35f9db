"""Calendar, effects, trends and alerts over HTTP, of a simulated year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.desk.workroom import workroom
from serving.shop_numbers.promotion_reports import alerts_report, trends_report
from tests.serving.api.served_shop import serving
from tests.serving.shop_numbers.simulated_year import simulated_year

AFTER = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When the simulated year is over."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    return simulated_year(tmp_path_factory.mktemp("year") / "shop")


@pytest.fixture(scope="module")
def client(year: ShopFolder) -> Iterator[TestClient]:
    with serving(year, clock=lambda: AFTER) as client:
        yield client


def test_the_calendar_of_some_days(client: TestClient) -> None:
    """Sales alone, of a year, with the days until they begin."""
    found = client.get("/v1/shop/promotions", params={"from": "2025-01-01", "days": 365, "kind": "sale"}).json()
    assert {each["kind"] for each in found["promotions"]} == {"sale"}
    assert "2025-12-12" in {each["first_day"] for each in found["promotions"]}


def test_what_a_past_promotion_did(client: TestClient) -> None:
    """The day is in its chart, and there is a sentence in both languages; one that never was is refused in words."""
    found = client.get("/v1/shop/promotions/effect", params={"on": "2025-11-11"})
    assert found.status_code == 200, found.text
    assert "2025-11-11" in found.json()["day_by_day"]["days"]
    assert all(each["en"] and each["zh"] for each in found.json()["sentences"])
    missing = client.get("/v1/shop/promotions/effect", params={"name": "the great nothing"})
    assert missing.json()["error"]["code"] == "unknown_promotion"
    assert 400 <= missing.status_code < 500


def test_trends_and_alerts_are_what_their_reports_say(client: TestClient, year: ShopFolder) -> None:
    """Nothing is lost on the way out."""
    with workroom(year, None, lambda: AFTER) as room:
        trends, alerts = trends_report(room, 120), alerts_report(room, 2)
    assert client.get("/v1/shop/trends", params={"days": 120}).json() == trends
    assert client.get("/v1/shop/alerts", params={"days": 2}).json() == alerts
