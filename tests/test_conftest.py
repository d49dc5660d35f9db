"""What the tests promise continuous integration: nothing is skipped, and real data is read where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_plain():
    pass

@pytest.mark.real_data
def test_marked(real_data):
    assert (real_data / "events.txt").read_text() == "a view"

def test_unmarked(real_data):
    assert real_data.is_dir()
"""
SKIPS = {
    "test_inside.py": "import pytest\ndef test_a():\n    pytest.skip('no time')\n",
    "test_whole_file.py": "import pytest\npytest.importorskip('no_such_library', reason='no library')\n",
    "test_expected.py": "import pytest\n@pytest.mark.xfail\ndef test_a():\n    assert 0\n",
}


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """A project of its own with Huitou's conftest."""
    tests = tmp_path / "project" / "tests"
    tests.mkdir(parents=True)
    shutil.copy(root / "tests" / "conftest.py", tests)
    (tests.parent / "pytest.ini").write_text("[pytest]\nmarkers = real_data\n", encoding="utf-8")
    return tests.parent


def run_tests(project: Path, ci: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"]
    environment = {**os.environ, "CI": ci}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_real_data_tests_are_left_out_without_real_data(project: Path) -> None:
    """Without ../shared/data the tests that read it are deselected, which is not a skip."""
    (project / "tests" / "test_data.py").write_text(TESTS, encoding="utf-8")
    result = run_tests(project, ci="true")
    assert result.returncode == 0
    assert "1 passed, 2 deselected" in result.stdout


def test_real_data_tests_run_with_real_data(project: Path) -> None:
    """With ../shared/data beside the project all tests run and find it."""
    data = project.parent / "shared" / "data"
    data.mkdir(parents=True)
    (data / "events.txt").write_text("a view", encoding="utf-8")
    (project / "tests" / "test_data.py").write_text(TESTS, encoding="utf-8")
    assert "3 passed" in run_tests(project, ci="true").stdout


@pytest.mark.parametrize("name", SKIPS)
def test_a_skip_fails_under_continuous_integration(project: Path, name: str) -> None:
    """A test or file that skips itself, or is expected to fail, fails when CI=true and is named."""
    (project / "tests" / name).write_text(SKIPS[name], encoding="utf-8")
    result = run_tests(project, ci="true")
    assert result.returncode != 0
    assert f"tests/{name}" in result.stdout
    assert "was skipped, and CI=true lets nothing be skipped" in result.stdout


def test_a_skip_is_a_skip_elsewhere(project: Path) -> None:
    """At a desk a skip stays what it is."""
    (project / "tests" / "test_inside.py").write_text(SKIPS["test_inside.py"], encoding="utf-8")
    result = run_tests(project, ci="")
    assert result.returncode == 0
    assert "1 skipped" in result.stdout
