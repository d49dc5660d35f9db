"""The formats that a list can be exported in, and what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from features.errors import HuitouError
from serving.lists.frozen.control_groups import CONTROL, TREATMENT

ALL = "all"
"""Both groups."""

GROUPS = (TREATMENT, CONTROL, ALL)
"""Which members an export may hold."""


@dataclass(frozen=True)
class Format:
    """One format."""

    media_type: str
    """What HTTP calls it."""
    ending: str
    """How the name of its file ends."""
    groups: str
    """Which members it holds where nobody says."""
    hashed: bool = False
    """Whether it holds nothing but hashes of addresses, for a platform that compares them with its own."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("text/csv; charset=utf-8", "csv", ALL),
        "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", ALL),
        "jsonl": Format("application/jsonl; charset=utf-8", "jsonl", ALL),
        # Who is left alone must not see an advertisement either.
        "google": Format("text/csv; charset=utf-8", "google.csv", TREATMENT, hashed=True),
        "meta": Format("text/csv; charset=utf-8", "meta.csv", TREATMENT, hashed=True),
    }
)
"""Every format by name."""


def format_called(name: str) -> Format:
    """The format of a name; raises :class:`HuitouError` when there is none."""
    if name not in FORMATS:
        raise HuitouError(
            f"format must be one of {', '.join(FORMATS)}; got {name!r}.",
            field="format",
            value=name,
            allowed=[*FORMATS],
        )
    return FORMATS[name]
