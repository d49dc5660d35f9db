"""Tables of a backtest: next items by group, and what each source is worth."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from serving.terminal.backtest_tables import BREADTH_MEASURES, GROUP_MEASURES, show_items, show_sources


def cells(lines: list[str]) -> list[list[str]]:
    """The rows of the tables."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]


def told(value: float) -> dict[str, float]:
    """A measure with an interval of a tenth to each side."""
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


def test_sources_are_told_by_what_is_lost() -> None:
    """The source that is missed most stands first; what is not defined is a dash."""
    names = ("recall@10", "hit_rate@10", "known_candidate_recall", "new_candidate_recall")
    undefined = {"value": None, "low": None, "high": None}
    sources: dict[str, dict[str, dict[str, Any]]] = {
        name: {
            "alone": {measure: told(0.5) for measure in names},
            "lost": {"recall@10": told(loss), "ndcg@10": told(loss)},
        }
        for name, loss in (("popular", -0.01), ("open_cart", 0.2))
    }
    sources["popular"]["alone"]["new_candidate_recall"] = undefined
    page = StringIO()
    show_sources(Console(file=page, width=160), {"customers": 1_200, "sources": sources}, " at 2025-06-01")
    lines = page.getvalue().splitlines()
    assert lines[0].strip() == "What each source is worth at 2025-06-01"
    assert cells(lines) == [
        ["open_cart", *["0.500 ±0.100"] * 4, *["+0.2000 ±0.1000"] * 2],
        ["popular", *["0.500 ±0.100"] * 3, "-", *["-0.0100 ±0.1000"] * 2],
    ]


def test_no_sources_without_buyers() -> None:
    """Where nobody was measured nothing is printed."""
    page = StringIO()
    show_sources(Console(file=page), {"customers": 0, "whole": {}, "sources": {}}, "")
    assert page.getvalue() == ""


def test_next_items_are_told_by_group() -> None:
    """Each method has its reach, each group that has customers its figures; views are called what they are."""
    groups = {
        name: {"customers": customers, "models": {"served": {measure: told(0.25) for measure in GROUP_MEASURES}}}
        for name, customers in (("visitor", 1_200), ("one_order", 0))
    }
    items = {
        "goal": "view",
        "models": {"served": {measure: told(0.5) for measure in BREADTH_MEASURES}},
        "groups": groups,
        "ablation": {"customers": 0, "whole": {}, "sources": {}},
    }
    page = StringIO()
    show_items(Console(file=page, width=180), items)
    assert cells(page.getvalue().splitlines()) == [
        ["served", *["0.500 ±0.100"] * len(BREADTH_MEASURES)],
        ["visitor", "1,200", *["0.250 ±0.100"] * len(GROUP_MEASURES)],
    ]
