"""The shelf that the tests of arranging share."""

from __future__ import annotations

import pytest

from tests.serving.arranging.small_answers import ROWS
from tests.serving.arranging.small_shelf import Shelves, opened


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """Two pans are variants; a cup is bought again every thirty days; a new book and a new vase are little seen."""
    events = {"new book": 2, "new vase": 0, "gone": 1}
    return opened(tmp_path_factory.mktemp("shelf"), ROWS, cycles={"cup 0": 30.0}, repeats={"cup 0": 0.5}, events=events)
