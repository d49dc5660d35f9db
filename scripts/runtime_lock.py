"""The part of the lock that a running service needs, without the tools of its developers.

``python -m scripts.runtime_lock`` prints it; the image of :file:`deploy/Dockerfile` installs it. Standard library
only: it runs where nothing is installed yet.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_BEGINS = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def runtime_lock(root: Path) -> str:
    """The pins of ``requirements.lock`` that the dependencies in ``pyproject.toml`` need, directly or not."""
    pins = dict(_pins((root / "requirements.lock").read_text(encoding="utf-8")))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [_name(requirement) for requirement in project["dependencies"]]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += [other for other, text in pins.items() if name in _asked_by(text)]
    return "".join(text for name, text in pins.items() if name in needed)


def _pins(text: str) -> Iterator[tuple[str, str]]:
    """Name and lines of each pin."""
    name, lines = "", list[str]()
    for line in text.splitlines(keepends=True):
        if found := _BEGINS.match(line):
            if name:
                yield name, "".join(lines)
            name, lines = _name(found[1]), []
        lines.append(line)
    if name:
        yield name, "".join(lines)


def _asked_by(pin: str) -> set[str]:
    """Who asks for a library, from the comment below its pin."""
    comment = pin.partition("# via")[2].replace("#", "\n")
    return {_name(line.strip()) for line in comment.splitlines() if line.strip()}


def _name(requirement: str) -> str:
    """The canonical name of a library at the beginning of a requirement."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


if __name__ == "__main__":
    sys.stdout.write(runtime_lock(ROOT))
