"""What lies ahead of each customer: the next order, orders and spend, and the cycles of what is bought again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from features.arrays import Floats
from features.behaviour import Behaviour
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.history import History
from features.progress import Said
from features.shop.anomalies import Anomalies
from training.customers.ahead.cycles import CycleLaw, CycleSums, cycle_sums, total_cycle_sums
from training.customers.ahead.persistence import PastMoments, fit_persistence, total_counted
from training.customers.ahead.timing import CustomerGaps, TimingLaw, customer_gaps
from training.customers.ahead.value import YEAR_DAYS, Value
from training.customers.fitting import MOST_ROWS, known_customers
from training.tables import CustomerTable

FILE = "outlook.json"


@dataclass(frozen=True)
class Outlook:
    """Timing, value and cycles of one shop."""

    timing: TimingLaw
    """When customers order next."""
    value: Value
    """How much they order and spend."""
    cycles: CycleLaw
    """When items and categories are bought again."""

    @classmethod
    def fit(
        cls,
        behaviour: Behaviour,
        as_of: datetime,
        horizon_days: int,
        tables: Sequence[CustomerTable],
        *,
        said: Said | None = None,
    ) -> Outlook:
        """Learn from what was known before ``as_of``; ``tables`` are those of ``training_tables``, or none.

        Of a large shop as many buckets of customers are read as training looks at. Raises :class:`HuitouError` when
        the tables have another horizon.
        """
        _check_horizons(tables, horizon_days)
        if said is not None:
            said("learning when customers order again, and how much")
        seen = _seen(behaviour, as_of, horizon_days)
        return cls(
            TimingLaw.fit(seen.gaps),
            Value.fit(
                tables,
                known_customers(behaviour, as_of),
                horizon_days,
                fit_persistence(seen.counted, seen.moments),
            ),
            CycleLaw.fit(seen.cycles, behaviour.catalogue(as_of)),
        )

    @property
    def horizon_days(self) -> int:
        """The horizon of the expected orders and spend."""
        return self.value.horizon_days

    @property
    def observed_days(self) -> float:
        """For so long customers were followed; orders of a year beyond it are extrapolated."""
        return max(found.observed_days for found in self.value.persistence.values())

    def columns(self, features: CustomerFeatures, gaps: CustomerGaps) -> dict[str, Floats]:
        """What is told of each customer, by name; all of shape ``(n_customers,)``.

        ``expected_orders_30d`` and ``expected_net_spend_30d`` with the horizon in the name, the same for ``365d``, and
        the columns of :class:`Timing`. ``gaps`` are those of the history that ``features`` were made of
        (:func:`customer_gaps`). Raises :class:`HuitouError` when they are not.
        """
        if len(features) != len(gaps):
            raise HuitouError(
                f"gaps must be of the customers of the features; got {len(gaps):,} and {len(features):,} customers. "
                "Make both from the same history.",
                field="gaps",
                value=len(gaps),
                allowed=len(features),
            )
        soon = self.value.expected(features)
        year = self.value.extended(soon, features, YEAR_DAYS)
        return {
            f"expected_orders_{self.horizon_days}d": soon.orders,
            f"expected_net_spend_{self.horizon_days}d": soon.net_spend,
            f"expected_orders_{YEAR_DAYS}d": year.orders,
            f"expected_net_spend_{YEAR_DAYS}d": year.net_spend,
            **vars(self.timing.timing(gaps)),
        }

    def save(self, folder: Path) -> None:
        """Write JSON below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.timing.save(folder)
        self.value.save(folder)
        said = {"horizon_days": self.horizon_days, "cycles": self.cycles.as_dict()}
        (folder / FILE).write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Outlook:
        """The outlook that :meth:`save` wrote; raises :class:`HuitouError` when it cannot be read."""
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(TimingLaw.load(folder), Value.load(folder), CycleLaw.from_dict(said["cycles"]))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise HuitouError(
                f"an outlook must be a folder as Huitou saved it; {folder} cannot be read ({error}). "
                "Restore the bundle, or train again.",
                code="broken_outlook",
                field="outlook",
                value=str(folder),
            ) from None


@dataclass(frozen=True)
class _Seen:
    """What one pass over the shop's customers gives."""

    gaps: CustomerGaps
    cycles: CycleSums
    moments: PastMoments
    counted: Floats


def _seen(behaviour: Behaviour, as_of: datetime, horizon_days: int) -> _Seen:
    first = behaviour.reader.extent(as_of).first
    history_days = 0.0 if first is None else (as_of - first).total_seconds() / 86_400
    moments = PastMoments.laid(history_days, horizon_days)
    catalogue = behaviour.catalogue(as_of)

    anomalies = Anomalies.before(behaviour, as_of, catalogue)

    def look(_: int, history: History) -> tuple[CustomerGaps, CycleSums, Floats]:
        # Of who is set aside, only what they say of items counts.
        gaps = customer_gaps(history).of(~anomalies.set_aside(history).flags)
        return gaps, cycle_sums(history), moments.counted(history)

    parts = []
    for part in behaviour.map_histories(look, as_of, catalogue):
        parts.append(part)
        if sum(len(gaps) for gaps, _, _ in parts) >= MOST_ROWS:
            break
    gaps, cycles, counted = zip(*parts, strict=True)
    return _Seen(CustomerGaps.joined(gaps), total_cycle_sums(cycles), moments, total_counted(counted))


def _check_horizons(tables: Sequence[CustomerTable], horizon_days: int) -> None:
    others = sorted({table.horizon_days for table in tables} - {horizon_days})
    if others:
        raise HuitouError(
            f"tables must have the horizon of the outlook, {horizon_days} days; got {others[0]} days. "
            "Make them with the same horizon.",
            field="horizon_days",
            value=others[0],
            allowed=horizon_days,
        )
