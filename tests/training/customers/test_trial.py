"""The trial of methods: nothing is judged on what it was fitted on, and no season's luck counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.events.event import bucket_of
from training.baselines import BaseRate, Predictor
from training.calibration import log_loss, log_losses, log_odds, probability
from training.customers.trial import Trial, complete_before, enough, halves, splits, tried
from training.tables import CustomerTable, kind_codes


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


class Silence:
    """Tells each customer's own silence as a chance, so that a chance shows whose it is and of which cutoff."""

    def __init__(self, _: Sequence[CustomerTable]) -> None:
        """It needs nothing."""

    def order_probability(self, features: CustomerFeatures) -> Floats:
        return 1 / (1 + features.column("days_since_purchase").astype(np.float64))


def test_methods_see_only_what_was_complete_before_what_they_predict(tables: list[CustomerTable]) -> None:
    """With enough history all labels behind a prediction ended before its cutoff, at the earlier cutoff as well."""
    [(fitted, rows)] = splits(tables)
    assert fitted
    assert all(table.label_end <= tables[-1].cutoff for table in fitted)
    assert rows.all()
    seen: list[list[CustomerTable]] = []

    def watching(given: Sequence[CustomerTable], known: CustomerFeatures) -> Predictor:
        seen.append(list(given))
        (asked,) = (table for table in tables if table.features is known)
        assert all(table.label_end <= asked.cutoff for table in given)
        return BaseRate.fit(given)

    assert tried(tables, {}, {"watching": watching}).embargoed
    assert list(map(len, seen)) == [3, 1]


def test_laws_know_the_customers_of_the_cutoff_to_predict(tables: list[CustomerTable]) -> None:
    """Those of the newest for the newest, and of the earlier one for that: never order times from after it."""
    known: list[CustomerFeatures] = []

    def knowing(given: Sequence[CustomerTable], told: CustomerFeatures) -> Predictor:
        known.append(told)
        return BaseRate.fit(given)

    tried(tables, {}, {"knowing": knowing})
    assert [next(place for place, table in enumerate(tables) if table.features is told) for told in known] == [5, 3]


def test_two_seasons_are_tried(tables: list[CustomerTable]) -> None:
    """The newest cutoff and the first one that can be predicted under the embargo, each row with its own outcome."""
    trial = tried(tables, {"silence": Silence})
    first, second = tables[-1], tables[3]
    assert len(complete_before(tables[3], tables)) == 1
    assert trial.cutoff.tolist() == [0] * len(first) + [1] * len(second)
    assert trial.ordered.tolist() == [*first.ordered, *second.ordered]
    assert trial.kind.tolist() == [*kind_codes(first.features), *kind_codes(second.features)]
    told = np.concatenate([Silence([]).order_probability(table.features) for table in (first, second)])
    np.testing.assert_array_equal(trial.chances["silence"], told)
    ids = np.array(first.features.customer_ids.to_pylist() + second.features.customer_ids.to_pylist())
    names: dict[int, str] = dict(zip(trial.customer.tolist(), ids, strict=True))
    assert [names[number] for number in trial.customer.tolist()] == ids.tolist()
    assert len(names) == len(set(ids))


@pytest.mark.parametrize("count", [1, 2])
def test_halves_of_customers_stand_in_for_an_embargo(tables: list[CustomerTable], count: int) -> None:
    """With one or two cutoffs each customer is predicted by those of the other half only."""
    trial = tried(tables[-count:], {"memory": Memory})
    assert not trial.embargoed
    assert set(trial.chances["memory"]) == {0.5}


def test_halves_come_back_in_the_order_of_the_customers(tables: list[CustomerTable]) -> None:
    """Whoever looks at a trial beside the newest table finds each customer in the same place."""
    newest = tables[-1]
    assert len(set(halves(newest.features.customer_ids))) == 2
    trial = tried([newest], {"silence": Silence})
    np.testing.assert_array_equal(trial.chances["silence"], Silence([]).order_probability(newest.features))
    assert trial.ordered.tolist() == newest.ordered.tolist()
    assert set(trial.cutoff) == {0}


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
    assert trial.log_losses["base"] == log_loss(trial.chances["base"], trial.ordered)


