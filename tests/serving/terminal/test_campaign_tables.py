"""Figures as people read them."""

from __future__ import annotations

import pytest

from serving.terminal.campaign_tables import interval


@pytest.mark.parametrize(
    ("told", "kind", "written"),
    [
        ((0.05, 0.01, 0.09), "rate", "5.00% (1.00% to 9.00%)"),
        ((1234.4, -10.0, 3000.0), "number", "1,234 (-10 to 3,000)"),
        ((0.5, 0.1, None), "rate", "50.00% (at least 10.00%)"),
        ((0.5, None, 0.7), "rate", "50.00% (at most 70.00%)"),
        ((0.5, None, None), "small", "0.5000"),
        ((None, 0.2, None), "rate", "at least 20.00%"),
        ((None, -1.0, None), "rate", ""),
        ((None, None, None), "rate", ""),
    ],
    ids=[
        "rate",
        "number",
        "no upper end",
        "no lower end",
        "value alone",
        "lower end alone",
        "nothing below",
        "nothing",
    ],
)
def test_intervals(told: tuple[float | None, ...], kind: str, written: str) -> None:
    """Value and both ends, or what is known of them."""
    assert interval(dict(zip(("value", "low", "high"), told, strict=True)), kind) == written


def test_intervals_in_chinese() -> None:
    """The same with Chinese words and brackets."""
    told = {"value": 0.05, "low": 0.01, "high": 0.09}
    assert interval(told, "rate", "zh") == "5.00%（1.00%至9.00%）"
    assert interval(told | {"high": None}, "rate", "zh") == "5.00%（至少1.00%）"
