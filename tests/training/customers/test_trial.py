"""The trial of methods: nothing is judged on what it was fitted on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.events.event import bucket_of
from training.baselines import BaseRate, Predictor
from training.customers.trial import enough, halves, splits, tried
from training.tables import CustomerTable


class Memory:
    """Remembers who ordered, by cutoff and id; knows nothing of anyone else."""

    def __init__(self, tables: Sequence[CustomerTable]) -> None:
        self.known = {
            name: bool(did)
            for table in tables
            for name, did in zip(table.features.customer_ids.to_pylist(), table.ordered, strict=True)
        }

    def order_probability(self, features: CustomerFeatures) -> Floats:
        return np.array(
            [{True: 0.9, False: 0.1, None: 0.5}[self.known.get(name)] for name in features.customer_ids.to_pylist()]
        )


def test_methods_see_only_what_was_complete_before_the_newest(tables: list[CustomerTable]) -> None:
    """With enough history all labels behind a prediction ended before the newest cutoff."""
    [(fitted, rows)] = splits(tables)
    assert fitted
    assert all(table.label_end <= tables[-1].cutoff for table in fitted)
    assert rows.all()
    assert tried(tables, {"base": BaseRate.fit}).embargoed


@pytest.mark.parametrize("count", [1, 2])
def test_halves_of_customers_stand_in_for_an_embargo(tables: list[CustomerTable], count: int) -> None:
    """With one or two cutoffs each customer is predicted by those of the other half only."""
    trial = tried(tables[-count:], {"memory": Memory})
    assert not trial.embargoed
    assert set(trial.chances["memory"]) == {0.5}


def test_halves_do_not_follow_buckets() -> None:
    """Customers of one bucket fall into both halves, about equally."""
    names = [name for name in (f"customer-{number}" for number in range(20_000)) if bucket_of(name, 64) == 5]
    assert 0.4 < halves(pa.array(names)).mean() < 0.6


def test_a_method_that_cannot_be_fitted_is_dropped_with_its_reason(tables: list[CustomerTable]) -> None:
    """The others are tried all the same."""

    def failing(_: Sequence[CustomerTable]) -> Predictor:
        raise HuitouError("it must be fitted; it cannot.")

    trial = tried(tables, {"failing": failing, "base": BaseRate.fit})
    assert trial.dropped == {"failing": "it must be fitted; it cannot."}
    assert set(trial.log_losses) == {"base"}


def test_enough_means_both_kinds(tables: list[CustomerTable]) -> None:
    """Many who ordered do not make up for too few who did not."""
    ordered = tables[-1].take(tables[-1].ordered)
    assert enough(tables, 50)
    assert not enough([ordered], 1)
    assert not enough([], 1)
