"""The file that a command writes what it found to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from features.errors import HuitouError


def ending_of(out: Path, endings: Sequence[str], option: str = "out") -> str:
    """How the name of the file ends; raises :class:`HuitouError` where that is none of ``endings``."""
    ending = out.suffix.removeprefix(".").lower()
    if ending not in endings:
        allowed = [f".{each}" for each in endings]
        *others, last = allowed
        known = f"{', '.join(others)} or {last}" if others else last
        raise HuitouError(
            f"{option} must end with {known}; got {out.name}. Write for example --{option} {out.stem}{allowed[0]}.",
            field=option,
            value=str(out),
            allowed=allowed,
        )
    return ending
