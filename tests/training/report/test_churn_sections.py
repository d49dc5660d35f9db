"""The first chapters of the page."""

from __future__ import annotations

import copy

from tests.training.conftest import Backtested
from training.report.churn_sections import at_cutoff, in_short, over_cutoffs
from training.report.words import Words

EN = Words("en")


def test_in_short_the_figures_are_those_of_the_report(backtested: Backtested) -> None:
    """How many left, how good the top is, and the best list, each from the newest cutoff."""
    part = backtested.report["cutoffs"][-1]
    everyone = part["churn"]["methods"]["model"]["all"]
    section = in_short(backtested.report["cutoffs"], EN)
    assert f"{everyone['customers']:,} customers had ordered before {part['cutoff'][:10]}" in section.sentences[0]
    keys = {key.name: key.text for key in section.keys}
    assert keys["ROC-AUC"] == f"{everyone['metrics']['roc_auc']['value']:.3f}"
    assert "lower is better" in section.sentences[-1]


def test_a_model_that_loses_is_told_so(backtested: Backtested) -> None:
    """Where a baseline had the lower log loss the page does not hide it."""
    parts = copy.deepcopy(backtested.report["cutoffs"])
    parts[-1]["churn"]["methods"]["model"]["all"]["metrics"]["log_loss"]["value"] = 0.9
    assert "did better" in in_short(parts, EN).sentences[-1]
    parts[-1]["churn"]["best_baselines"] = []
    assert in_short(parts, EN).sentences[-1].startswith("There was too little history to fit a baseline")


def test_over_cutoffs_each_metric_has_a_chart(backtested: Backtested) -> None:
    """Four metrics over time, and the table of means."""
    section = over_cutoffs(backtested.report["cutoffs"], backtested.report["summary"], EN)
    assert [figure.name for figure in section.figures] == [
        *("cutoffs-roc-auc", "cutoffs-log-loss", "cutoffs-ece", "cutoffs-lift-at-10pct")
    ]
    assert len(section.tables) == 1


def test_what_serves_is_told_for_each_kind(backtested: Backtested) -> None:
    """The method and its tier for visitors, one-order customers and regulars, then why; what was dropped, too."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    part["churn"]["dropped_baselines"] = {"bg_nbd": "its parameters run away."}
    section = at_cutoff(part, EN)
    assert [name for name, _ in section.notes[:3]] == ["Visitors", "Customers with one order", "Regulars"]
    assert "(tier: " in section.notes[0][1]
    assert "BG/NBD was left out: its parameters run away." in section.sentences
