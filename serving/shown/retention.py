"""Forgetting what was shown when it is older than the shop wants to keep it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown
from serving.shown.attribution import RESPONSE_DAYS

LOOK_EVERY = timedelta(hours=1)
"""How often old rows are looked for."""


class Retention:
    """Keeps answers for some days, and what followed from them for a week more."""

    def __init__(self, shown: Shown, responses: Responses, days: int, clock: Callable[[], datetime]) -> None:
        """``days`` is the setting ``shown_days`` of the shop."""
        self._shown = shown
        self._responses = responses
        self._days = days
        self._clock = clock
        self._due_at: datetime | None = None

    def step(self) -> int:
        """Forget what is too old, unless that was done within the hour; return how many answers went."""
        now = self._clock()
        if self._due_at is not None and now < self._due_at:
            return 0
        self._due_at = now + LOOK_EVERY
        self._responses.remove_before(now - timedelta(days=self._days + RESPONSE_DAYS))
        return self._shown.remove_before(now - timedelta(days=self._days))
