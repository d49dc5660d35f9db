"""Layers: each with an interval wide enough for all of them, and a best guess."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.campaigns.layers import layer_effects
from training.campaigns.outcomes import Outcomes
from training.campaigns.simulation import SimulatedCampaign

NAMES = ("active", "lost", "new", "nobody")
CAMPAIGN = SimulatedCampaign(people=6_000, control_share=0.3, control_rate=0.05, layer_rates=(1.0, 1.0, 1.0))


def drawn(seed: int) -> Outcomes:
    return CAMPAIGN.draw(np.random.default_rng(seed))[0]


def test_all_layers_hold_together() -> None:
    """Of 200 campaigns without effect at least 92 % have no layer at all that seems to have one."""
    quiet = 0
    for seed in range(200):
        outcomes = drawn(seed)
        rows = layer_effects(outcomes, outcomes.stratum, NAMES).layers
        quiet += not any(row.absolute_lift.leaves_out_zero for row in rows)
    assert quiet / 200 >= 0.92


def test_the_rows_and_the_note() -> None:
    """One row for each layer that is there, with its people, and the note says how many were looked at."""
    outcomes = drawn(1)
    found = layer_effects(outcomes, outcomes.stratum, NAMES)
    assert [row.layer for row in found.layers] == ["active", "lost", "new"]
    assert sum(row.treated_people + row.control_people for row in found.layers) == 6_000
    assert found.note["en"] == (
        "There is no sign that the layers differ. The intervals are widened for looking at 3 at once; "
        "no verdict is given by layer."
    )
    assert "3层" in found.note["zh"]


def test_layers_that_differ_are_told() -> None:
    """One layer where everybody written to orders: the chance of that is nil, and it keeps its own lift."""
    outcomes = drawn(2)
    lucky = outcomes.treated & (outcomes.stratum == 1)
    found = layer_effects(replace(outcomes, converted=outcomes.converted | lucky), outcomes.stratum, NAMES)
    assert found.chance_alike is not None
    assert found.chance_alike < 1e-6
    assert found.note["en"].startswith("The layers differ more than by chance.")
    best = found.layers[1]
    assert best.shrunk_lift is not None
    assert best.shrunk_lift > 0.8
