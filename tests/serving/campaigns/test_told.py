"""What is told of campaigns is JSON that says everything, and nothing that JSON cannot say."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from serving.campaigns.told import told_campaign, told_curve, told_effects, told_layers, told_selections
from serving.database.marketing.campaigns import NOT_YET
from tests.serving.database.marketing.test_campaigns import DAY, SPRING
from tests.serving.published_shop import NOW
from training.campaigns.daily_curve import daily_curve
from training.campaigns.effects import effects_of
from training.campaigns.layers import layer_effects
from training.campaigns.simulation import SimulatedCampaign


def test_a_campaign_as_json() -> None:
    """A list that is not made yet is null, and moments have their zone."""
    found = told_campaign(replace(SPRING, list_id=NOT_YET), NOW - DAY)
    assert found["list_id"] is None
    assert found["state"] == "planned"
    assert found["starts"] == "2025-03-01T12:00:00+00:00"
    assert found["pool"] == "spring"
    assert found["settings"] == {"cost_per_contact": 0.05}
    json.dumps(found, allow_nan=False)


def test_figures_as_json() -> None:
    """No NaN and no infinity, also where an arm is empty."""
    outcomes, day = SimulatedCampaign(people=300, layer_rates=(1.0, 1.0)).draw(np.random.default_rng(1))
    alone = outcomes.some(outcomes.treated)
    for part, days in ((outcomes, day), (alone, day[outcomes.treated])):
        told = {
            "effects": told_effects(effects_of(part, 10.0)),
            "curve": told_curve(daily_curve(part.treated, days, 14)),
            "layers": told_layers(layer_effects(part, part.stratum, ("active", "lost"))),
            "lists": told_selections(None),
        }
        assert json.loads(json.dumps(told, allow_nan=False)) == told
