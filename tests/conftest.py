"""What all tests share: where the real data lies, and what continuous integration insists on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.postgres import PostgresServer, binaries, postgres_server
from tests.spark import has_spark, spark_session

CHROMIUM = shutil.which("chromium")
ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"

# Drawn examples are the same in every run, and a slow machine fails nothing.
settings.register_profile("huitou", deadline=None, derandomize=True)
settings.load_profile("huitou")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets, for measuring only; tests that use it are marked ``real_data``."""
    return REAL_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser; who asks for it is left out where there is none, and fails there under CI=true."""
    assert CHROMIUM is not None, "this needs the program chromium"
    return CHROMIUM


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A small Spark of this test process; who asks for it is left out where Spark or Java is not installed, and fails
    there under CI=true.
    """
    with spark_session() as session:
        yield session


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process; starting it takes two seconds, so only who needs it asks."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with Huitou's tables."""
    with postgresql_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """What ``HUITOU_DATABASE`` says; a test that takes it, or a fixture that does, runs once for each engine.

    Use it as ``open_database(shop, database_url)``: None is the SQLite file in the shop's folder, else it is a
    fresh PostgreSQL database. Dispose of the engine at the end. Where PostgreSQL is not installed these tests
    are left out, and under continuous integration they fail.
    """
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, without calling them skipped, tests that need what is not here: data, PostgreSQL, Spark, a browser."""
    out = [item for item in items if is_left_out(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not is_left_out(item)]


def is_left_out(item: pytest.Item) -> bool:
    """Whether a test needs what is not here; continuous integration must have the programs."""
    if reads_real_data(item) and not REAL_DATA.is_dir():
        return True
    missing = needs_postgresql(item) and binaries() is None
    missing |= "chromium" in getattr(item, "fixturenames", ()) and CHROMIUM is None
    missing |= "spark" in getattr(item, "fixturenames", ()) and not has_spark()
    return missing and os.environ.get("CI") != "true"


def needs_postgresql(item: pytest.Item) -> bool:
    """Whether a test is one for PostgreSQL."""
    callspec = getattr(item, "callspec", None)
    chosen = () if callspec is None else callspec.params.values()
    asked = {"postgresql_server", "postgresql_url"} & set(getattr(item, "fixturenames", ()))
    return any(isinstance(value, str) and value == "postgresql" for value in chosen) or bool(asked)


def reads_real_data(item: pytest.Item) -> bool:
    """Whether a test is marked ``real_data`` or takes the fixture of that name."""
    return bool(item.get_closest_marker("real_data")) or "real_data" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under continuous integration a test that is skipped, or expected to fail, has failed."""
    report = yield
    if report.skipped:
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself while it is read."""
    report = yield
    if report.skipped:
        refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skipped report into a failed one when ``CI=true``; elsewhere leave it."""
    if os.environ.get("CI") == "true":
        why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        vars(report).pop("wasxfail", None)  # with it the failure would not count
        report.longrepr = f"{report.nodeid} was skipped, and CI=true lets nothing be skipped: {why}"
