"""Charts of a ranking show the numbers they were given."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.charts.drawn import CHANCE, LANGUAGES, LEFT, NOBODY, rows_with, texts, values
from training.charts import gain_curve, gain_lines, lift_bars, lift_by_decile
from training.charts.words import method_name
from training.customers.measuring.curves import gain_rows, lift_rows


def test_lift_falls_from_the_first_tenth() -> None:
    """The riskiest tenth stands first, and the tenths' mean is the usual rate."""
    lift = values(lift_by_decile(CHANCE, LEFT), "lift")[:10]
    assert lift[0] > 1.5 > 0.5 > lift[9]
    assert np.mean(lift) == pytest.approx(1.0)


def test_gain_ends_with_everyone_caught() -> None:
    """The whole list catches all, and a good method more than the diagonal on the way."""
    rows = rows_with(gain_curve({"model": CHANCE, "worst": -CHANCE}, LEFT, points=10), "method")
    model = [row["caught"] for row in rows if row["method"] == method_name("model", "en")]
    assert model[0] == 0
    assert model[-1] == 1
    assert model[5] > 0.5 > [row["caught"] for row in rows if row["method"] == "worst"][5]


def test_charts_of_rows_are_those_of_arrays() -> None:
    """A report's rows draw the same charts as the customers themselves."""
    assert lift_bars(lift_rows(CHANCE, LEFT)).to_dict() == lift_by_decile(CHANCE, LEFT).to_dict()
    rows = gain_rows({"model": CHANCE}, LEFT, 100)
    assert gain_lines(rows).to_dict() == gain_curve({"model": CHANCE}, LEFT).to_dict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_shop_has_charts_in_both_languages(language: str) -> None:
    """With nobody to show, every chart is still a valid one."""
    said = texts(lift_by_decile(*NOBODY, language=language))
    said += texts(gain_curve({"model": NOBODY[0]}, NOBODY[1], language=language))
    assert ("累计捕获率" in said) == (language == "zh")
