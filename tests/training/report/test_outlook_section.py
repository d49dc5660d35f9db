"""The chapter about expected orders, spend and dates."""

from __future__ import annotations

import copy

from tests.training.conftest import Backtested
from training.report.outlook_section import outlook_section
from training.report.words import Words

EN = Words("en")


def test_totals_stand_beside_what_came(backtested: Backtested) -> None:
    """The sentence and the tables tell the figures of the report, for each method, kind and cutoff."""
    parts = backtested.report["cutoffs"]
    everyone = parts[-1]["outlook"]["value"]["all"]
    section = outlook_section(parts, EN)
    told = everyone["methods"]["model"]
    assert section.sentences[0] == (
        f"In the 20 days after {parts[-1]['cutoff'][:10]} {told['orders']:,.0f} orders were expected and "
        f"{everyone['orders']:,.0f} came; of net spend {told['net_spend']:,.0f} CNY and "
        f"{everyone['net_spend']:,.0f} CNY."
    )
    methods, kinds, cutoffs, *_ = section.tables
    assert [row[0].text for row in methods.rows] == [
        "what serves",
        "own rate so far",
        "mean of their kind",
        "what came",
    ]
    assert methods.rows[0][1].small == f"{told['orders_ratio']:.2f} of what came"
    assert [row[0].text for row in kinds.rows] == ["Visitors", "Customers with one order", "Regulars"]
    assert [row[0].text for row in cutoffs.rows] == [part["cutoff"][:10] for part in parts]
    assert all(len(row) == len(table.head) for table in section.tables for row in table.rows)
    assert [figure.name for figure in section.figures] == ["expected"]


def test_dates_are_told_with_what_they_are_held_against(backtested: Backtested) -> None:
    """Errors of the model, of the own mean gap and of one date for all, and the interval beside the law and the least.

    Nobody with one order has a gap, so that rule is not told of them.
    """
    part = backtested.report["cutoffs"][-1]
    errors, intervals = outlook_section([part], EN).tables[-2:]
    found = part["outlook"]["timing"]["repeat"]
    assert [row[0].text for row in errors.rows] == ["everyone", "one order", "regulars (two or more orders)"]
    assert errors.rows[1][4].text == "–"
    wanted = [f"{found['median_error_days'][name]:.1f}" for name in ("model", "own_mean_gap", "one_date")]
    assert [cell.text for cell in errors.rows[2][3:]] == wanted
    assert [cell.text for cell in intervals.rows[2][4:]] == [
        f"{100 * found['interval'][name]:.0f} %" for name in ("seen", "expected", "at_least")
    ]


def test_one_cutoff_has_no_table_over_cutoffs(backtested: Backtested) -> None:
    """Alone it is its own only row."""
    captions = [table.caption for table in outlook_section(backtested.report["cutoffs"][-1:], EN).tables]
    assert "Expected of everyone at each cutoff" not in captions


def test_without_orders_there_are_no_dates(backtested: Backtested) -> None:
    """Where nobody with a date was seen to order, nothing is said of dates."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    part["outlook"]["timing"]["all"]["dated_ordered"] = 0
    section = outlook_section([part], EN)
    assert len(section.sentences) == 2
    assert len(section.tables) == 2
