"""The part of the lock that a running service needs: all of it, and no tool of developers."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.lock import read_pins
from scripts.runtime_lock import runtime_lock


def test_everything_that_runs_is_there(root: Path) -> None:
    """Whatever an installed library of the part asks for on this machine is in the part, too, with its hashes."""
    pins = {pin.name: pin for pin in read_pins(runtime_lock(root))}
    for name in pins:
        for asked in _asked(name):
            assert asked in pins, f"{name} asks for {asked}"
    assert all(pin.hashes for pin in pins.values())
    assert {"fastapi", "uvicorn", "uvloop", "psycopg", "psycopg-binary", "lightgbm"} <= set(pins)


def test_tools_stay_out(root: Path) -> None:
    """What only developers need is not installed where the service runs."""
    text = runtime_lock(root)
    assert not re.search(r"^(pytest|mypy|ruff|playwright|hypothesis|schemathesis|ipykernel|uv)==", text, re.MULTILINE)


def _asked(name: str) -> list[str]:
    """Libraries that an installed one asks for on this machine, without its extras."""
    try:
        said = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []  # for another system
    found = [Requirement(each) for each in said]
    return [
        canonicalize_name(each.name) for each in found if each.marker is None or each.marker.evaluate({"extra": ""})
    ]
