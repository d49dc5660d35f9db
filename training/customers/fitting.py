"""Training the propensity of a shop: from its events to what serves, with the reasons for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.history import History
from features.progress import Said
from features.shop.anomalies import Anomalies
from training.customers.propensity import Propensity, PropensitySettings
from training.customers.season import season
from training.customers.treatment import for_training
from training.cutoffs import CutoffSettings, training_cutoffs
from training.gate import Gate
from training.tables import CustomerTable, customer_table, joined, taken

MOST_ROWS = 300_000
"""Rows of all training tables together; more customers than that are sampled by bucket."""

KNOWN_CUSTOMERS = 10_000
"""So many customers as of now say enough about a shop's rhythm."""

CUTOFFS = CutoffSettings(history_share=0.5)
"""Half a horizon of history is enough: one more cutoff is worth more than its short look back."""


@dataclass(frozen=True)
class PropensityTraining:
    """The outcome of a training."""

    propensity: Propensity
    """What serves from now on."""
    tables: tuple[CustomerTable, ...]
    """The training tables, oldest first; none where the history is too short."""
    known: CustomerFeatures
    """A sample of the customers as of now."""

    @property
    def gate(self) -> Gate:
        """Why the model serves, or why the rules do."""
        return self.propensity.gate

    @property
    def cutoffs(self) -> tuple[datetime, ...]:
        """The training cutoffs, oldest first."""
        return tuple(table.cutoff for table in self.tables)


def fit_propensity(
    behaviour: Behaviour,
    as_of: datetime,
    horizon_days: int,
    *,
    settings: PropensitySettings | None = None,
    most_rows: int = MOST_ROWS,
    said: Said | None = None,
) -> PropensityTraining:
    """Train with what was known before ``as_of``; where there is too little, the rules answer."""
    tables = training_tables(behaviour, as_of, horizon_days, said, most_rows=most_rows)
    last_year = season(behaviour, as_of, horizon_days, [table.cutoff for table in tables], said)
    if said is not None:
        said(f"fitting who will order within {horizon_days} days")
    known = known_customers(behaviour, as_of)
    # What serves says what happens if nobody writes.
    untouched = for_training(tables)
    propensity = Propensity.fit(untouched, settings, known=known, horizon_days=horizon_days, season=last_year)
    return PropensityTraining(propensity, tuple(tables), known)


def training_tables(
    behaviour: Behaviour,
    as_of: datetime,
    horizon_days: int,
    said: Said | None = None,
    *,
    most_rows: int = MOST_ROWS,
) -> list[CustomerTable]:
    """Tables at rolling cutoffs, every label complete at ``as_of``, oldest first; those without customers left out."""
    first = behaviour.reader.extent(as_of).first
    cutoffs = training_cutoffs(first, as_of, horizon_days, behaviour.settings.timezone, CUTOFFS)
    tables = []
    for number, cutoff in enumerate(cutoffs, start=1):
        if said is not None:
            said(f"customers {number} of {len(cutoffs)}, known before {cutoff:%Y-%m-%d}")
        tables.append(customer_table(behaviour, cutoff, horizon_days, most_rows=most_rows // len(cutoffs)))
    return [table for table in tables if len(table)]


def known_customers(behaviour: Behaviour, as_of: datetime) -> CustomerFeatures:
    """Features as of now of some buckets of customers, an unbiased sample of the shop without who is set aside."""
    catalogue = behaviour.catalogue(as_of)
    anomalies = Anomalies.before(behaviour, as_of, catalogue)

    def known(_: int, history: History) -> CustomerFeatures:
        return taken(customer_features(history), ~anomalies.set_aside(history).flags)

    parts: list[CustomerFeatures] = []
    for part in behaviour.map_histories(known, as_of, catalogue):
        parts.append(part)
        if _size(parts) >= KNOWN_CUSTOMERS:
            break
    return joined(parts)


def _size(parts: Sequence[CustomerFeatures]) -> int:
    return sum(map(len, parts))
