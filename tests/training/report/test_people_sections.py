"""The chapters about visitors, contacts and drift."""

from __future__ import annotations

import copy

from tests.training.conftest import Backtested
from training.report.people_sections import contacts, drift_section, visitors
from training.report.words import Words

EN = Words("en")

CONTACTS = {
    "way": "stand_ins",
    "cutoff": "2025-05-01T00:00:00+00:00",
    "training": {"treated": 30, "customers": 400},
    "newest": {"treated": 20, "customers": 100},
    "order_rate": {"stand_ins": 0.25},
    "figures": {
        way: {"stand_ins": {"log_loss": 0.5, "roc_auc": None, "mean_chance": 0.3}} for way in ("ignored", "stand_ins")
    },
}


def test_visitors_are_told_by_their_first_orders(backtested: Backtested) -> None:
    """Counts and figures are those of the report; over several cutoffs the means stand below."""
    part = backtested.report["cutoffs"][-1]
    section = visitors(part, backtested.report["summary"], EN)
    everyone = part["visitors"]["methods"]["model"]["all"]
    assert section.sentences[0].startswith(f"{everyone['customers']} people had looked but not ordered")
    assert len(section.tables) == 2
    assert len(visitors(part, {}, EN).tables) == 1


def test_a_shop_without_visitors_says_so(backtested: Backtested) -> None:
    """Everyone who was seen had ordered: no charts."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    part["visitors"]["methods"]["model"]["all"]["customers"] = 0
    section = visitors(part, {}, EN)
    assert (section.sentences, section.figures) == (["Everyone who was seen had ordered."], ())


def test_contacts_are_told_where_there_are_some(backtested: Backtested) -> None:
    """Each way of dealing with them has its row, the one that serves stands out; without contacts no chapter."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    assert contacts(part, EN) == []
    part["churn"]["contacts"] = CONTACTS
    [section] = contacts(part, EN)
    assert section.sentences[0].startswith("At the training cutoffs 50 of 500 people were written to")
    [table] = section.tables
    assert [(row[0].text, row[0].strong) for row in table.rows] == [
        ("contacts ignored", False),
        ("people left alone stand in", True),
    ]
    assert [cell.text for cell in table.rows[0][1:]] == ["0.500", "–", "30.0 %", "25.0 %"]


def test_drift_counts_readings(backtested: Backtested) -> None:
    """The sentence counts what the table shows, and every cutoff has its people."""
    drift = backtested.report["drift"]
    section = drift_section(drift, EN)
    readings = [row["reading"] for row in drift["comparisons"][-1]["features"]]
    said = f"Of {len(readings)} features {readings.count('shifted')} have shifted and {readings.count('moved')} have"
    assert section.sentences[0].startswith(said)
    assert len(section.tables[0].rows) == 2


def test_several_comparisons_have_a_table(backtested: Backtested) -> None:
    """From three cutoffs on each later one is told against the first."""
    drift = copy.deepcopy(backtested.report["drift"])
    drift["comparisons"] = drift["comparisons"] * 2
    assert len(drift_section(drift, EN).tables) == 2


def test_without_an_earlier_cutoff_there_is_no_drift(backtested: Backtested) -> None:
    """A shop in which nothing was trained has nobody to compare with."""
    drift = {"people": backtested.report["drift"]["people"], "comparisons": []}
    section = drift_section(drift, EN)
    assert section.sentences == ["There is no earlier cutoff to compare with."]
    assert section.figures == ()
