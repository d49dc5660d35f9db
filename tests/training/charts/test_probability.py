"""Charts of probabilities show the numbers they were given."""

from __future__ import annotations

import pytest

from tests.training.charts.drawn import CHANCE, LANGUAGES, LEFT, NOBODY, texts, values
from training.charts import reliability_curve, score_bars, score_histogram
from training.customers.measuring.curves import score_rows
from training.customers.measuring.evaluation import evaluate


def test_reliability_shows_every_bin() -> None:
    """Each bin of the report is a point."""
    bins = evaluate({"model": CHANCE}, LEFT)["model"]["all"]["reliability"]
    assert values(reliability_curve(bins), "customers") == [row["customers"] for row in bins]


def test_histogram_counts_everyone_once() -> None:
    """The bars together are all customers, apart by what they did."""
    chart = score_histogram(CHANCE, LEFT)
    assert sum(values(chart, "customers")) == 200
    assert set(values(chart, "outcome")) == {"left", "ordered"}


def test_bars_of_rows_are_those_of_arrays() -> None:
    """A report's rows draw the same chart as the customers themselves."""
    assert score_bars(score_rows(CHANCE, LEFT)).to_dict() == score_histogram(CHANCE, LEFT).to_dict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_speak_both_languages(language: str) -> None:
    """Titles are in the language asked for."""
    said = texts(reliability_curve([], language)) + texts(score_histogram(*NOBODY, language=language))
    assert ("预测比例" in said, "predicted share" in said) == (language == "zh", language == "en")
