"""People whom a campaign wrote to within the label window, and ways of dealing with them when training.

What serves must say what happens if nobody writes: who is only safe because someone writes to them would otherwise
fall off the list. ``docs/decisions/0006-contacts.md`` tells why ``stand_ins`` is the way that serves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.baselines import Fit
from training.calibration import log_loss
from training.customers.measuring.binary_metrics import Tally
from training.customers.scorers.blend import Blend, BlendSettings
from training.customers.scorers.boosted import BoostedModel, BoostedSettings
from training.customers.scorers.linear import LinearModel
from training.customers.trial import enough, halves, tried
from training.tables import CustomerTable

SERVED = "stand_ins"
"""The way that serves."""

TREATED = "treated_in_label_window"
"""The column that the way ``feature`` adds when fitting."""

STRATUM_WIDTH = 0.5
"""People of one cutoff are compared with those whose log-odds of being written to differ by less than this."""

LEAST_TREATED = 100
"""With fewer people written to at all cutoffs together nobody's chance of it is told from another's."""

LEAST_STAND_INS = 10
"""Fewer people left alone do not stand in for those written to: who was written to then stays in as observed."""

LEAST_SHARE = 0.05
"""Nor does a smaller share of those who might have been written to: they were passed over for a reason."""


def for_training(tables: Sequence[CustomerTable], settings: BoostedSettings | None = None) -> list[CustomerTable]:
    """The tables as if nobody had been written to; without contacts they are as they came.

    Rows of people who were written to before they ordered are left out, and rows of people like them, who had not
    ordered by then either and were left alone, come more than once in their stead. Tables keep their length.
    """
    if not any(table.treated.any() for table in tables):
        return list(tables)
    return [table.take(rows) for table, rows in zip(tables, stand_ins(tables, settings), strict=True)]


def stand_ins(tables: Sequence[CustomerTable], settings: BoostedSettings | None = None) -> list[Ints]:
    """Positions of the rows that each table is to be trained on, rising, some more than once, see :func:`for_training`.

    Leaving out who was written to would not do: campaigns pass over those who have just ordered, so those left alone
    hold too many who order at once. Being written to ends what can be seen of a person, as in a survival analysis,
    and each row counts as one over its chance of having been left alone until its own order or the end of the window
    (Robins and Rotnitzky 1992): Kaplan and Meier's estimate within strata of like chance of being written to.
    """
    margins = _contact_margins(tables, settings or BoostedSettings())
    return [_drawn(_weights(table, margin)) for table, margin in zip(tables, margins, strict=True)]


def _contact_margins(tables: Sequence[CustomerTable], settings: BoostedSettings) -> list[Floats]:
    """Log-odds of being written to, each customer's from a model that has seen only the other half of the customers.

    All 0 where too few were written to.
    """
    margins: list[Floats] = [np.zeros(len(table)) for table in tables]
    if sum(np.count_nonzero(table.treated) for table in tables) < LEAST_TREATED:
        return margins
    written = [replace(table, order_count=table.treated.astype(np.int64)) for table in tables]
    sides = [halves(table.features.customer_ids) for table in tables]
    for half in (False, True):
        model = BoostedModel.fit(
            [table.take(side != half) for table, side in zip(written, sides, strict=True)], settings
        )
        for table, side, margin in zip(tables, sides, margins, strict=True):
            margin[side == half] = model.margin(table.take(side == half).features)
    return margins


def _weights(table: CustomerTable, margin: Floats) -> Floats:
    """How often each row counts, 0 where another stands in for it; shape ``(n,)``."""
    stratum = np.floor(margin / STRATUM_WIDTH)
    contact = np.where(table.treated, table.contact_days, np.inf)
    order = np.where(table.ordered, table.order_days, np.inf)
    weights = np.ones(len(table))
    for number in np.unique(stratum):
        rows = np.flatnonzero(stratum == number)
        weights[rows] = _left_alone_weights(contact[rows], order[rows])
    return weights


def _left_alone_weights(contact: Floats, order: Floats) -> Floats:
    """One over the chance of having been left alone until the order, for one stratum; 0 for who was written to.

    Days of the first contact and of the order, infinite where there was none; all shapes ``(n,)``.
    """
    days, hits = np.unique(contact[np.isfinite(contact)], return_counts=True)
    until = np.sort(np.minimum(contact, order))
    at_risk = len(until) - np.searchsorted(until, days, side="left")
    # From the day on which too few are left, being written to is taken as it is.
    few = at_risk - hits < np.maximum(LEAST_STAND_INS, LEAST_SHARE * at_risk)
    kept = int(np.argmax(np.append(few, True)))
    alone = np.cumprod(np.append(1.0, 1 - hits[:kept] / at_risk[:kept]))
    weights: Floats = 1 / alone[np.searchsorted(days[:kept], order, side="left")]
    weights[np.isin(contact, days[:kept])] = 0.0
    return weights


def _drawn(weights: Floats) -> Ints:
    """Positions drawn evenly by weight, about as many as they add up to: each comes its weight's times, up or down."""
    edges = np.cumsum(weights)
    count = round(edges[-1]) if len(edges) else 0
    return np.searchsorted(edges, (np.arange(count) + 0.5) * (edges[-1] / count)) if count else np.zeros(0, np.int64)


# ---- the ways beside each other


