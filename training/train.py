"""One training: both models, the gate, and the version in the registry."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.progress import Said
from training.bundle import Bundle
from training.calibration import log_loss
from training.customers.ahead.outlook import Outlook
from training.customers.alike.alike import Alike
from training.customers.fitting import PropensityTraining, fit_propensity
from training.gate import Gate
from training.horizon import chosen_horizon_days, horizons_side_by_side, shop_horizon
from training.recommend.fitting import RecommenderTraining, fit_recommender
from training.registry import Registry
from training.tables import buyers
from training.uplift.fitting import fit_uplift
from training.uplift.uplift import Uplift

OTHER_ROWS = 60_000
"""Rows of the training tables of each horizon beside the main one."""

TOLERANCE = 0.02
"""How much worse than the champion's log loss a challenger's may be, as a share of it."""


@dataclass(frozen=True)
class TrainingOutcome:
    """What a training led to."""

    bundle: Bundle
    """The models, with their number in the registry."""
    gate: Gate
    """Whether they became the champion, and why."""
    log_losses: Mapping[str, float]
    """Log loss of the model and every baseline for buyers at the newest training cutoff; empty with too little data."""
    recommender: Mapping[str, float]
    """ndcg@10 of rule and ranker on the newest fold; empty with too little data."""


def train(
    behaviour: Behaviour,
    registry: Registry,
    bundles: Path,
    now: datetime,
    horizon_days: int | None,
    said: Said,
) -> TrainingOutcome:
    """Train on everything known, register the result, and make it the champion if the gate lets it pass.

    ``horizon_days`` is the shop's own (see :func:`training.horizon.chosen_horizon_days`) when it is None.
    """
    as_of = behaviour.reader.moment_after(now)
    said("looking at the shop's rhythm")
    rhythm = shop_horizon(behaviour, as_of)
    horizon = chosen_horizon_days(behaviour, as_of, horizon_days)
    propensity = fit_propensity(behaviour, as_of, horizon, said=said)
    others = [
        fit_propensity(behaviour, as_of, days, most_rows=OTHER_ROWS, said=said).propensity
        for days in horizons_side_by_side(horizon, rhythm.offered_days)
        if days != horizon
    ]
    outlook = Outlook.fit(behaviour, as_of, horizon, propensity.tables, said=said)
    recommender = fit_recommender(behaviour, as_of, horizon, said=said)
    before = readable_champion(registry, bundles)
    alike = Alike.fit(behaviour, as_of, None if before is None else before.alike, said=said)
    uplift = fit_uplift(behaviour, as_of, horizon, said=said)
    said("asking the gate")
    gate = bundle_gate(before, propensity, recommender)
    bundle = Bundle(
        propensity.propensity,
        recommender.recommender,
        outlook,
        as_of,
        behaviour.reader.version,
        others=tuple(others),
        alike=alike,
        uplift=uplift,
        notes=_notes(propensity, recommender) | {"shop_horizon": rhythm.as_dict()},
    )
    said("registering")
    registered = _registered(bundle, registry, bundles, gate, _metrics(propensity, recommender, uplift))
    return TrainingOutcome(registered, gate, _log_losses(propensity), recommender.figures)


def champion(registry: Registry, bundles: Path) -> Bundle:
    """The bundle that serves; raises :class:`HuitouError` when nothing has been trained."""
    found = champion_or_none(registry, bundles)
    if found is None:
        raise HuitouError("this shop has no champion yet. Train first: huitou train.", code="no_champion")
    return found


def numbered(registry: Registry, bundles: Path, number: int) -> Bundle:
    """The bundle of a version, whether it serves or not; raises :class:`HuitouError` when there is none."""
    found = {version.number: version for version in registry.versions()}
    if number not in found:
        raise HuitouError(
            f"version must be one of {', '.join(map(str, sorted(found))) or '(none is registered)'}; got {number}. "
            "See them with: huitou models list",
            code="no_version",
            field="version",
            value=number,
            allowed=sorted(found),
        )
    return Bundle.load(registry.fetch(found[number], bundles), number)


def champion_or_none(registry: Registry, bundles: Path) -> Bundle | None:
    """The bundle that serves, None when nothing has been trained."""
    version = registry.champion()
    return None if version is None else Bundle.load(registry.fetch(version, bundles), version.number)


def readable_champion(registry: Registry, bundles: Path) -> Bundle | None:
    """The bundle that serves; None when there is none, or when it was written by an older Huitou."""
    try:
        return champion_or_none(registry, bundles)
    except HuitouError as error:
        if error.code != "other_format":
            raise
        return None


def bundle_gate(before: Bundle | None, propensity: PropensityTraining, recommender: RecommenderTraining) -> Gate:
    """Whether a training may serve. Each of its parts already fell back to the rules where they were better."""
    parts = (*propensity.gate.reasons, *recommender.gate.reasons)
    own = _log_losses(propensity).get("served")
    why_not = _incomparable(before, propensity)
    if before is None or own is None or why_not is not None:
        return Gate(True, (f"{why_not or 'too little data to compare'}: the newest version serves", *parts))
    newest = propensity.tables[-1].take(buyers(propensity.tables[-1].features))
    theirs = log_loss(before.propensity.order_probability(newest.features), newest.ordered)
    passed = own <= theirs * (1 + TOLERANCE)
    sentence = (
        f"the log loss at the newest cutoff may exceed the champion's by at most {TOLERANCE:.0%}: {own:.4f} against "
        f"{theirs:.4f}: {'passed' if passed else 'the champion stays'}"
    )
    return Gate(passed, (sentence, *parts))


def _incomparable(before: Bundle | None, propensity: PropensityTraining) -> str | None:
    """Why the champion cannot be measured on the newest training cutoff, or None."""
    if before is None:
        return "there is no champion yet"
    if not propensity.tables:
        return "there is too little data to compare with the champion"
    if before.as_of > propensity.tables[-1].cutoff:
        return "the champion was itself trained on the newest labels and cannot be compared"
    if before.propensity.horizon_days != propensity.propensity.horizon_days:
        return "the champion looks another number of days ahead"
    if before.propensity.feature_names != propensity.propensity.feature_names:
        return "the champion knows other features"
    return None


def _log_losses(propensity: PropensityTraining) -> dict[str, float]:
    prefix = "log_loss_"
    figures = propensity.propensity.figures
    return {name.removeprefix(prefix): value for name, value in figures.items() if name.startswith(prefix)}


def _notes(propensity: PropensityTraining, recommender: RecommenderTraining) -> dict[str, object]:
    return {
        "propensity_cutoffs": [cutoff.isoformat() for cutoff in propensity.cutoffs],
        "recommender_cutoffs": [cutoff.isoformat() for cutoff in recommender.cutoffs],
        "propensity_gate": propensity.gate.as_dict(),
        "recommender_gate": recommender.gate.as_dict(),
    }


def _metrics(propensity: PropensityTraining, recommender: RecommenderTraining, uplift: Uplift) -> dict[str, float]:
    metrics = {f"propensity_{name}": value for name, value in propensity.propensity.figures.items()}
    log_loss_served = _log_losses(propensity).get("served")
    if log_loss_served is not None:
        metrics["churn_log_loss"] = log_loss_served
    metrics |= {f"recommender_{name}": value for name, value in recommender.figures.items()}
    if recommender.figures:
        tier = recommender.recommender.tier
        served = "rule" if tier == "rules" else tier
        metrics["next_items_ndcg@10"] = recommender.figures[f"{served}_ndcg_at_10"]
    return metrics | uplift.metrics()


def _registered(bundle: Bundle, registry: Registry, bundles: Path, gate: Gate, metrics: dict[str, float]) -> Bundle:
    work = bundles / "new"
    shutil.rmtree(work, ignore_errors=True)
    bundle.save(work)
    params = {
        "as_of": bundle.as_of.isoformat(),
        "event_version": bundle.event_version,
        "horizon_days": bundle.propensity.horizon_days,
        "horizons_days": ", ".join(map(str, bundle.horizons_days)),
        "half_life_days": bundle.recommender.settings.half_life_days,
    }
    tags = {"propensity_tier": bundle.propensity.tier, "recommender_tier": bundle.recommender.tier}
    tags |= {"uplift": "none" if bundle.uplift.model is None else bundle.uplift.model.name}
    tags |= {f"{kind}_method": method for kind, method in bundle.propensity.methods.items()}
    version = registry.record(work, params=params, metrics=metrics, tags=tags, gate=gate)
    shutil.rmtree(work, ignore_errors=True)
    return replace(bundle, version=version.number)
