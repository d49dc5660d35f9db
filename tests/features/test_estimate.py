"""Estimates: multiples and shifts, and whether 0 is possible."""

from __future__ import annotations

from features.estimate import Estimate


def test_a_negative_factor_swaps_the_ends() -> None:
    """The lower end stays the lower one."""
    assert Estimate(2.0, 1.0, 4.0).times(-3) == Estimate(-6.0, -12.0, -3.0)
    assert Estimate(2.0, 1.0, None).times(2) == Estimate(4.0, 2.0, None)


def test_shifted() -> None:
    """What is not known stays so."""
    assert Estimate(2.0, 1.0, None).plus(-1) == Estimate(1.0, 0.0, None)
    assert Estimate.unknown().plus(1) == Estimate.unknown()


def test_zero_is_left_out() -> None:
    """Only when both ends are known and on one side."""
    assert Estimate(2.0, 1.0, 3.0).leaves_out_zero
    assert Estimate(-2.0, -3.0, -1.0).leaves_out_zero
    assert not Estimate(2.0, -1.0, 3.0).leaves_out_zero
    assert not Estimate(2.0, 1.0, None).leaves_out_zero


def test_as_json() -> None:
    """Value, low and high."""
    assert Estimate(2.0, 1.0, None).as_dict() == {"value": 2.0, "low": 1.0, "high": None}
