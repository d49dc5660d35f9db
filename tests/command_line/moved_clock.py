"""The clock of the command line in tests: it stands still, and is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

import pytest


class MovedClock:
    """Tells the same moment until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The moment."""
        return self.moment

    def now(self, zone: tzinfo) -> datetime:
        """The moment in a time zone; as ``datetime.now``, which the command line asks."""
        return self.moment.astimezone(zone)

    def move(self, **by: float) -> None:
        """Go on by so many ``days``, ``hours`` and so on."""
        self.moment += timedelta(**by)


@contextmanager
def command_line_at(moment: datetime) -> Iterator[MovedClock]:
    """Commands that are run inside this process take ``moment`` for the present."""
    clock = MovedClock(moment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huitou.datetime", clock)
        yield clock
