"""The lock is up to date, and the check of it notices when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.lock import FINGERPRINT, check_lock, fingerprint, read_pins, read_project

HASH = "--hash=sha256:" + "0" * 64
PROJECT = """
[build-system]
requires = ["setuptools>=80"]
[project]
name = "small-shop"
version = "1"
requires-python = ">=3.11"
dependencies = ["NumPy>=2"]
[project.optional-dependencies]
dev = ["pytest>=9"]
"""
PINS = f"""numpy==2.4.6 \\
    {HASH} \\
    {HASH}
    # via small-shop (pyproject.toml)
pytest==9.2.0 ; python_version >= '3.11' \\
    {HASH}
setuptools==84.2.1 \\
    {HASH}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with a lock that is up to date."""
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    write_lock(tmp_path, PINS)
    return tmp_path


def write_lock(project: Path, pins: str) -> None:
    header = f"{FINGERPRINT}{fingerprint(read_project(project))}\n"
    (project / "requirements.lock").write_text(header + pins, encoding="utf-8")


def test_huitous_lock_is_up_to_date(root: Path) -> None:
    """The lock fits pyproject.toml, has only hashed pins, and names no index."""
    assert check_lock(root) == []


def test_a_good_lock_passes(project: Path) -> None:
    """A lock with every requirement pinned and hashed has no offence."""
    assert check_lock(project) == []


def test_pins_are_read_with_their_hashes() -> None:
    """Names come in canonical form, versions whole, and the hashes of continued lines are counted."""
    pins = [(pin.name, str(pin.version), pin.hashes) for pin in read_pins("Types_Openpyxl==3.1.5 \\\n  " + HASH)]
    assert pins == [("types-openpyxl", "3.1.5", 1)]


def test_a_missing_lock_is_an_offence(project: Path) -> None:
    """Without a lock the check says how to make one."""
    (project / "requirements.lock").unlink()
    assert check_lock(project) == ["requirements.lock is missing. Run: make lock"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"NumPy>=2"', '"NumPy>=2", "pytest"'),
        ('"pytest>=9"', '"pytest>=8"'),
        ('">=3.11"', '">=3.12"'),
        ('"setuptools>=80"', '"setuptools>=81"'),
    ],
)
def test_a_changed_requirement_makes_the_lock_stale(project: Path, old: str, new: str) -> None:
    """Any change of what is required is noticed, although the old pins would still do."""
    (project / "pyproject.toml").write_text(PROJECT.replace(old, new), encoding="utf-8")
    assert check_lock(project) == [
        "requirements.lock was made from other requirements than those in pyproject.toml. Run: make lock"
    ]


def test_other_changes_of_the_project_leave_the_lock_fresh(project: Path) -> None:
    """A new version of the project itself asks for no new lock."""
    (project / "pyproject.toml").write_text(PROJECT.replace('version = "1"', 'version = "2"'), encoding="utf-8")
    assert check_lock(project) == []


def test_a_requirement_without_a_pin_is_named(project: Path) -> None:
    """A library that is required and not pinned is named."""
    write_lock(project, PINS.replace("pytest==", "pytest-xdist=="))
    assert check_lock(project) == ["requirements.lock: nothing satisfies pytest>=9. Run: make lock"]


def test_a_pin_that_is_too_old_is_named(project: Path) -> None:
    """A pin outside the allowed versions does not satisfy the requirement."""
    write_lock(project, PINS.replace("numpy==2.4.6", "numpy==1.26.4"))
    assert check_lock(project) == ["requirements.lock: nothing satisfies NumPy>=2. Run: make lock"]


def test_a_pin_without_a_hash_is_named(project: Path) -> None:
    """A pin that any file would satisfy is an offence."""
    write_lock(project, PINS + "rich==15.0.0\n")
    assert check_lock(project) == ["requirements.lock: rich 15.0.0 has no hash. Run: make lock"]


@pytest.mark.parametrize(
    "line",
    ["--index-url packages.example", "-i packages.example", "# from https://packages.example/simple", "-e ."],
)
def test_an_index_or_host_in_the_lock_is_named(project: Path, line: str) -> None:
    """Neither an option nor an address, not even in a comment, may stand in the lock."""
    write_lock(project, PINS + line + "\n")
    [offence] = check_lock(project)
    assert offence.startswith(f"requirements.lock:10: '{line}' names an index, a host or an option.")
