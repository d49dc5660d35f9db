"""Simulation settings: what cannot be simulated is refused in one line."""

from __future__ import annotations

from datetime import date

import pytest

from features.errors import HuitouError
from features.events.simulate import SimulationSettings


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("customers", 0, "1 to 9000000"),
        ("items", -1, "1 to 1000000"),
        ("days", 0, "1 to 10000"),
        ("seed", -1, "0 or more"),
        ("events_per_customer", 0, "above 0, up to 5000"),
        ("leaver_share", 1.5, "0 to 1"),
        ("timezone", "Mars/Base", "an IANA name such as Asia/Shanghai"),
        ("start", date(1970, 1, 1), "a day from 1990 to 2100"),
    ],
)
def test_wrong_settings_say_what_is_allowed(name: str, value: object, allowed: str) -> None:
    """A setting out of its range is refused in one line."""
    with pytest.raises(HuitouError) as refused:
        SimulationSettings(**{name: value})  # type: ignore[arg-type]
    expected = f"{name} of a simulated shop must be {allowed}; got {value}. Give it such a value."
    assert str(refused.value) == expected


def test_shares_fit_together() -> None:
    """Group shares that are more than everybody are refused."""
    with pytest.raises(HuitouError, match="visitor, one-order, promotion-only and bot shares are at most 1 together"):
        SimulationSettings(visitor_share=0.6, one_order_share=0.6)
