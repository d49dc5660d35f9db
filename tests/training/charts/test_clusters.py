"""The chart of clusters: everything that is told is on it, and no name of the shop gets out of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.training.report.hostile import ATTACK, PageReader
from training.charts.clusters import chart_page, cluster_chart


def row(number: int, trait: str, deviations: float, name: str = "evening regulars") -> dict[str, Any]:
    shares = {"customer_share": 0.5, "order_share": 0.7, "net_spend_share": 0.8}
    return {"cluster": number, "name": name, **shares, "trait": trait, "says": f"{trait}!", "deviations": deviations}


ROWS = [row(2, "orders so far", 1.5), row(2, "price level", -0.5), row(1, "orders so far", -1.2, "visitors")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sizes_and_differences_are_drawn(language: str) -> None:
    """Three shares of each cluster, and every difference with its sentence."""
    data = cluster_chart(ROWS, language).to_dict()["datasets"].values()
    shares = [each for rows in data for each in rows if "share" in each]
    apart = [each for rows in data for each in rows if "says" in each]
    assert [(each["label"], each["share"]) for each in shares if each["label"].startswith("2")] == [
        ("2 · evening regulars", share) for share in (0.5, 0.7, 0.8)
    ]
    assert {each["of"] for each in shares} == (
        {"share of the customers", "share of the orders", "share of net spend"}
        if language == "en"
        else {"顾客占比", "订单占比", "净消费占比"}
    )
    assert [each["deviations"] for each in apart] == [1.5, -0.5, -1.2]


def test_clusters_stay_in_their_order() -> None:
    """The largest comes first, as it was given."""
    said = json.dumps(cluster_chart(ROWS).to_dict(), ensure_ascii=False)
    assert '"sort": ["2 · evening regulars", "1 · visitors"]' in said


def test_no_clusters_are_a_chart() -> None:
    """A shop without clusters has an empty chart that is a valid one."""
    assert cluster_chart([]).to_dict()["hconcat"]


def test_hostile_names_stay_text() -> None:
    """A category that ends a script is on the page as text, and adds no element."""
    usual, hostile = (
        PageReader(chart_page(cluster_chart([row(1, trait, 1.0, trait)]))) for trait in ("orders", ATTACK)
    )
    assert [name for name, _ in hostile.elements] == [name for name, _ in usual.elements]
    assert not hostile.named("img")
