"""What the tests of models share: training tables of a shop whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from features.behaviour import Behaviour
from tests.training.customers.planted import AS_OF, HORIZON_DAYS, planted_shop, planted_tables
from training.backtest import backtest
from training.backtest_plan import BacktestPlan
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


@dataclass(frozen=True)
class Backtested:
    """A backtest of a small planted shop at two cutoffs: before the first there was hardly anything to train on."""

    behaviour: Behaviour
    """The shop."""
    plan: BacktestPlan
    """Where it was looked at."""
    out: Path
    """The folder that was written."""
    report: dict[str, Any]
    """What was returned."""


@pytest.fixture(scope="session")
def backtested(tmp_path_factory: pytest.TempPathFactory) -> Backtested:
    """The same for all tests; whoever changes its report copies it first."""
    folder = tmp_path_factory.mktemp("backtested")
    behaviour = planted_shop(folder / "shop", customers=150)
    plan = BacktestPlan.at(behaviour, [AS_OF - timedelta(days=days) for days in (70, HORIZON_DAYS)], HORIZON_DAYS)
    report = backtest(behaviour, plan, folder / "out", progress=lambda *_: None)
    return Backtested(behaviour, plan, folder / "out", report)
