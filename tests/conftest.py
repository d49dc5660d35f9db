"""What all tests share: where the real data lies, and what continuous integration insists on."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the real-data tests out, without calling them skipped, where there is no real data."""
    if REAL_DATA.is_dir():
        return
    out = [item for item in items if reads_real_data(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if not reads_real_data(item)]


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
