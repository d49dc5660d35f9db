"""The chapters about what would have served."""

from __future__ import annotations

import copy

from tests.training.conftest import Backtested
from training.report.model_sections import calibration, driver_section, profit, ranking
from training.report.words import Words

EN = Words("en")


def test_calibration_has_its_table(backtested: Backtested) -> None:
    """Curve and histogram, and the bins as a table for those who do not see them."""
    part = backtested.report["cutoffs"][-1]
    section = calibration(part, EN)
    assert [figure.name for figure in section.figures] == ["reliability", "scores"]
    [(_, [table])] = section.folds
    assert len(table.rows) == len(part["churn"]["methods"]["model"]["all"]["reliability"])


def test_assumptions_stand_beside_the_profit(backtested: Backtested) -> None:
    """The shop's costs are printed with their unit."""
    part = backtested.report["cutoffs"][-1]
    notes = dict(profit(part, EN).notes)
    assert notes["writing to one customer costs"] == "1.00 CNY"
    assert notes["earned of each order"] == "30.0 %"
    assert notes["of those about to leave, a message brings back"] == "5.0 %"
    assert notes["so one customer who stays is worth, in the mean"] == "1.50 CNY"


def test_a_list_that_does_not_pay_is_told(backtested: Backtested) -> None:
    """An order of 5 earns 1.50, of which a contact that costs 1 brings back a twentieth: no list pays."""
    sentences = profit(backtested.report["cutoffs"][-1], EN).sentences
    assert sentences[0] == "With these costs no list by the model's risk would have paid."


def test_the_best_list_is_told(backtested: Backtested) -> None:
    """Size, profit and interval of the best list, and of the one by value where that earned more."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    lists = part["churn"]["profit"]["lists"]
    best = {"share": 0.2, "customers": 30, "profit": 1234.0, "low": 1000.0, "high": 1500.0}
    lists["model"]["best"], lists["model_by_value"]["best"] = best, best | {"customers": 20, "profit": 2000.0}
    said = " ".join(profit(part, EN).sentences)
    assert "held 30 customers (20 %) and would have earned 1,234 CNY (95 % interval 1,000 to 1,500)" in said
    assert "a list of 20 would have earned 2,000 CNY" in said


def test_without_prices_there_is_no_chart_of_profit(backtested: Backtested) -> None:
    """The chapter says why it is empty."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    part["churn"]["profit"] |= {"lists": {}, "mean_worth": None}
    section = profit(part, EN)
    assert section.figures == ()
    assert section.sentences == ["No prices are known, so there is no profit to tell."]


def test_drivers_are_told_for_kinds_that_have_some(backtested: Backtested) -> None:
    """A rate for all has no drivers, and no chart."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    for row in part["churn"]["drivers"]["visitor"]["concepts"]:
        row["mean_log_odds"] = 0.0
    names = [figure.name for figure in driver_section(part, EN).figures]
    assert "drivers-visitor" not in names
    assert "drivers-repeat" in names


def test_ranking_has_lift_and_gain(backtested: Backtested) -> None:
    """Two charts of the top of the list."""
    assert [figure.name for figure in ranking(backtested.report["cutoffs"][-1], EN).figures] == ["lift", "gain"]
