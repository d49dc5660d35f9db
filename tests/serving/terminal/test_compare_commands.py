"""Figures of a comparison in the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from features.estimate import Estimate
from serving.database.answers.comparisons import Comparison
from serving.terminal.compare_commands import figure, show_comparisons
from tests.serving.shown.small_memory import NOON, hours


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (Estimate(1234.567, -1, 0.25), "1235 (-1 to 0.25)"),
        (Estimate(0.5, None, None), "0.5"),
        (Estimate.unknown(), ""),
    ],
)
def test_a_figure_in_words(estimate: Estimate, said: str) -> None:
    """With its interval where there is one."""
    assert figure(estimate) == said


def test_comparisons_are_listed() -> None:
    """Each in a line, with what it compares and whether it runs."""
    page = StringIO()
    comparisons = [Comparison("new", "x", "y", 0.5, NOON), Comparison("old", "x", "y", 0.1, NOON, hours(1))]
    show_comparisons(Console(file=page, width=140), comparisons)
    lines = [line for line in page.getvalue().splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert cells == [
        ["new", "x", "y", "50%", "2025-03-01 12:00", "runs"],
        ["old", "x", "y", "10%", "2025-03-01 12:00", "2025-03-01 13:00"],
    ]
