"""The trained tier with what laws say as further features of its trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from tests.model_checks import ScorerChecks
from training.baselines import Predictor
from training.calibration import Calibration, log_odds
from training.customers.btyd.purchases import Purchases
from training.customers.explaining.concepts import CONCEPTS, concept_of
from training.customers.scorers.blend import BlendSettings
from training.customers.scorers.boosted import BoostedModel
from training.customers.scorers.linear import LinearModel
from training.customers.scorers.priors import LawPrior
from training.customers.scorers.stacked import STACKED, Stacked, stacked_tables
from training.tables import CustomerTable, taken

SETTINGS = BlendSettings()


def stacked(tables: Sequence[CustomerTable]) -> Stacked:
    """Fitted on ``tables``, with the laws of the newest."""
    horizon_days = tables[-1].horizon_days
    laws, told = stacked_tables(tables, tables[-1].features, horizon_days)
    trees = BoostedModel.fit(told, SETTINGS.boosted)
    return Stacked.of(laws, horizon_days, LinearModel.fit(tables, SETTINGS.linear_ridge), trees, tables)


@pytest.fixture(scope="module")
def model(tables: list[CustomerTable]) -> Stacked:
    """Fitted on the planted shop."""
    return stacked(tables)


class TestStacked(ScorerChecks):
    """A stacked model keeps the promises of every model."""

    def fit(self, tables: Sequence[CustomerTable]) -> Predictor:
        return stacked(tables)


def test_each_table_has_laws_of_its_own(tables: list[CustomerTable]) -> None:
    """What laws say of a table's customers comes from that table alone: later ones have seen its labels."""
    laws, told = stacked_tables(tables[-2:], tables[0].features, 20)
    for table, with_laws in zip(tables[-2:], told, strict=True):
        assert with_laws.features.names == (*table.features.names, *STACKED)
        np.testing.assert_array_equal(with_laws.ordered, table.ordered)
        for name, law in STACKED.items():
            own = LawPrior.fit(law, table.features, 20)
            np.testing.assert_allclose(with_laws.features.column(name), own.margin(table.features), rtol=1e-6)
    assert laws == tuple(LawPrior.fit(law, tables[0].features, 20).law for law in STACKED.values())


def test_a_law_that_degenerates_anywhere_leaves_it_out(tables: list[CustomerTable]) -> None:
    """Three customers at one cutoff, or known now, are too few for a law, and it is said."""
    few = tables[0].take(np.arange(3))
    with pytest.raises(HuitouError, match="BG/NBD must have a maximum likelihood fit; 3 customers"):
        stacked_tables([few, *tables[1:]], tables[-1].features, 20)
    with pytest.raises(HuitouError, match="BG/NBD must have a maximum likelihood fit; 3 customers"):
        stacked_tables(tables, few.features, 20)


def test_what_laws_add_is_told_as_rhythm(model: Stacked, tables: list[CustomerTable]) -> None:
    """Its columns have no name for people: their share stands with the mean purchase gap, in the same concept."""
    features = tables[-1].features
    purchases = Purchases.of(features)
    columns = [log_odds(law.order_probability(purchases, 20.0)) for law in model.laws]
    values = np.column_stack([features.values, *columns]).astype(np.float32)
    wide = replace(features, names=(*features.names, *STACKED), values=values)
    parts, gap = model.blend.contributions(wide), features.names.index("purchase_gap_mean_days")
    assert np.abs(parts[:, len(features.names) : -1]).max() > 0.01
    np.testing.assert_allclose(
        model.contributions(features)[:, gap], parts[:, gap] + parts[:, len(features.names) : -1].sum(axis=1)
    )
    assert {concept_of(name) for name in (*STACKED, "purchase_gap_mean_days")} == {"rhythm"} <= set(CONCEPTS)


def test_the_calibration_turns_around_the_mean_margin(model: Stacked, tables: list[CustomerTable]) -> None:
    """A slope pulls towards what is usual in training; margin and reasons stay."""
    margins = np.concatenate([model.margin(table.features) for table in tables])
    assert model.calibration.centre == pytest.approx(margins.mean())
    assert model.calibration == Calibration(centre=model.calibration.centre)
    features = tables[-1].features
    calm = model.calibrated(Calibration(0.5, model.calibration.centre))
    assert calm.order_probability(features).std() < model.order_probability(features).std()
    np.testing.assert_array_equal(calm.margin(features), model.margin(features))


def test_laws_are_saved_beside_the_blend(model: Stacked, tables: list[CustomerTable], tmp_path: Path) -> None:
    """Everything it tells is as before, alone and in the crowd."""
    model.save(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"blend.json", "trees.txt", "laws.json"}
    loaded, features = Stacked.load(tmp_path), tables[-1].features
    assert loaded.laws == model.laws
    np.testing.assert_array_equal(loaded.contributions(features), model.contributions(features))
    one = taken(features, np.array([5]))
    np.testing.assert_array_equal(loaded.margin(one), model.margin(features)[5:6])
