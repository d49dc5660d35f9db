"""The uplift part of a bundle: the same numbers when read back, the right features only, none where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.planted_trial import planted_trial
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.schema import FeatureSchema
from training.uplift.levelled import Levelled
from training.uplift.uplift import FILE, Uplift, UpliftModel
from training.uplift.words import NEVER_TRAINED

WHY = {"en": "it is good", "zh": "很好"}
NAMES = ("purchase_day_count", "a", "b", "c", "d", "e")


def people(count: int, seed: int) -> CustomerFeatures:
    """Some visitors, one-order customers and regulars in turn, with planted numbers."""
    values = planted_trial(count, 0.2, seed).features
    values[:, 0] = np.arange(count) % 3
    return CustomerFeatures(pa.array([f"customer-{row}" for row in range(count)]), NAMES, values)


@pytest.fixture(scope="module")
def uplift() -> Uplift:
    """A model for those who have ordered."""
    features, trial = people(600, 1), planted_trial(600, 0.2, 1).trial
    levelled = Levelled.fit("x_trees", features.values, trial)
    model = UpliftModel(levelled, FeatureSchema.of(features), ("one_order", "repeat"))
    return Uplift(30, model, WHY, {"campaigns": [{"campaign": "夏季"}]})


def test_only_kinds_that_were_seen(uplift: Uplift) -> None:
    """Visitors were in no campaign: nothing is said of them, of all others something."""
    found = uplift.uplift(people(30, 2))
    assert np.isnan(found).tolist() == [row % 3 == 0 for row in range(30)]


def test_read_back_it_says_the_same(uplift: Uplift, tmp_path: Path) -> None:
    """Model, reason and figures come back as they were, to the last bit."""
    uplift.save(tmp_path)
    again = Uplift.load(tmp_path)
    np.testing.assert_array_equal(again.uplift(people(30, 2)), uplift.uplift(people(30, 2)))
    assert (again.horizon_days, again.why, again.figures) == (30, WHY, uplift.figures)
    assert {file.name for file in tmp_path.iterdir()} == {FILE}


def test_none_is_kept_too(tmp_path: Path) -> None:
    """Why there is no model is kept; a bundle from before uplift has none, for a reason of its own."""
    Uplift.none(WHY, 30).save(tmp_path)
    again = Uplift.load(tmp_path)
    assert (again.serves, again.why, again.horizon_days) == (False, WHY, 30)
    assert np.isnan(again.uplift(people(3, 1))).all()
    before = Uplift.load(tmp_path / "absent")
    assert (before.serves, before.why) == (False, NEVER_TRAINED)


def test_other_features_are_refused(uplift: Uplift) -> None:
    """Columns in another order are not silently read as those that were learned."""
    known = people(3, 1)
    swapped = CustomerFeatures(known.customer_ids, NAMES[::-1], known.values)
    with pytest.raises(HuitouError, match=r"^This uplift model was trained with other features: .* Train again"):
        uplift.uplift(swapped)


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"model": {"kinds": []}}', '{"model": 3}'])
def test_a_broken_file_is_one_error(damage: str, uplift: Uplift, tmp_path: Path) -> None:
    """Whatever the file holds, there is one sentence that says what to do."""
    uplift.save(tmp_path)
    (tmp_path / FILE).write_text(damage, encoding="utf-8")
    with pytest.raises(HuitouError, match=r"cannot be read .*\. Restore the bundle, or train again\.$"):
        Uplift.load(tmp_path)


@pytest.mark.parametrize("part", ["learner", "from_treated"])
def test_broken_trees_are_one_error(part: str, uplift: Uplift, tmp_path: Path) -> None:
    """So it is with a part of the learner that is missing."""
    uplift.save(tmp_path)
    said = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    levelled = said["model"]["levelled"]
    del (levelled if part == "learner" else levelled["learner"])[part]
    (tmp_path / FILE).write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(HuitouError, match="cannot be read"):
        Uplift.load(tmp_path)