def treatment_report(tables: Sequence[CustomerTable], settings: BlendSettings | None = None) -> dict[str, Any] | None:
    """How each way does on the newest of ``tables``, oldest first; None when nobody was written to in a label window.

    Every way fits the trained tier on what was complete before the newest cutoff, and says the chance of an order if
    nobody writes (``ignored``: as people are usually written to). ``figures[way][rows]`` holds ``log_loss``,
    ``roc_auc`` and ``mean_chance`` on ``all`` rows, on the ``untreated`` and the ``treated``, and on the
    ``stand_ins``, the rows that make up for the treated: only these last say how right a way is about nobody writing.
    The untreated hold too many who order at once, and the treated did what they did after a message.
    ``order_rate`` is the share that ordered. Of the rows, ``contacted`` were written to, ``treated`` before they
    ordered, and ``as_observed`` of those nobody stands in for. With too little to fit on ``figures`` is empty. All
    values are plain JSON.
    """
    if not tables or not any(np.isfinite(table.contact_days).any() for table in tables):
        return None
    settings = settings or BlendSettings()
    newest = tables[-1]
    rows = stand_ins(tables, settings.boosted)
    parts = _parts(newest, rows[-1])
    trial = tried(tables, ways(settings)) if enough(tables) else None
    return {
        "way": SERVED,
        "cutoff": newest.cutoff.isoformat(),
        "horizon_days": newest.horizon_days,
        "embargoed": trial.embargoed if trial else None,
        "training": _counts(tables[:-1], rows[:-1]),
        "newest": _counts([newest], rows[-1:]),
        "order_rate": {name: _mean(newest.ordered[rows]) for name, rows in parts.items()},
        "figures": {
            way: {name: _figures(chance[rows], newest.ordered[rows]) for name, rows in parts.items()}
            for way, chance in (trial.chances.items() if trial else ())
        },
        "dropped": dict(trial.dropped) if trial else {},
    }


def ways(settings: BlendSettings) -> Mapping[str, Fit]:
    """Every way of dealing with contacts, as a fit of the trained tier."""
    return {
        "ignored": lambda tables: Blend.fit(_fittable(tables), settings),
        "untreated": lambda tables: Blend.fit(_fittable(_untreated(tables)), settings),
        "feature": lambda tables: WithoutTreatment.fit(tables, settings),
        "stand_ins": lambda tables: Blend.fit(_fittable(for_training(tables, settings.boosted)), settings),
    }


@dataclass(frozen=True)
class WithoutTreatment:
    """A blend that was told who was written to in the label window, and is asked what happens if nobody is."""

    blend: Blend
    """Its trees read one column more than others', ``TREATED``."""

    @classmethod
    def fit(cls, tables: Sequence[CustomerTable], settings: BlendSettings) -> WithoutTreatment:
        """The trees see the treatment; the regression, whose columns are fixed, learns from the untreated."""
        told = [replace(table, features=_told(table.features, table.treated)) for table in tables]
        linear = LinearModel.fit(_fittable(_untreated(tables)), settings.linear_ridge)
        return cls(Blend(linear, BoostedModel.fit(told, settings.boosted)))

    def order_probability(self, features: CustomerFeatures) -> Floats:
        """Chance of an order within the horizon if nobody writes, shape ``(n,)``."""
        return self.blend.order_probability(_told(features, np.zeros(len(features), dtype=bool)))


def _told(features: CustomerFeatures, treated: Flags) -> CustomerFeatures:
    values = np.column_stack([features.values, treated]).astype(np.float32)
    return CustomerFeatures(features.customer_ids, (*features.names, TREATED), values)


def _fittable(tables: Sequence[CustomerTable]) -> Sequence[CustomerTable]:
    """The tables; raises :class:`HuitouError` when nearly all of their rows, or hardly any, ordered."""
    if not enough(tables):
        raise HuitouError(
            "a way of dealing with contacts needs customers who ordered and customers who did not among those it fits "
            "on; nearly all did the same. It is left out."
        )
    return tables


def _untreated(tables: Sequence[CustomerTable]) -> list[CustomerTable]:
    return [table.take(~table.treated) for table in tables]


def _parts(table: CustomerTable, rows: Ints) -> dict[str, Ints]:
    """Positions of the rows that figures are told for."""
    return {
        "all": np.arange(len(table)),
        "untreated": np.flatnonzero(~table.treated),
        "treated": np.flatnonzero(table.treated),
        "stand_ins": rows,
    }


def _counts(tables: Sequence[CustomerTable], drawn: Sequence[Ints]) -> dict[str, int]:
    """How many rows there are, and how many of them were written to; see :func:`treatment_report`."""
    alone = [table.treated[np.unique(rows)] for table, rows in zip(tables, drawn, strict=True)]
    return {
        "customers": sum(map(len, tables)),
        "contacted": sum(int(np.isfinite(table.contact_days).sum()) for table in tables),
        "treated": sum(int(np.count_nonzero(table.treated)) for table in tables),
        "as_observed": sum(int(np.count_nonzero(flags)) for flags in alone),
    }


def _figures(chance: Floats, ordered: Flags) -> dict[str, float | None]:
    if not len(ordered):
        return {"log_loss": None, "roc_auc": None, "mean_chance": None}
    return {
        "log_loss": log_loss(chance, ordered),
        "roc_auc": _finite(float(Tally.of(chance, ordered).roc_auc()[0])),
        "mean_chance": float(chance.mean()),
    }


def _mean(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
