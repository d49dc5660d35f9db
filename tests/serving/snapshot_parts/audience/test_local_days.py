"""The shop's days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from serving.snapshot_parts.audience.local_days import local_days


@pytest.mark.parametrize(
    ("moment", "timezone", "day"),
    [
        (datetime(2025, 3, 1, 15, 59, 59, tzinfo=UTC), "Asia/Shanghai", date(2025, 3, 1)),
        (datetime(2025, 3, 1, 16, tzinfo=UTC), "Asia/Shanghai", date(2025, 3, 2)),
        (datetime(2025, 3, 30, 22, 30, tzinfo=UTC), "Europe/Berlin", date(2025, 3, 31)),
        (datetime(2025, 1, 30, 22, 30, tzinfo=UTC), "Europe/Berlin", date(2025, 1, 30)),
        (datetime(1969, 12, 31, 12, tzinfo=UTC), "UTC", date(1969, 12, 31)),
    ],
)
def test_days(moment: datetime, timezone: str, day: date) -> None:
    """Clocks that change and moments before 1970 included."""
    us = int(moment.timestamp() * 1e6)
    assert local_days(np.array([us]), timezone).tolist() == [(day - date(1970, 1, 1)).days]


def test_no_moments() -> None:
    """None are none."""
    assert len(local_days(np.zeros(0, dtype=np.int64), "UTC")) == 0
