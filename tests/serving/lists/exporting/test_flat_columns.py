"""Flat columns: named by what a list holds, and read from no more of the file than is needed."""

from __future__ import annotations

from serving.lists.exporting.flat_columns import FlatColumns
from serving.lists.frozen.member_columns import INNER, member_schema

STORED = member_schema(30).names


def test_as_many_columns_as_reasons_and_items() -> None:
    """Three of each where the request says nothing, and predictions under the name of their horizon."""
    usual = FlatColumns.of({}, STORED)
    assert (usual.reasons, usual.items) == (3, 3)
    assert usual.predictions == (
        "churn_probability_30d",
        "order_probability_30d",
        "expected_net_spend_30d",
        "uplift_30d",
        "expected_incremental_profit",
    )
    names = FlatColumns.of({"reasons": 1, "items": 0}, STORED).names
    assert [name for name in names if name.startswith(("reason_", "item_"))] == ["reason_1"]
    assert not set(INNER) & set(usual.names)


def test_only_what_is_needed_is_read() -> None:
    """Columns of members by the flat ones that come from them, in the language wanted."""
    flat = FlatColumns.of({}, STORED)
    assert flat.stored(["place", "reason_2", "item_1_title", "plan", "as_of", "email"], "zh") == [
        "customer_id",
        "group",
        "item_titles",
        "place",
        "plan_zh",
        "reasons_zh",
    ]
    assert flat.text_columns == {"customer_id", "phone", "item_1_id", "item_2_id", "item_3_id"}
    assert set(flat.stored(flat.names, "en")) <= set(STORED)
