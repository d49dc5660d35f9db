"""Tables of methods."""

from __future__ import annotations

from tests.training.conftest import Backtested
from training.charts.words import method_name
from training.report.methods import (
    ALL_METRICS,
    chosen_methods,
    group_folds,
    method_cell,
    method_table,
    serving_notes,
    spread_tables,
)
from training.report.words import Words

EN = Words("en")


def test_a_table_has_every_method_and_what_serves_stands_out(backtested: Backtested) -> None:
    """Rows in the order of the report, with tiers below the names of their methods."""
    churn = backtested.report["cutoffs"][-1]["churn"]
    table = method_table(churn["methods"], "repeat", ("roc_auc", "ece"), EN, churn["tier_methods"])
    assert [row[0].text for row in table.rows] == [method_name(name, "en") for name in churn["methods"]]
    assert [row[0].strong for row in table.rows] == [name == "model" for name in churn["methods"]]
    assert {row[0].text: row[0].small for row in table.rows}["rhythm rule"] == "tier: rules"
    assert table.head == ["method", "ROC-AUC", "calibration error (ECE)"]
    assert table.caption.startswith("regulars (two or more orders): ")


def test_every_group_of_every_cutoff_has_its_table(backtested: Backtested) -> None:
    """The newest cutoff first, one table for each group, with every metric."""
    section = group_folds(backtested.report["cutoffs"], EN)
    parts = backtested.report["cutoffs"]
    assert [heading for heading, _ in section.folds] == [f"Cutoff {part['cutoff'][:10]}" for part in reversed(parts)]
    [*_, (_, tables)] = section.folds
    assert len(tables) == len(parts[0]["churn"]["methods"]["model"])
    assert len(section.folds[0][1][0].head) == 1 + len(ALL_METRICS)


def test_charts_show_what_serves_and_the_best_baselines(backtested: Backtested) -> None:
    """As many as there is room for."""
    part = backtested.report["cutoffs"][-1]
    assert chosen_methods(part, 2) == ["model", *part["churn"]["best_baselines"][:2]]


def test_means_over_cutoffs(backtested: Backtested) -> None:
    """One table of mean and range, none where there is one cutoff."""
    [table] = spread_tables(backtested.report["summary"]["visitors"], ("roc_auc",), EN)
    assert [row[0].text for row in table.rows] == ["what serves", "one rate for all"]
    assert spread_tables(None, ("roc_auc",), EN) == []


def test_a_method_that_was_not_there_at_every_cutoff_says_so() -> None:
    """Its mean is over other cutoffs than those of the rest."""
    spread = {"mean": 0.5, "least": 0.5, "most": 0.5}
    methods = {"rule": {"ece": spread | {"cutoffs": 4}}, "bg_nbd": {"ece": spread | {"cutoffs": 1}}, "als": {}}
    [table] = spread_tables(methods, ("ece",), EN)
    assert [row[0].small for row in table.rows] == ["", "at 1 of 4 cutoffs", "at 0 of 4 cutoffs"]


def test_reasons_are_named_once() -> None:
    """The first sentence of a gate has the heading."""
    assert serving_notes({"reasons": ["a", "b"]}, EN) == [("why this serves", "a"), ("", "b")]
    assert method_cell("served", EN).strong
