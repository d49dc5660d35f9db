"""The days that results speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from features.errors import HuitouError
from serving.shown.period import EARLIEST, LATEST, Period, possible_moment

NOW = datetime(2025, 3, 31, tzinfo=UTC)


def test_four_weeks_until_now() -> None:
    """That is the period when nothing is said; a start or an end is taken as given."""
    assert Period.of(None, None, NOW) == Period(NOW - timedelta(days=28), NOW)
    day = datetime(2025, 2, 1, tzinfo=UTC)
    assert Period.of(day, None, NOW) == Period(day, NOW)
    assert Period.of(None, day, NOW) == Period(day - timedelta(days=28), day)


def test_what_is_settled() -> None:
    """After seven days nothing more follows; a period that is long over is settled as a whole."""
    period = Period(NOW - timedelta(days=28), NOW)
    assert period.settled_until(NOW) == NOW - timedelta(days=7)
    assert period.settled_until(NOW + timedelta(days=90)) == NOW
    assert Period(NOW - timedelta(days=2), NOW).settled_until(NOW) == NOW - timedelta(days=2)
    assert period.responses.end > NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (
            datetime(2025, 3, 1),  # noqa: DTZ001 - that is the mistake
            None,
            "from must have a time zone; got 2025-03-01T00:00:00. Write 2025-03-01T00:00:00Z for UTC.",
        ),
        (
            datetime.min.replace(tzinfo=UTC),
            None,
            "from must lie between 1970 and 2200; got 0001-01-01T00:00:00+00:00.",
        ),
        (
            NOW,
            datetime.max.replace(tzinfo=UTC),
            "until must lie between 1970 and 2200; got 9999-12-31T23:59:59.999999+00:00.",
        ),
        (NOW, NOW, "from must be before until; got 2025-03-31T00:00:00+00:00 and 2025-03-31T00:00:00+00:00."),
    ],
)
def test_what_is_no_period(start: datetime, end: datetime | None, message: str) -> None:
    """A moment without a zone, or a start that is not before the end."""
    with pytest.raises(HuitouError) as caught:
        Period.of(start, end, NOW)
    assert caught.value.message == message


def test_moments_that_no_shop_can_mean() -> None:
    """A moment is told in UTC; one at the ends of time, which UTC may not even have, is refused in words."""
    east = timezone(timedelta(hours=8))
    assert possible_moment("starts", datetime(2025, 3, 31, 8, tzinfo=east)) == NOW
    assert possible_moment("starts", EARLIEST) == EARLIEST
    for moment in (datetime.min.replace(tzinfo=east), LATEST, datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(HuitouError, match="^starts must lie between 1970 and 2200; got "):
            possible_moment("starts", moment)
