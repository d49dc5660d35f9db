"""The locks: every library that Huitou installs, at one version, with its hashes.

``python -m scripts.lock make`` writes ``requirements.lock`` with uv, and ``requirements-spark.lock`` with what a
cluster needs beside it: Spark is half a gigabyte, so only who has a cluster installs it. More arguments go to uv,
for example ``--upgrade``. ``python -m scripts.lock check`` says, without a network, what is wrong with the locks.
Where packages come from is a matter of each machine, so they name no index and no host.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements.lock"
SPARK = "spark"
SPARK_LOCK = "requirements-spark.lock"
FINGERPRINT = "# fingerprint of the requirements in pyproject.toml: "
HEADER = "# Every library at one version, with hashes. Written by `make lock`; do not edit.\n"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
ENTRY = re.compile(r"^(?=[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^]]*\])?==)", re.MULTILINE)
ADDRESS = re.compile(r"://|^\s*-(?!-hash=)", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """One line of the lock."""

    name: str
    """Canonical name: lower case, parts joined by hyphens."""
    version: Version
    """The one version that may be installed."""
    hashes: int
    """How many files of that version are known by their hash."""


def make_lock(root: Path, uv_arguments: list[str]) -> None:
    """Write the locks of ``root``; versions already locked are kept unless uv is told ``--upgrade``."""
    extras = read_project(root)["project"].get("optional-dependencies", {})
    _make(root, LOCK, [f"--extra={name}" for name in extras if name != SPARK] + uv_arguments)
    if SPARK in extras:
        _make(root, SPARK_LOCK, [f"--extra={SPARK}", "--constraint", LOCK, *uv_arguments])
        _keep_new_pins(root)


def _make(root: Path, lock: str, uv_arguments: list[str]) -> None:
    new, old = root / f"{lock}.new", root / lock
    if old.is_file():
        new.write_text(old.read_text(encoding="utf-8"), encoding="utf-8")
    try:
        subprocess.run(uv_command(new.name, uv_arguments), cwd=root, check=True)
        body = new.read_text(encoding="utf-8")
        header = HEADER + FINGERPRINT + fingerprint(read_project(root)) + "\n"
        new.write_text(header + body, encoding="utf-8")
        os.replace(new, old)
    finally:
        new.unlink(missing_ok=True)


def _keep_new_pins(root: Path) -> None:
    """Leave out of the lock for Spark what the other lock has."""
    known = {pin.name for pin in read_pins((root / LOCK).read_text(encoding="utf-8"))}
    head, *pins = ENTRY.split((root / SPARK_LOCK).read_text(encoding="utf-8"))
    kept = [pin for pin in pins if read_pins(pin)[0].name not in known]
    (root / SPARK_LOCK).write_text(head + "".join(kept), encoding="utf-8")


def uv_command(output: str, uv_arguments: list[str]) -> list[str]:
    """What uv is asked: every platform, the same versions for every Python from 3.11 on."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "compile", "pyproject.toml", "--output-file", output, "--quiet"]
    same_everywhere = ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
    return [*command, *same_everywhere, "--generate-hashes", "--no-header", *uv_arguments]


def check_lock(root: Path) -> list[str]:
    """What is wrong with the locks of ``root``, one sentence each; nothing when they are up to date."""
    project = read_project(root)
    wanted = [(LOCK, direct_requirements(project))]
    if SPARK in project["project"].get("optional-dependencies", {}):
        wanted.append((SPARK_LOCK, spark_requirements(project)))
    return [offence for lock, requirements in wanted for offence in _check(root, lock, project, requirements)]


def _check(root: Path, lock: str, project: dict[str, Any], requirements: list[Requirement]) -> list[str]:
    if not (root / lock).is_file():
        return [f"{lock} is missing. Run: make lock"]
    text = (root / lock).read_text(encoding="utf-8")
    pins = read_pins(text)
    offences = [*stale(text, project), *addresses(text), *without_hash(pins), *unmet(requirements, pins)]
    return [f"{lock}{offence} Run: make lock" for offence in offences]


def stale(text: str, project: dict[str, Any]) -> list[str]:
    """An offence when pyproject.toml asks for other libraries than those the lock was made from."""
    if f"{FINGERPRINT}{fingerprint(project)}\n" in text:
        return []
    return [" was made from other requirements than those in pyproject.toml."]


def addresses(text: str) -> list[str]:
    """An offence for each line that names an index, a host or an option of pip."""
    numbered = enumerate(text.splitlines(), start=1)
    return [
        f":{number}: {line.strip()!r} names an index, a host or an option."
        for number, line in numbered
        if ADDRESS.search(line)
    ]


def without_hash(pins: list[Pin]) -> list[str]:
    """An offence for each pin that any file would satisfy."""
    return [f": {pin.name} {pin.version} has no hash." for pin in pins if not pin.hashes]


def unmet(requirements: list[Requirement], pins: list[Pin]) -> list[str]:
    """An offence for each requirement that no pin satisfies."""
    return [
        f": nothing satisfies {requirement}."
        for requirement in requirements
        if not any(satisfies(pin, requirement) for pin in pins)
    ]


def satisfies(pin: Pin, requirement: Requirement) -> bool:
    """Whether ``pin`` is the required library in an allowed version."""
    same = pin.name == canonicalize_name(requirement.name)
    return same and requirement.specifier.contains(pin.version, prereleases=True)


def read_pins(text: str) -> list[Pin]:
    """The pins of a lock, each with the number of hashes that follow it."""
    starts = [match for line in logical_lines(text) if (match := PIN.match(line))]
    return [
        Pin(canonicalize_name(found["name"]), Version(found["version"]), found.string.count("--hash=sha256:"))
        for found in starts
    ]


def logical_lines(text: str) -> list[str]:
    """Lines with their continuations joined, comments left out."""
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(kept).replace("\\\n", " ").splitlines()


def direct_requirements(project: dict[str, Any]) -> list[Requirement]:
    """What pyproject.toml asks for by name: libraries, extras but Spark, and what builds the package."""
    table = project["project"]
    extras = [names for extra, names in table.get("optional-dependencies", {}).items() if extra != SPARK]
    builders = project.get("build-system", {}).get("requires", [])
    named = [*table.get("dependencies", []), *(name for extra in extras for name in extra), *builders]
    return [Requirement(name) for name in named]


def spark_requirements(project: dict[str, Any]) -> list[Requirement]:
    """What pyproject.toml asks for by name where a cluster is used."""
    return [Requirement(name) for name in project["project"]["optional-dependencies"][SPARK]]


def fingerprint(project: dict[str, Any]) -> str:
    """SHA-256 of everything in pyproject.toml that decides which libraries are installed."""
    table = project["project"]
    decisive = {
        "requires-python": table.get("requires-python"),
        "dependencies": sorted(table.get("dependencies", [])),
        "extras": {name: sorted(names) for name, names in table.get("optional-dependencies", {}).items()},
        "build": sorted(project.get("build-system", {}).get("requires", [])),
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def read_project(root: Path) -> dict[str, Any]:
    """pyproject.toml of ``root``."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Run ``make`` or ``check``; returns the exit status."""
    if arguments[:1] == ["make"]:
        make_lock(ROOT, arguments[1:])
        print(f"{LOCK} and {SPARK_LOCK} written.")
        return 0
    if arguments == ["check"]:
        offences = check_lock(ROOT)
        print("\n".join(offences) or f"{LOCK} and {SPARK_LOCK} are up to date.")
        return 1 if offences else 0
    print("Say one of: python -m scripts.lock make [uv arguments], python -m scripts.lock check")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