def test_enough_means_both_kinds(tables: list[CustomerTable]) -> None:
    """Many who ordered do not make up for too few who did not."""
    ordered = tables[-1].take(tables[-1].ordered)
    assert enough(tables, 50)
    assert not enough([ordered], 1)
    assert not enough([], 1)


# ---- what is compared


def trial_of(margins: dict[str, Floats], ordered: Floats, customer: Floats | None = None) -> Trial:
    """A trial at two cutoffs, the first half of the rows at the newest."""
    count = len(ordered)
    return Trial(
        {name: probability(margin) for name, margin in margins.items()},
        ordered > 0,
        np.full(count, 2),
        (np.arange(count) >= count // 2).astype(np.int64),
        np.arange(count) if customer is None else customer.astype(np.int64),
        {},
        True,
    )


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(0, 10_000))
def test_the_level_of_a_season_is_no_merit(now: float, before: float, seed: int) -> None:
    """Methods that differ by a constant at each cutoff lose the same: how busy the season was is luck."""
    rng = np.random.default_rng(seed)
    margin, everyone = rng.normal(0, 1.5, 40), np.ones(40, dtype=bool)
    ordered = (rng.random(40) < 0.5).astype(np.float64)
    trial = trial_of({"one": margin, "other": margin + np.repeat([now, before], 20)}, ordered)
    np.testing.assert_allclose(trial.losses("one", everyone), trial.losses("other", everyone), atol=1e-9)
    assert trial.gain("one", "other", everyone) == pytest.approx((0, 0), abs=1e-9)


def test_losses_are_those_at_the_level_seen() -> None:
    """Worked out by hand: of three customers at each cutoff one ordered, and everyone has the same chance, 1.5 of 4."""
    trial = trial_of({"flat": np.zeros(6)}, np.array([1.0, 0, 0, 0, 1, 0]))
    np.testing.assert_allclose(
        trial.losses("flat", np.ones(6, dtype=bool)),
        log_losses(np.full(6, 1.5 / 4), np.array([True, False, False, False, True, False])),
    )
    some = np.array([True, True, False, False, False, False])
    np.testing.assert_allclose(trial.losses("flat", some), log_losses(np.full(2, 0.5), np.array([True, False])))
    np.testing.assert_array_equal(trial.chances["flat"], 0.5)


def test_the_error_of_a_gain_is_between_customers() -> None:
    """A customer at both cutoffs is one customer: twice the same rows make the mean no surer."""
    rng = np.random.default_rng(4)
    half, ordered = rng.normal(0, 1, 300), (rng.random(300) < 0.4).astype(np.float64)
    flat, twice = np.zeros(600), np.tile(half, 2)
    everyone = np.ones(600, dtype=bool)
    same = trial_of({"flat": flat, "told": twice}, np.tile(ordered, 2), np.tile(np.arange(300.0), 2))
    apart = replace(same, customer=np.arange(600))
    gain, error = same.gain("told", "flat", everyone)
    differences = same.losses("flat", everyone) - same.losses("told", everyone)
    assert gain == pytest.approx(differences.mean())
    assert error == pytest.approx(differences[:300].std() / np.sqrt(300))
    assert apart.gain("told", "flat", everyone)[1] == pytest.approx(error / np.sqrt(2))
    assert same.gain("flat", "told", everyone) == pytest.approx((-gain, error))


def test_a_better_ranking_is_a_gain() -> None:
    """Chances that follow who ordered lose less than one chance for all, however wrong their level."""
    rng = np.random.default_rng(5)
    truth = rng.normal(-1, 1.5, 2_000)
    ordered = (rng.random(2_000) < probability(truth)).astype(np.float64)
    trial = trial_of({"flat": np.zeros(2_000), "told": truth + 2.0}, ordered)
    gain, error = trial.gain("told", "flat", np.ones(2_000, dtype=bool))
    assert gain > 10 * error > 0
    assert np.isfinite(log_odds(trial.chances["told"])).all()
