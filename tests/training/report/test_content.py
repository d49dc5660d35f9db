"""Numbers as people read them."""

from __future__ import annotations

from training.report.content import Cell, date, digits_of, measured, number, percent, ranged


def test_numbers_are_short_and_none_is_a_dash() -> None:
    """Percentages, decimals and thousands; what is not known is a dash."""
    assert (percent(0.1234), percent(0.1234, 1), percent(None)) == ("12 %", "12.3 %", "–")
    assert (number(1234.5678, 2), number(0.5), number(None)) == ("1,234.57", "0.500", "–")
    assert date("2025-06-01T00:00:00+08:00") == "2025-06-01"


def test_metrics_have_the_decimals_that_matter() -> None:
    """Money has none, lift two, probabilities three."""
    assert [digits_of(name) for name in ("expected_profit_at_5pct", "lift_at_10pct", "roc_auc")] == [0, 2, 3]


def test_a_metric_stands_above_its_interval() -> None:
    """Without an interval it stands alone, and without a value there is a dash."""
    assert measured({"value": 0.5, "low": 0.4, "high": 0.6}) == Cell("0.500", "0.400 … 0.600")
    assert measured({"value": 0.5}) == Cell("0.500")
    assert measured({"value": None, "low": None, "high": None}) == measured(None) == Cell("–")


def test_a_mean_stands_above_its_range() -> None:
    """The same over several cutoffs."""
    assert ranged({"mean": 1.5, "least": 1.0, "most": 2.0}, 1) == Cell("1.5", "1.0 … 2.0")
    assert ranged(None) == Cell("–")
