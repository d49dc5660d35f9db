"""Colours of methods."""

from __future__ import annotations

from training.charts.look import BLUE, PALETTE, method_colors


def test_the_first_method_is_blue_and_many_have_colours() -> None:
    """What serves has the house's colour; with more methods than colours they come again."""
    names = [f"method {place}" for place in range(len(PALETTE) + 2)]
    scale = method_colors(names).to_dict()
    assert scale["domain"] == names
    assert scale["range"][0] == scale["range"][len(PALETTE)] == BLUE
