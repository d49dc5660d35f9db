"""Training the uplift of a shop from its own campaigns: enough of them, the newest held out, the gate, the model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from features.behaviour import Behaviour
from features.progress import Said
from features.schema import FeatureSchema
from training.tables import KINDS, kind_codes
from training.uplift.campaign_members import randomised_campaigns
from training.uplift.campaign_table import CampaignTable, campaign_table
from training.uplift.held_out import HeldOut
from training.uplift.levelled import Levelled
from training.uplift.settings import UpliftSettings
from training.uplift.uplift import Uplift, UpliftModel
from training.uplift.words import gate_sentence, too_few_campaigns, too_little_before


def fit_uplift(
    behaviour: Behaviour,
    as_of: datetime,
    horizon_days: int,
    *,
    settings: UpliftSettings | None = None,
    said: Said | None = None,
) -> Uplift:
    """Learn from the campaigns with a control arm whose horizons ended before ``as_of``.

    Where there are too few, or what was learned does not surely rank the newest campaign better than lots do, there is
    no model, and the sentence says why.
    """
    settings = settings or UpliftSettings()
    controlled = randomised_campaigns(behaviour.contacts, as_of, horizon_days, behaviour.settings.timezone)
    large = [each for each in controlled if min(each.treated, each.control) >= settings.people_per_arm]
    large = large[-settings.most_campaigns :]
    if len(large) < settings.campaigns:
        return _too_few(len(large), len(controlled), horizon_days, settings, [])
    if said is not None:
        said(f"what {len(large)} campaigns changed")
    table = campaign_table(behaviour, large, horizon_days, settings.most_rows)
    told = [_told(table, place) for place in range(len(large))]
    kept = [place for place, campaign in enumerate(told) if _enough(campaign, settings)]
    if len(kept) < settings.campaigns:
        return _too_few(len(kept), len(controlled), horizon_days, settings, told)
    table = table.take(np.isin(table.campaign, kept))
    known, newest = table.before(kept[-1]), table.of(kept[-1])
    figures: dict[str, Any] = {"campaigns": told}
    if not _learnable(known, settings):
        return Uplift(horizon_days, None, too_little_before(large[kept[-1]].name), figures)
    if said is not None:
        said("choosing an uplift model")
    held_out = HeldOut.of(known, newest, settings.choice_repeats)
    why = gate_sentence(held_out.passed, held_out.campaign, len(newest), held_out.methods["model"].qini)
    model = fitted(table, held_out.choice.name, settings) if held_out.passed else None
    figures |= {"held_out": held_out.as_dict(), "rolling": [*_earlier(table, kept, settings), held_out.in_short()]}
    return Uplift(horizon_days, model, why, figures)


def _earlier(table: CampaignTable, kept: Sequence[int], settings: UpliftSettings) -> list[dict[str, Any]]:
    """How the campaigns just before the newest were ranked, each by what those before it taught; oldest first."""
    told = []
    for place in kept[1:-1][-settings.earlier_campaigns :]:
        known = table.before(place)
        if _learnable(known, settings):
            told.append(HeldOut.of(known, table.of(place), 1).in_short())
    return told


def fitted(table: CampaignTable, name: str, settings: UpliftSettings) -> UpliftModel:
    """A learner fitted on every campaign, for the kinds of people of whom both arms have enough."""
    levelled = Levelled.fit(name, table.features.values, table.orders)
    kind = kind_codes(table.features)
    seen = [np.bincount(kind[arm], minlength=len(KINDS)) for arm in (table.treated, ~table.treated)]
    enough = np.minimum(*seen) >= settings.people_per_kind
    return UpliftModel(
        levelled,
        FeatureSchema.of(table.features),
        tuple(kind for kind, there in zip(KINDS, enough, strict=True) if there),
    )


def _told(table: CampaignTable, place: int) -> dict[str, Any]:
    """One campaign in figures: whom it chose and what came of both arms."""
    part, campaign = table.of(place), table.campaigns[place]
    return {"campaign": campaign.name, "begins": campaign.begins.isoformat(), **_arms(part)}


def _arms(part: CampaignTable) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, arm in (("treated", part.treated), ("control", ~part.treated)):
        people = int(np.count_nonzero(arm))
        orders = int(np.count_nonzero(part.ordered & arm))
        spend = float(part.net_spend[arm].mean()) if people else None
        told |= {name: people, f"{name}_orders": orders, f"{name}_net_spend_per_head": spend}
    return told


def _enough(told: dict[str, Any], settings: UpliftSettings) -> bool:
    """Whether a campaign has enough people, counted once more among those who are looked at, and enough orders."""
    people = min(told["treated"], told["control"])
    return people >= settings.people_per_arm and told["treated_orders"] + told["control_orders"] >= settings.orders


def _learnable(known: CampaignTable, settings: UpliftSettings) -> bool:
    """Whether what is left without the newest campaign has enough people and both outcomes in both arms."""
    arms = [known.ordered[arm] for arm in (known.treated, ~known.treated)]
    return (
        all(len(arm) >= settings.people_per_arm and 0 < np.count_nonzero(arm) < len(arm) for arm in arms)
        and int(np.count_nonzero(known.ordered)) >= settings.orders
    )


def _too_few(
    enough: int, controlled: int, horizon_days: int, settings: UpliftSettings, told: Sequence[dict[str, Any]]
) -> Uplift:
    why = too_few_campaigns(enough, settings.campaigns, controlled - enough, settings.people_per_arm, settings.orders)
    return Uplift(horizon_days, None, why, {"campaigns": list(told)})
