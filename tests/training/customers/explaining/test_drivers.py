"""Drivers: the concepts that move the predictions of each kind of people."""

from __future__ import annotations

import json

import numpy as np
import pytest

from training.charts.words import CONCEPT_NAMES
from training.customers.explaining.concepts import CONCEPTS
from training.customers.explaining.drivers import KindSample, concept_weights, drivers
from training.customers.propensity import Propensity
from training.tables import KINDS, CustomerTable, kind_codes, taken


@pytest.fixture(scope="module")
def propensity(everyone_tables: list[CustomerTable]) -> Propensity:
    """What serves the planted shop."""
    return Propensity.fit(everyone_tables)


def test_a_sample_holds_each_kind_up_to_its_share(everyone_tables: list[CustomerTable]) -> None:
    """Bucket by bucket each kind is filled by itself, so that many visitors do not leave out regulars."""
    features = everyone_tables[-1].features
    sample = KindSample(most_each=30)
    for rows in np.array_split(np.arange(len(features)), 5):
        sample.add(taken(features, rows))
    codes = kind_codes(features)
    for code, kind in enumerate(KINDS):
        found = sample.of(kind)
        assert found is not None
        assert len(found) == min(30, np.count_nonzero(codes == code))
        assert set(kind_codes(found).tolist()) == {code}
    both = sample.of("one_order", "repeat")
    assert both is not None
    assert set(kind_codes(both).tolist()) == {1, 2}


def test_silence_and_rhythm_drive_the_planted_shop(
    propensity: Propensity, everyone_tables: list[CustomerTable]
) -> None:
    """Regulars come in their own rhythm until they leave: what tells of it weighs more than the hour of the day."""
    sample = KindSample()
    sample.add(everyone_tables[-1].features)
    found = drivers(propensity, sample)
    assert list(found) == list(KINDS)
    rows = {row["concept"]: row for row in found["repeat"]["concepts"]}
    assert set(rows) == set(CONCEPTS)
    weights = [row["mean_log_odds"] for row in found["repeat"]["concepts"]]
    assert weights == sorted(weights, reverse=True)
    assert sum(row["share"] for row in rows.values()) == pytest.approx(1.0)
    timing = rows["silence"]["mean_log_odds"] + rows["rhythm"]["mean_log_odds"] + rows["orders"]["mean_log_odds"]
    assert timing > 5 * rows["hours"]["mean_log_odds"]
    json.dumps(found, allow_nan=False)


def test_weights_are_means_of_what_concepts_add(propensity: Propensity, everyone_tables: list[CustomerTable]) -> None:
    """For one customer they are the sizes of the contributions themselves."""
    one = taken(everyone_tables[-1].features, np.array([5]))
    added = propensity.concept_contributions(one)[0, :-1]
    assert concept_weights(propensity, one) == pytest.approx(np.abs(added))


def test_nobody_has_no_drivers(propensity: Propensity) -> None:
    """A kind of which nobody was seen is left out."""
    assert drivers(propensity, KindSample()) == {}
    assert KindSample().of("visitor") is None


def test_every_concept_has_a_name_in_both_languages() -> None:
    """What people read is never a raw name."""
    assert set(CONCEPT_NAMES) == set(CONCEPTS)
    assert all(english and chinese for english, chinese in CONCEPT_NAMES.values())
