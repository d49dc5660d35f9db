"""What the tests promise continuous integration: nothing is skipped, and real data is read where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

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

NO_POSTGRESQL = """
PostgresServer = object

def binaries():
    return None

def postgres_server():
    raise FileNotFoundError("PostgreSQL is not installed here")
"""
NO_SPARK = """
def has_spark():
    return False

def spark_session():
    raise FileNotFoundError("Spark is not installed here")
"""
BOTH = "def test_both(database_url):\n    assert database_url is None\n"


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
    # The project's own tests/postgres.py or tests/spark.py, where it has one, stands before Huitou's.
    found = os.pathsep.join([str(project), str(ROOT)])
    environment = {**os.environ, "CI": ci, "PYTHONPATH": found}
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


@pytest.mark.parametrize(("ci", "said"), [("", "1 passed, 1 deselected"), ("true", "1 passed, 1 error")])
def test_without_postgresql(project: Path, ci: str, said: str) -> None:
    """Tests for PostgreSQL are left out where it is not installed, and fail under continuous integration."""
    (project / "tests" / "postgres.py").write_text(NO_POSTGRESQL, encoding="utf-8")
    (project / "tests" / "test_both.py").write_text(BOTH, encoding="utf-8")
    assert said in run_tests(project, ci).stdout


@pytest.mark.parametrize(("ci", "said"), [("", "1 passed, 1 deselected"), ("true", "1 passed, 1 error")])
def test_without_spark(project: Path, ci: str, said: str) -> None:
    """Where there is no Spark, or no Java, its tests are left out, and under continuous integration they fail."""
    (project / "tests" / "spark.py").write_text(NO_SPARK, encoding="utf-8")
    tests = "def test_plain():\n    pass\n\ndef test_numbers(spark):\n    pass\n"
    (project / "tests" / "test_numbers.py").write_text(tests, encoding="utf-8")
    assert said in run_tests(project, ci).stdout


@pytest.mark.parametrize(("ci", "said"), [("", "1 passed, 1 deselected"), ("true", "1 passed, 1 error")])
def test_without_a_browser(project: Path, ci: str, said: str) -> None:
    """Where there is no Chromium its tests are left out, and under continuous integration they fail."""
    conftest = project / "tests" / "conftest.py"
    text = conftest.read_text(encoding="utf-8")
    conftest.write_text(text.replace('shutil.which("chromium")', "None"), encoding="utf-8")
    tests = "def test_plain():\n    pass\n\ndef test_page(chromium):\n    pass\n"
    (project / "tests" / "test_page.py").write_text(tests, encoding="utf-8")
    result = run_tests(project, ci)
    assert said in result.stdout
    assert ("this needs the program chromium" in result.stdout) == bool(ci)
