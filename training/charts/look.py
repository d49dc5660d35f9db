"""How every chart looks: sizes and colours, and what a chart function gives."""

from __future__ import annotations

import altair as alt

WIDTH, HEIGHT = 360, 260
"""Size of every chart, in pixels."""

AnyChart = alt.Chart | alt.LayerChart | alt.FacetChart
"""What a chart function gives: ``show``, ``to_dict`` and ``save`` work on all of them."""

BLUE, GREY, ORANGE = "#2f6690", "#8a8a8a", "#d1495b"
"""The model or what is good; what is usual or for comparison; what asks for attention."""

PALETTE = (BLUE, ORANGE, "#e0a13a", "#3d9970", "#7b5ea7", "#5f9ea0", "#b07d62", "#444444", GREY)
"""Colours of methods in the order in which they are told; the first is the model's."""

DASHES = [4, 4]
"""How a line for comparison is broken."""


def method_colors(names: list[str]) -> alt.Scale:
    """A colour for each method, the same in every chart that tells the same methods."""
    return alt.Scale(domain=names, range=[PALETTE[place % len(PALETTE)] for place in range(len(names))])
