"""Intervals of rates: exact coverage by counting out all outcomes, strata, and the ends of what can be seen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, chi2_contingency

from features.wilson import share_of
from training.campaigns.proportions import Counts, difference, relative_difference


def counts(*rows: tuple[int, int, int, int]) -> Counts:
    """One row for each stratum: treated who did it, treated, control who did it, control."""
    columns = np.array(rows, dtype=float).T
    return Counts(columns[0], columns[1], columns[2], columns[3])


def exact_coverage(treated: int, control: int, rates: tuple[float, float], relative: bool) -> float:
    """How often the interval holds the truth, over all outcomes that are not next to impossible."""
    truth = rates[0] / rates[1] - 1 if relative else rates[0] - rates[1]
    ranges = [
        np.arange(binom.ppf(1e-4, n, p), binom.ppf(1 - 1e-4, n, p) + 1)
        for n, p in zip((treated, control), rates, strict=True)
    ]
    covered = whole = 0.0
    for a in ranges[0]:
        for b in ranges[1]:
            found = (relative_difference if relative else difference)(counts((int(a), treated, int(b), control)))
            chance = binom.pmf(a, treated, rates[0]) * binom.pmf(b, control, rates[1])
            high = np.inf if found.high is None else found.high
            assert found.low is not None
            covered, whole = covered + chance * (found.low <= truth <= high), whole + chance
    return float(covered / whole)


@pytest.mark.parametrize(
    ("treated", "control", "rates"),
    [
        (900, 100, (0.02, 0.02)),
        (900, 100, (0.06, 0.05)),
        (500, 500, (0.01, 0.01)),
        (1_800, 200, (0.024, 0.02)),
        (450, 50, (0.05, 0.05)),
    ],
    ids=["90/10 rare", "90/10", "50/50 rare", "90/10 lift", "small control"],
)
@pytest.mark.parametrize("relative", [False, True], ids=["difference", "ratio"])
def test_the_interval_holds_the_truth_as_often_as_it_says(
    treated: int, control: int, rates: tuple[float, float], relative: bool
) -> None:
    """In 95 of 100 cases and hardly more than 99, also where the control group has two buyers."""
    assert 0.945 <= exact_coverage(treated, control, rates, relative) <= 0.992


def test_difference_and_ratio_agree_about_zero() -> None:
    """One interval leaves out 0 exactly when the other does: there are no two verdicts."""
    random = np.random.default_rng(3)
    both = [counts((int(random.binomial(900, 0.05)), 900, int(random.binomial(200, 0.04)), 200)) for _ in range(150)]
    said = [(difference(each).leaves_out_zero, relative_difference(each).leaves_out_zero) for each in both]
    assert all(a == b for a, b in said)
    assert 0 < sum(a for a, _ in said) < 150


def test_an_ordinary_campaign_agrees_with_the_chi_squared_test() -> None:
    """Large even arms have no skewness: at the edge of the interval the usual test is at its edge, too."""
    found = difference(counts((600, 10_000, 500, 10_000)), quantile=1.959964)
    assert found.value == pytest.approx(0.01)
    low = found.low
    assert low is not None
    assert low == pytest.approx(0.01 - 1.96 * (0.06 * 0.94 / 10_000 + 0.05 * 0.95 / 10_000) ** 0.5, abs=2e-5)
    p_value = chi2_contingency([[600, 9_400], [500, 9_500]], correction=False).pvalue
    assert (p_value < 0.05) == found.leaves_out_zero


def test_strata_take_away_what_only_strata_explain() -> None:
    """Where a rich stratum is mostly treated, the plain difference is wrong and the stratified one is not."""
    rows = ((90, 900, 10, 100), (2, 100, 18, 900))
    assert difference(counts(*rows)).value == pytest.approx(0.0, abs=1e-12)
    plain = difference(counts((92, 1_000, 28, 1_000))).value
    assert plain == pytest.approx(0.064)


def test_a_stratum_without_control_counts_nothing() -> None:
    """Who cannot be compared is left out, and without anybody to compare nothing is known."""
    treated = np.array([True, True, False, True])
    stratum = np.array([0, 0, 0, 1])
    found = Counts.of(np.array([True, False, False, True]), treated, stratum)
    assert found.treated.tolist() == [1.0]
    alone = Counts.of(treated, treated, np.arange(4))
    assert difference(alone).value is None
    assert relative_difference(alone).value is None


def test_nobody_of_the_control_ordered() -> None:
    """There is a lower end for the ratio and no upper one, and the difference is a number."""
    found = counts((60, 1_000, 0, 100))
    ratio = relative_difference(found)
    assert ratio.value is None
    assert ratio.high is None
    assert ratio.low == pytest.approx(1.0886, abs=1e-3)
    assert difference(found).value == pytest.approx(0.06)


def test_nobody_at_all_ordered() -> None:
    """The difference may be anything small to both sides."""
    found = difference(counts((0, 1_000, 0, 100)))
    assert found.value == 0
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_a_rate_has_wilsons_interval() -> None:
    """The textbook example, and sharp ends where nobody or everybody did it."""
    assert share_of(10, 100).low == pytest.approx(0.0552, abs=1e-4)
    assert share_of(10, 100).high == pytest.approx(0.1744, abs=1e-4)
    assert share_of(0, 50).low == 0
    assert share_of(50, 50).high == 1
    assert share_of(0, 0).value is None
