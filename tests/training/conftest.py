"""What the tests of models share: training tables of a shop whose truth is known."""

from __future__ import annotations

import pytest

from tests.training.customers.planted import planted_tables
from training.baselines import Predictor
from training.tables import CustomerTable, buyers


@pytest.fixture(scope="session")
def everyone_tables(tmp_path_factory: pytest.TempPathFactory) -> list[CustomerTable]:
    """Buyers and visitors of the planted shop at several cutoffs, oldest first."""
    return planted_tables(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="session")
def tables(everyone_tables: list[CustomerTable]) -> list[CustomerTable]:
    """The buyers among them."""
    return [table.take(buyers(table.features)) for table in everyone_tables]


@pytest.fixture(scope="class")
def fitted(request: pytest.FixtureRequest, tables: list[CustomerTable]) -> Predictor:
    """What the checks of one class look at, fitted once."""
    checks = request.cls()
    model: Predictor = checks.fit(tables)
    return model
