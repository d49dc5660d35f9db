"""The contract between training and serving."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from features.errors import HuitouError
from features.schema import FeatureColumn, FeatureSchema
from tests.small_shop import features, moment, random_events

CUTOFF = moment("2025-02-01T00:00Z")


def schema(*names: str) -> FeatureSchema:
    return FeatureSchema.observed(names, np.zeros((1, len(names)), dtype=np.float32))


def refusal(trained: FeatureSchema, *given: str) -> str:
    with pytest.raises(HuitouError) as caught:
        trained.check(given)
    return str(caught.value)


def test_a_changed_column_is_told_as_a_diff() -> None:
    """Names that differ are refused with what went and what came, and with the way out that was given."""
    trained = schema("view_count_7d", "cart_count_7d")
    with pytest.raises(HuitouError) as caught:
        trained.check(["view_count_14d", "cart_count_7d"], hint="Retrain, or serve bundle 14.")
    assert str(caught.value) == (
        "This bundle was trained with other features:  - view_count_7d  + view_count_14d.  Retrain, or serve bundle 14."
    )
    assert (caught.value.code, caught.value.hint) == ("other_features", "Retrain, or serve bundle 14.")


@pytest.mark.parametrize(
    ("given", "diff"),
    [
        (["a", "b"], "- c"),
        (["a", "b", "c", "d"], "+ d"),
        (["a", "c", "b"], "~ c at 1  ~ b at 2"),
        (["a", "b", "c", "b"], "+ b again"),
        ([], "- a  - b  - c"),
        (["d", "e"], "- a  - b  - c  + d  + e"),
    ],
)
def test_every_difference_is_told(given: list[str], diff: str) -> None:
    """Columns taken away, added, repeated or moved are each named."""
    assert refusal(schema("a", "b", "c"), *given) == (
        f"This bundle was trained with other features:  {diff}.  Retrain."
    )


def test_the_same_columns_pass() -> None:
    """The trained names in their order are accepted."""
    found = features(random_events(1, 200), CUTOFF)
    FeatureSchema.of(found).check(found.names)
    schema().check([])


def test_ranges_and_missing_shares_are_observed() -> None:
    """The least, the greatest and the share of missing values of each column, also when all are missing."""
    values = np.array([[1, np.nan, np.nan], [3, 7, np.nan], [2, np.nan, np.nan], [2, np.nan, np.nan]])
    assert FeatureSchema.observed(["a", "b", "c"], values).columns == (
        FeatureColumn("a", "float32", 1.0, 3.0, 0.0),
        FeatureColumn("b", "float32", 7.0, 7.0, 0.75),
        FeatureColumn("c", "float32", None, None, 1.0),
    )
    assert FeatureSchema.observed(["a"], np.zeros((0, 1))).columns == (FeatureColumn("a", "float32", None, None, 0.0),)


def test_the_fingerprint_is_of_names_and_types() -> None:
    """Other values keep the fingerprint; another name, order or number of columns changes it."""
    one, other = (FeatureSchema.of(features(random_events(seed, 200), CUTOFF)) for seed in (1, 2))
    assert one.columns != other.columns
    assert one.fingerprint == other.fingerprint
    prints = {schema(*names).fingerprint for names in (["a", "b"], ["b", "a"], ["a"], ["ab"], ["a, b"], [])}
    assert len(prints) == 6
    # printf '[["a", "float32"]]' | sha256sum
    assert schema("a").fingerprint == "bb653a15843a01f8fc889cb317d5720f00fc8dc103b934068ad1164fdcf596be"


def test_a_schema_survives_json() -> None:
    """What was written to JSON is read back as it was."""
    trained = FeatureSchema.of(features(random_events(1, 200), CUTOFF))
    said = json.dumps(trained.as_dict(), allow_nan=False)
    assert FeatureSchema.from_dict(json.loads(said)) == trained


@pytest.mark.parametrize(
    "said", [None, [], {}, {"columns": 3, "fingerprint": ""}, {"columns": [{"name": "a"}], "fingerprint": ""}]
)
def test_a_broken_schema_is_refused(said: Any) -> None:
    """What is no schema is refused in one line with the way out."""
    with pytest.raises(HuitouError, match=r"the feature schema cannot be read \(.*\)\. Restore the bundle, or"):
        FeatureSchema.from_dict(said)


def test_a_schema_that_was_changed_by_hand_is_refused() -> None:
    """A name that was edited does not fit the fingerprint."""
    said = schema("a", "b").as_dict()
    said["columns"][0]["name"] = "z"
    with pytest.raises(HuitouError) as caught:
        FeatureSchema.from_dict(said)
    assert str(caught.value) == ("the feature schema does not fit its fingerprint. Restore the bundle, or train again.")
