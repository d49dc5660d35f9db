"""The comparison that runs now, known to every worker without asking the database for each answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

from features.errors import HuitouError
from serving.database.answers.comparisons import Comparison, Comparisons
from serving.database.in_time import InTime

LOOK_EVERY_S = 0.5
"""A comparison that begins, changes or ends is noticed after at most so many seconds."""

PATIENCE_S = 0.25
"""So long an answer waits for the database; then the comparison stays as it was."""

_LOG = logging.getLogger("huitou.comparison")


class RunningComparison:
    """Tells which comparison runs; the database is asked twice a second at most."""

    def __init__(self, comparisons: Comparisons, seconds: Callable[[], float] = monotonic) -> None:
        """``seconds`` tells how much time has passed since some moment."""
        self._running = InTime(comparisons.running, PATIENCE_S)
        self._seconds = seconds
        self._found: Comparison | None = None
        self._look_at = float("-inf")

    def __call__(self) -> Comparison | None:
        """The comparison that runs, or None; what was known stays while the database does not answer."""
        now = self._seconds()
        if now >= self._look_at:
            # Set first: while one thread asks the others go on with what was known.
            self._look_at = now + LOOK_EVERY_S
            try:
                self._found = self._running()
            except HuitouError as error:
                _LOG.warning("the comparison stays as it was: %s", error.message)
        return self._found
