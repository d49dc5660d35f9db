"""The effect of a campaign in each layer of customers, told so that the luckiest layer is not believed too soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Ints
from features.estimate import CONFIDENCE, Estimate
from training.campaigns.heterogeneity import heterogeneity
from training.campaigns.outcomes import Outcomes, compared_strata
from training.campaigns.proportions import Counts, difference, quantile_of

DIFFER_BELOW = 0.05
"""Below this chance it is said that the layers differ."""


@dataclass(frozen=True)
class LayerEffect:
    """One layer."""

    layer: str
    """Its name."""
    treated_people: int
    """How many of it were to be written to."""
    control_people: int
    """How many of it were left alone."""
    absolute_lift: Estimate
    """Conversion of the treated less that of the control. The intervals of all layers hold together in 95 of 100
    cases: each is wider than one alone would be."""
    shrunk_lift: float | None
    """The same drawn towards the mean of all layers, the more the less is known of this one: the best guess."""


@dataclass(frozen=True)
class LayerEffects:
    """All layers of a campaign."""

    layers: tuple[LayerEffect, ...]
    """One for each layer, in the order of their codes."""
    chance_alike: float | None
    """The chance of layers at least as different when the campaign does the same in all; None for fewer than two."""

    @property
    def note(self) -> Mapping[str, str]:
        """What must be known before layers are compared, by language."""
        count = len(self.layers)
        if self.chance_alike is not None and self.chance_alike < DIFFER_BELOW:
            found = ("The layers differ more than by chance.", "各层差异超出偶然。")
        else:
            found = ("There is no sign that the layers differ.", "没有迹象表明各层效果不同。")
        return {
            "en": f"{found[0]} The intervals are widened for looking at {count} at once; no verdict is given by layer.",
            "zh": f"{found[1]}区间已按同时查看{count}层放宽；不按层下结论。",
        }


def layer_effects(outcomes: Outcomes, layer: Ints, names: Sequence[str]) -> LayerEffects:
    """The effect in each layer; ``layer`` says which of ``names`` each person is in, shape ``(n_people,)``."""
    present = np.unique(layer).tolist()
    quantile = quantile_of((1 - CONFIDENCE) / max(len(present), 1))
    parts = {code: outcomes.some(layer == code) for code in present}
    lifts = {code: _lift(part, quantile) for code, part in parts.items()}
    spread = heterogeneity(list(lifts.values()), quantile)
    rows = tuple(
        LayerEffect(names[code], part.treated_people, part.control_people, lifts[code], shrunk)
        for (code, part), shrunk in zip(parts.items(), spread.shrunk, strict=True)
    )
    return LayerEffects(rows, spread.chance)


def _lift(outcomes: Outcomes, quantile: float) -> Estimate:
    strata = compared_strata(outcomes.treated, outcomes.stratum)
    return difference(Counts.of(outcomes.converted, outcomes.treated, strata), quantile)
