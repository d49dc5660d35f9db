"""The lock: every library that Huitou installs, at one version, with its hashes.

``python -m scripts.lock make`` writes ``requirements.lock`` with uv; more arguments go to uv, for example
``--upgrade``. ``python -m scripts.lock check`` says, without a network, what is wrong with the lock.
Where packages come from is a matter of each machine, so the lock names no index and no host.
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
FINGERPRINT = "# fingerprint of the requirements in pyproject.toml: "
HEADER = "# Every library at one version, with hashes. Written by `make lock`; do not edit.\n"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")
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
    """Write the lock of ``root``; versions already locked are kept unless uv is told ``--upgrade``."""
    new = root / "requirements.lock.new"
    old = root / LOCK
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


def uv_command(output: str, uv_arguments: list[str]) -> list[str]:
    """What uv is asked: all extras, every platform, the same versions for every Python from 3.11 on."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "compile", "pyproject.toml", "--output-file", output, "--all-extras", "--quiet"]
    same_everywhere = ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
    return [*command, *same_everywhere, "--generate-hashes", "--no-header", *uv_arguments]


def check_lock(root: Path) -> list[str]:
    """What is wrong with the lock of ``root``, one sentence each; nothing when it is up to date."""
    if not (root / LOCK).is_file():
        return [f"{LOCK} is missing. Run: make lock"]
    text = (root / LOCK).read_text(encoding="utf-8")
    project = read_project(root)
    pins = read_pins(text)
    return [
        *stale(text, project),
        *addresses(text),
        *without_hash(pins),
        *unmet(direct_requirements(project), pins),
    ]


def stale(text: str, project: dict[str, Any]) -> list[str]:
    """An offence when pyproject.toml asks for other libraries than those the lock was made from."""
    if f"{FINGERPRINT}{fingerprint(project)}\n" in text:
        return []
    return [f"{LOCK} was made from other requirements than those in pyproject.toml. Run: make lock"]


def addresses(text: str) -> list[str]:
    """An offence for each line that names an index, a host or an option of pip."""
    numbered = enumerate(text.splitlines(), start=1)
    return [
        f"{LOCK}:{number}: {line.strip()!r} names an index, a host or an option. Run: make lock"
        for number, line in numbered
        if ADDRESS.search(line)
    ]


def without_hash(pins: list[Pin]) -> list[str]:
    """An offence for each pin that any file would satisfy."""
    return [f"{LOCK}: {pin.name} {pin.version} has no hash. Run: make lock" for pin in pins if not pin.hashes]


def unmet(requirements: list[Requirement], pins: list[Pin]) -> list[str]:
    """An offence for each requirement that no pin satisfies."""
    return [
        f"{LOCK}: nothing satisfies {requirement}. Run: make lock"
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
    """What pyproject.toml asks for by name: libraries, extras, and what builds the package."""
    table = project["project"]
    extras = table.get("optional-dependencies", {}).values()
    builders = project.get("build-system", {}).get("requires", [])
    named = [*table.get("dependencies", []), *(name for extra in extras for name in extra), *builders]
    return [Requirement(name) for name in named]


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
        print(f"{LOCK} written.")
        return 0
    if arguments == ["check"]:
        offences = check_lock(ROOT)
        print("\n".join(offences) or f"{LOCK} is up to date.")
        return 1 if offences else 0
    print("Say one of: python -m scripts.lock make [uv arguments], python -m scripts.lock check")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
