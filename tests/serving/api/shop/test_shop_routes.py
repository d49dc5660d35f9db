"""The shop's numbers over HTTP: the reports as they are, in models that the document describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.desk.workroom import workroom
from serving.shop_numbers import reports
from serving.shop_numbers.days_asked import DaysAsked
from tests.serving.api.served_shop import serving
from tests.serving.published_shop import NOW
from tests.serving.shop_numbers.asked_shop import asked_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    return asked_shop(tmp_path_factory.mktemp("asked") / "shop")


@pytest.fixture(scope="module")
def asking(shop: ShopFolder) -> Iterator[TestClient]:
    with serving(shop) as client:
        yield client


def got(client: TestClient, path: str, **query: Any) -> Any:
    response = client.get(f"/v1/shop/{path}", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def test_each_route_answers_what_its_report_says(asking: TestClient, shop: ShopFolder) -> None:
    """Nothing is lost and nothing is added on the way out, apart from intervals that a figure does not have."""
    with workroom(shop, None, lambda: NOW) as room:
        asked = DaysAsked(days=60)
        told = {
            "funnel": reports.funnel_report(room, asked, "days", 20),
            "habits": reports.habits_report(room, asked),
            "best-sellers": reports.best_report(room, asked, "category", "buyers", 3),
            "attention": reports.attention_report(room, asked, 4, 1),
            "second-orders": reports.second_order_report(room, asked),
        }
        cohorts = reports.cohorts_report(room, None, 2, False)
        overview = reports.overview_report(room, asked)
    queries: dict[str, dict[str, Any]] = {
        "funnel": {"by": "days", "slice_days": 20},
        "best-sellers": {"by": "category", "rank_by": "buyers", "n": 3},
        "attention": {"n": 4, "per_category": 1},
    }
    for path, report in told.items():
        assert got(asking, path, days=60, **queries.get(path, {})) == report
    assert got(asking, "cohorts", months=2) == cohorts
    found = got(asking, "overview", days=60)
    assert found["figures"]["orders"]["value"] == overview["figures"]["orders"]["value"] == 3
    assert got(asking, "definitions")["definitions"].keys() >= found["definitions"].keys()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"from": "2025-02-30"}, 'from must be a date, such as 2026-03-31; got "2025-02-30".'),
        ({"from": "2025-03-05", "to": "2025-03-01"}, "the first day of a period must lie before the day it ends; "),
        ({"days": "0"}, 'days must be at least 1; got "0".'),
    ],
    ids=["no such day", "backwards", "no days"],
)
def test_impossible_days_are_a_callers_mistake(asking: TestClient, query: dict[str, str], message: str) -> None:
    """The error says rule, value and what to do, with the status of a bad request."""
    response = asking.get("/v1/shop/overview", params=query)
    assert response.status_code in (400, 422)
    assert response.json()["error"]["message"].startswith(message)


def test_a_shop_without_events_has_no_numbers_yet(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every figure is null or nothing, and nobody sees an error."""
    empty = ShopFolder.create(tmp_path_factory.mktemp("empty") / "shop")
    with serving(empty) as client:
        found = got(client, "overview")
        assert found["periods"]["current"]["coverage"] == "none"
        assert found["figures"]["orders"]["value"] is None
        assert got(client, "cohorts")["cohorts"] == []
