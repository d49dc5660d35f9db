"""Learning the embedding: clicks of all parts, the newest of too many, and the same outcome for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.history import History
from tests.small_shop import events, history
from tests.training.recommend.counted.walked import CUTOFF, ITEMS, SETTINGS, circle, walk
from training.recommend.counted.embedding_learning import Clicks, EmbeddingSettings, learn
from training.recommend.counted.visits import Visits


@pytest.fixture(scope="module")
def cyclic() -> History:
    """The visits of the circle."""
    return circle()


def test_learning_repeats(cyclic: History) -> None:
    """The same seed gives the same vectors, another one others."""
    clicks = Clicks.of(Visits.of(cyclic))
    learned, again = (learn(clicks, ITEMS, SETTINGS) for _ in range(2))
    for one, same in zip(learned, again, strict=True):
        np.testing.assert_array_equal(one, same)
    other = learn(clicks, ITEMS, replace(SETTINGS, seed=8))
    assert not np.array_equal(other[0], learned[0])


def test_clicks_of_parts(cyclic: History) -> None:
    """Clicks of several parts are those of all customers together; of too many the newest are kept."""
    whole = Clicks.of(Visits.of(cyclic))
    parts = [Clicks.of(Visits.of(cyclic.part(start, start + 40))) for start in range(0, 150, 40)]
    joined = Clicks.joined(parts, 10**6)
    assert len(joined) == 150 * 5
    (steps, item), (steps_joined, item_joined) = (clicks.batch(np.arange(750), 8) for clicks in (whole, joined))
    np.testing.assert_array_equal(steps.item, steps_joined.item)
    np.testing.assert_array_equal(item, item_joined)
    few = Clicks.joined(parts, 100)
    assert len(few) == 100
    assert few.age_days.max() <= np.sort(whole.age_days)[100]


def test_progress_is_told(cyclic: History) -> None:
    """Every batch of every epoch is counted, up to the whole."""
    told: list[tuple[int, int]] = []
    learn(Clicks.of(Visits.of(cyclic)), ITEMS, SETTINGS, lambda done, whole: told.append((done, whole)))
    assert told == [(done, 144) for done in range(1, 145)]


def test_what_comes_before_a_click() -> None:
    """A click is told from the steps of its visit before it, the newest first, never from another visit."""
    past = history(events(*walk("anna", "abc", 9), *walk("anna", "ca", 10)), CUTOFF)
    clicks = Clicks.of(Visits.of(past))
    steps, item = clicks.batch(np.arange(len(clicks)), 2)
    assert item.tolist() == [1, 2, 0]
    assert [row[known].tolist() for row, known in zip(steps.item, steps.filled, strict=True)] == [[0], [1, 0], [2]]


def test_nothing_is_learned() -> None:
    """With too few clicks, or no epoch, there is one dimension of zeros."""
    clicks = Clicks.of(Visits.of(history(events(*walk("anna", "abc")), CUTOFF)))
    for settings in (EmbeddingSettings(), replace(SETTINGS, epochs=0), SETTINGS):
        learned = learn(clicks, 3, settings)
        assert learned[0].shape == (3, 1)
        assert not any(table.any() for table in learned)
