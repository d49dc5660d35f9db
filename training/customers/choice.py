"""Which method answers for each kind of people: the simplest, unless a richer one has shown to be better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.baselines import BASELINES, Predictor, each_fitted
from training.calibration import Calibration, log_loss, log_odds
from training.customers.methods import (
    BUYER_KINDS,
    BUYER_METHODS,
    TIERS,
    VISITOR_KINDS,
    VISITOR_METHODS,
    Material,
    Method,
    tier_of,
)
from training.customers.scorers.blend import Blend, BlendSettings
from training.customers.scorers.by_kind import ByKind, Scorer
from training.customers.scorers.priors import LawPrior, LogisticPrior
from training.customers.scorers.stacked import Stacked
from training.customers.season import Season
from training.customers.trial import KnowingFit, Trial, tried
from training.tables import KINDS, CustomerTable, buyers, kind_codes

NOISE = 0.5
"""A richer tier must be better by so many standard errors of the difference between customers."""

LEAST_IN_TRIAL = 50
"""With fewer customers of a kind at the newest cutoff nothing is tried: the rules answer."""


@dataclass(frozen=True)
class Choice:
    """What serves one kind of people, and why."""

    scorer: Scorer
    """What serves."""
    method: str
    """Its name in ``TIERS``."""
    reasons: tuple[str, ...]
    """One sentence for each step that decided."""

    @property
    def tier(self) -> str:
        """The tier of the method."""
        return tier_of(self.method)


@dataclass(frozen=True)
class Choices:
    """What serves, by kind of people, and the figures of the trials."""

    by_kind: Mapping[str, Choice]
    """By the names in ``KINDS``."""
    figures: Mapping[str, float]
    """``log_loss_{method}`` over all buyers, ``{kind}_log_loss_{method}`` for each kind, and numbers of rows."""


def choices(material: Material, visitors: Material, season: Season | None) -> Choices:
    """The choice for each kind: buyers from ``material``, people who have not ordered from ``visitors``."""
    found: dict[str, Choice] = {}
    figures: dict[str, float] = {}
    parts = ((material, BUYER_KINDS, BUYER_METHODS), (visitors, VISITOR_KINDS, VISITOR_METHODS))
    for each, kinds, methods in parts:
        trial = _trial(each, methods, baselines=kinds == BUYER_KINDS) if each.tables else None
        fitted = _Fitted(each, methods)
        picked = {kind: _climbed(kind, trial, fitted) for kind in kinds}
        figures |= _figures(kinds, each.tables, trial, {kind: method for kind, (method, _) in picked.items()})
        for kind, (method, reasons) in picked.items():
            found[kind] = Choice(_finished(fitted.of(method), kind, method, trial, season), method, reasons)
    return Choices({kind: found[kind] for kind in KINDS}, figures)


class _Fitted:
    """Methods fitted on everything, each once and only when it is wanted."""

    def __init__(self, material: Material, methods: Mapping[str, Method]) -> None:
        self.methods = methods
        self._material = material
        self._found: dict[str, ByKind] = {}

    def of(self, method: str) -> ByKind:
        """The method for all kinds; raises :class:`HuitouError` where it cannot be fitted."""
        if method not in self._found:
            self._found[method] = self.methods[method](self._material)
        return self._found[method]

    def fits(self, method: str) -> bool:
        """Whether it can be fitted: a law that stood its trial may degenerate on what is known today."""
        try:
            self.of(method)
        except HuitouError:
            return False
        return True


def fit_tiers(
    tables: Sequence[CustomerTable], known: CustomerFeatures, horizon_days: int, settings: BlendSettings | None = None
) -> tuple[dict[str, Predictor], dict[str, str]]:
    """Every method for buyers by name, fitted on its own without calibration; and why the others could not be.

    ``tables`` may hold visitors, who are left out.
    """
    bought = [part for part in (table.take(buyers(table.features)) for table in tables) if len(part)]
    material = Material(bought, known, horizon_days, settings or BlendSettings())
    if not bought:
        return {}, dict.fromkeys(BUYER_METHODS, "nobody had ordered at a training cutoff; it is left out.")
    return each_fitted(BUYER_METHODS, material)


def _trial(material: Material, methods: Mapping[str, Method], *, baselines: bool) -> Trial:
    """Every method on what came after what it was fitted on; laws know the order times before what they predict."""
    materials: dict[int, Material] = {}

    def fit(method: Method) -> KnowingFit:
        def fitted(tables: Sequence[CustomerTable], known: CustomerFeatures) -> ByKind:
            # Methods share what they are made of, so all get the same material for the same tables.
            return method(materials.setdefault(id(tables), replace(material, tables=tables, known=known)))

        return fitted

    others = {name: baseline for name, baseline in BASELINES.items() if name not in methods} if baselines else {}
    return tried(material.tables, others, {name: fit(method) for name, method in methods.items()})


def _climbed(kind: str, trial: Trial | None, fitted: _Fitted) -> tuple[str, tuple[str, ...]]:
    """The method that serves a kind, and a sentence for each tier: from the simplest up, while it pays."""
    title = kind.replace("_", "-")
    serving = next(name for name in fitted.methods if name in TIERS["rules"])
    rows = np.zeros(0, dtype=bool) if trial is None else trial.kind == KINDS.index(kind)
    count = int(np.count_nonzero(rows))
    if trial is None or count < LEAST_IN_TRIAL:
        return serving, (
            f"{title}: a trial needs {LEAST_IN_TRIAL} customers at a past cutoff; there are {count}: {serving} serves",
        )
    told = []
    for tier, names in list(TIERS.items())[1:]:
        losses = {name: trial.losses(name, rows).mean() for name in names if name in trial.chances}
        best = next((name for name in sorted(losses, key=losses.__getitem__) if fitted.fits(name)), None)
        if best is None:
            told.append(f"{title}: nothing of the tier {tier} can be fitted: {serving} serves")
            continue
        gain, error = trial.gain(best, serving, rows)
        pays = gain > NOISE * error
        told.append(
            f"{title}: {best} must beat {serving} in the trial by more than the noise ({count} rows, log loss at the "
            f"level seen): {losses[best]:.4f}, a gain of {gain:+.4f} with a standard error of {error:.4f}: "
            f"{best if pays else serving} serves"
        )
        serving = best if pays else serving
    return serving, tuple(told)


def _finished(fitted: ByKind, kind: str, method: str, trial: Trial | None, season: Season | None) -> Scorer:
    """The scorer of one kind, its line fitted on what the trial said of customers it had not seen."""
    scorer = fitted.scorers[kind]
    if trial is None or not isinstance(scorer, LawPrior | LogisticPrior | Blend | Stacked):
        return scorer
    rows = trial.kind == KINDS.index(kind)
    line = Calibration.fit(
        log_odds(trial.chances[method][rows]),
        trial.ordered[rows],
        scorer.calibration.centre,
        labelled=not isinstance(scorer, LawPrior),
    )
    if season is not None:
        line = replace(line, shift=line.shift + season.shift(fitted, kind))
    return scorer.calibrated(line)


def _figures(
    kinds: Sequence[str], tables: Sequence[CustomerTable], trial: Trial | None, picked: Mapping[str, str]
) -> dict[str, float]:
    told: dict[str, float] = {}
    for kind in kinds:
        own = [table.take(kind_codes(table.features) == KINDS.index(kind)) for table in tables]
        told |= {
            f"{kind}_rows": float(sum(map(len, own))),
            f"{kind}_ordered": float(sum(int(np.count_nonzero(table.ordered)) for table in own)),
        }
    if trial is None:
        return told
    served = np.full(len(trial.ordered), np.nan)
    for kind in kinds:
        rows = trial.kind == KINDS.index(kind)
        served[rows] = trial.chances[picked[kind]][rows]
        if rows.any():
            told |= {f"{kind}_log_loss_{name}": float(trial.losses(name, rows).mean()) for name in trial.chances}
    if kinds == BUYER_KINDS:
        newest = trial.cutoff == 0
        chances = {**trial.chances, "served": served}
        told |= {
            f"log_loss_{name}": log_loss(chance[newest], trial.ordered[newest]) for name, chance in chances.items()
        }
        told["rows_in_trial"] = float(len(served))
    return told
