"""Traits of items: what a shelf alone knows, and what people did with its items."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from serving.snapshot_parts.array_file import write_array
from serving.snapshot_parts.item_traits import (
    LITTLE_SEEN_EACH,
    LITTLE_SEEN_EVENTS,
    ItemTraits,
    Seen,
    write_seen,
    write_traits,
)
from tests.serving.arranging.small_shelf import catalogue_of
from training.recommend.counted.sources import Sources

ROWS = [
    ("a", "tea", 10, {"title": "Tea 100 g"}),
    ("b", "tea", 20, {"title": "Tea 200 g"}),
    ("c", None, 20, {"title": "Cup"}),
    ("d", "zinc", None, {"title": "Pot"}),
]


def test_a_catalogue_alone(tmp_path: Path) -> None:
    """Variants and price levels come from the catalogue; nothing is known of buyers and nothing is little seen."""
    catalogue = catalogue_of(ROWS)
    write_traits(tmp_path, catalogue)
    traits = ItemTraits(tmp_path, 4)
    assert traits.variant_group(np.arange(4)).tolist() == [0, 0, 2, 3]
    np.testing.assert_allclose(traits.price_level(np.arange(4)), catalogue.price_level, rtol=1e-6)
    assert np.isnan(traits.repeat_share(np.array([0])))
    assert [traits.little_seen(category).tolist() for category in (0, 1)] == [[], []]


def test_little_seen_items(tmp_path: Path) -> None:
    """Those of each category with few events that are in stock; where there are many, the newest."""
    many = LITTLE_SEEN_EACH + 2
    rows = [(f"{number:03}", "tea", 1) for number in range(many)]
    rows += [("x out", "tea", 1, {"in_stock": False}), ("y bare", None, 1), ("z one", "zinc", 1), ("z seen", "zinc", 1)]  # type: ignore[list-item]
    catalogue = catalogue_of(rows)
    size = len(catalogue)
    events, age = np.zeros(size), np.arange(size, 0, -1.0)
    events[-1] = LITTLE_SEEN_EVENTS
    write_traits(tmp_path, catalogue)
    write_seen(tmp_path, catalogue, Seen(np.zeros(size), np.full(size, 0.25), events, age))
    traits = ItemTraits(tmp_path, size)
    assert sorted(traits.little_seen(0).tolist()) == list(range(2, many)), "without the two oldest"
    assert traits.little_seen(1).tolist() == [catalogue.ids.to_pylist().index("z one")]
    assert traits.repeat_share(np.array([3])) == [0.25]


def test_what_the_recommender_counted(fitted_sources: Sources) -> None:
    """Price levels, repeat buyers, events and ages are those of the recommender's counts."""
    seen = Seen.of(fitted_sources.statistics, fitted_sources.items)
    size = len(fitted_sources.catalogue)
    assert {len(values) for values in (seen.price_level, seen.repeat_share, seen.events, seen.age_days)} == {size}
    np.testing.assert_array_equal(seen.events, fitted_sources.statistics.counts[:, :, -1].sum(axis=1))


@pytest.fixture
def fitted_sources() -> Sources:
    """The counts of a shop of four items and nobody."""
    from datetime import UTC, datetime

    from tests.serving.small_recommender import recommender

    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return recommender(catalogue_of(ROWS), {}, np.zeros(0, dtype=np.int64), moment).sources


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    """Traits of another number of items are refused with the name of the snapshot."""
    write_traits(tmp_path, catalogue_of(ROWS))
    write_array(tmp_path / "item_repeat_share.npy", np.zeros(3), np.float32)
    with pytest.raises(HuitouError, match=r"the traits are not those of 4 items\. Publish again"):
        ItemTraits(tmp_path, 4)
