"""One registered bundle, as people see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

CHAMPION = "champion"
"""Alias of the version that serves."""
PREVIOUS = "previous"
"""Alias of the version that served before it."""
CHALLENGER = "challenger"
"""Alias of the newest version, as long as it is not the champion."""


@dataclass(frozen=True)
class Version:
    """One registered bundle."""

    number: int
    """Counted from 1."""
    created_at: datetime
    """When it was registered, in UTC."""
    aliases: tuple[str, ...]
    """Which of champion, previous and challenger it is, in the order of the alphabet."""
    tags: Mapping[str, str]
    """What was said about it; ``gate`` is passed or refused."""
    metrics: Mapping[str, float]
    """Figures of its run, by the names they were recorded under."""
    run_id: str
    """MLflow's name for the run that made it."""
