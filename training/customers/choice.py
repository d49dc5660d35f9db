"""Which tier answers: rules until there is enough to train on and the model wins its trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.customers import CustomerFeatures
from training.baselines import BASELINES, Fit
from training.calibration import Calibration, log_odds
from training.customers.blend import Blend, BlendSettings
from training.customers.rules import ChurnRule, VisitorRate
from training.customers.trial import Trial, enough, tried
from training.tables import CustomerTable

MODEL = "model"
"""The trained tier's name among the methods of a trial."""


@dataclass(frozen=True)
class Choice:
    """What serves one kind of people, and why."""

    scorer: Blend | ChurnRule | VisitorRate
    """What serves."""
    passed: bool
    """Whether the model serves and is not much worse than any baseline."""
    reasons: tuple[str, ...]
    """One sentence for each rule that decided."""
    figures: dict[str, float]
    """Log loss of each method in the trial, and numbers of rows."""


def buyer_choice(
    tables: Sequence[CustomerTable],
    known: CustomerFeatures,
    horizon_days: int,
    settings: BlendSettings,
    least: int,
    tolerance: float,
) -> Choice:
    """The model where it beats the rule that would serve instead; rows of ``tables`` are buyers."""
    rule = ChurnRule.fit(tables, known, horizon_days)
    figures = _sizes(tables)
    if not enough(tables, least):
        return Choice(rule, False, (_too_few("buyers", tables, least),), figures)
    trial = tried(tables, {MODEL: lambda fitted: Blend.fit(fitted, settings), **BASELINES})
    losses = trial.log_losses
    figures |= {f"log_loss_{name}": loss for name, loss in losses.items()}
    best = min((name for name in losses if name != MODEL), key=losses.__getitem__)
    near = losses[MODEL] <= losses[best] * (1 + tolerance)
    serves = losses[MODEL] <= losses["rule"]
    against_rule = (
        f"for buyers the model's log loss at the newest training cutoff ({len(trial.ordered)} customers) must not "
        f"exceed the rule's: {losses[MODEL]:.4f} against {losses['rule']:.4f}: "
        f"{'the model serves' if serves else 'the rule serves'}"
    )
    against_best = (
        f"for buyers it may exceed the best baseline's ({best}) by at most {tolerance:.0%}: {losses[MODEL]:.4f} "
        f"against {losses[best]:.4f}: {'met' if near else 'not met'}"
    )
    scorer = _trained(tables, trial, settings) if serves else rule
    return Choice(scorer, serves and near, (against_rule, against_best), figures)


def visitor_choice(tables: Sequence[CustomerTable], settings: BlendSettings, least: int) -> Choice:
    """The model where it beats one rate for all; rows of ``tables`` are visitors."""
    rate = VisitorRate.fit(tables)
    figures = _sizes(tables)
    if not enough(tables, least):
        return Choice(rate, False, (_too_few("visitors", tables, least),), figures)
    methods: dict[str, Fit] = {MODEL: lambda fitted: Blend.fit(fitted, settings), "rate": VisitorRate.fit}
    trial = tried(tables, methods)
    losses = trial.log_losses
    figures |= {f"log_loss_{name}": loss for name, loss in losses.items()}
    serves = losses[MODEL] < losses["rate"]
    reason = (
        f"for visitors the model's log loss must be below that of one rate for all: {losses[MODEL]:.4f} against "
        f"{losses['rate']:.4f}: {'the model serves' if serves else 'the rate serves'}"
    )
    return Choice(_trained(tables, trial, settings) if serves else rate, serves, (reason,), figures)


def _trained(tables: Sequence[CustomerTable], trial: Trial, settings: BlendSettings) -> Blend:
    """The blend on all tables, calibrated on what the trial's blend said of customers it had not seen."""
    blend = Blend.fit(tables, settings)
    margin = log_odds(trial.chances[MODEL])
    return replace(blend, calibration=Calibration.fit(margin, trial.ordered, blend.calibration.centre))


def _sizes(tables: Sequence[CustomerTable]) -> dict[str, float]:
    return {
        "rows": float(sum(map(len, tables))),
        "ordered": float(sum(int(np.count_nonzero(table.ordered)) for table in tables)),
        "cutoffs": float(len(tables)),
    }


def _too_few(people: str, tables: Sequence[CustomerTable], least: int) -> str:
    sizes = _sizes(tables)
    return (
        f"for {people} at least {least} rows that ordered and {least} that did not are needed; there are "
        f"{sizes['ordered']:.0f} and {sizes['rows'] - sizes['ordered']:.0f}: the rule serves"
    )
