"""The embedding: planted walks are learned, and one person is told as in a crowd."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.history import History
from tests.training.recommend.counted.walked import CUTOFF, ITEMS, SETTINGS, circle
from training.recommend.counted.embedding import Embedding
from training.recommend.counted.embedding_learning import Clicks, learn
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.counted.visits import NewestSteps, Visits
from training.recommend.people import People


@pytest.fixture(scope="module")
def cyclic() -> History:
    """The visits of the circle."""
    return circle()


@pytest.fixture(scope="module")
def learned(cyclic: History) -> Embedding:
    """What the circle teaches."""
    return Embedding(*learn(Clicks.of(Visits.of(cyclic)), ITEMS, SETTINGS))


def steps_of(items: np.ndarray, steps: int) -> NewestSteps:
    """Somebody for each row, whose newest item comes last."""
    rows, width = items.shape
    ends = np.arange(1, rows + 1) * width
    return NewestSteps.before(items.ravel(), ends - width, ends, steps)


def test_the_next_item_of_a_circle(learned: Embedding) -> None:
    """After three items of the circle the fourth is pointed at most, whichever they are."""
    walked = (np.arange(ITEMS)[:, None] + np.arange(3)) % ITEMS
    person, item, score = learned.nearest(learned.directions(steps_of(walked, learned.steps)), 1)
    assert person.tolist() == list(range(ITEMS))
    assert item.tolist() == [(start + 3) % ITEMS for start in range(ITEMS)]
    assert ((score > 0.3) & (score <= 1.0001)).all()


def test_alone_as_in_the_crowd(learned: Embedding) -> None:
    """One person's items and cosines are those of the same person among many."""
    walked = (np.arange(ITEMS)[:, None] + np.arange(4)) % ITEMS
    crowd = learned.directions(steps_of(walked, learned.steps))
    person, item, score = learned.nearest(crowd, 5)
    for row in range(ITEMS):
        alone = learned.directions(steps_of(walked[row : row + 1], learned.steps))
        _, mine, cosine = learned.nearest(alone, 5)
        assert mine.tolist() == item[person == row].tolist()
        np.testing.assert_allclose(cosine, score[person == row], atol=1e-6)
    np.testing.assert_allclose(learned.likeness(crowd, person, item), score, atol=1e-6)


def test_who_has_no_steps_is_pointed_nowhere(learned: Embedding) -> None:
    """Without a step there is no direction and no item; asking for more items than there are gives those there are."""
    nobody = NewestSteps.before(np.zeros(0, dtype=np.int64), np.zeros(1, int), np.zeros(1, int), learned.steps)
    assert not learned.directions(nobody).any()
    assert len(learned.nearest(learned.directions(nobody), 5)[0]) == 0
    one = learned.directions(steps_of(np.array([[0, 1]]), learned.steps))
    assert 0 < len(learned.nearest(one, 100)[0]) <= ITEMS


def test_items_never_seen_point_nowhere(cyclic: History) -> None:
    """An item of the catalogue that nobody has touched has no vector and is never proposed."""
    found = Embedding(*learn(Clicks.of(Visits.of(cyclic)), ITEMS + 1, SETTINGS))
    assert not found.vectors[ITEMS].any()
    assert np.isfinite(found.vectors).all()
    _, item, _ = found.nearest(found.directions(steps_of(np.array([[0, 1]]), found.steps)), ITEMS + 1)
    assert ITEMS not in item


def test_too_few_clicks(cyclic: History) -> None:
    """A small shop learns nothing, says nothing and does not fail; so does one whose clicks are all long ago."""
    table = fitted(cyclic)
    assert table.vectors.shape == (ITEMS, 1)
    assert len(table.nearest(table.directions(steps_of(np.array([[0, 1]]), table.steps)), 3)[0]) == 0


def fitted(past: History) -> Embedding:
    """The table of ``past`` with the settings of a real shop."""
    settings = SourceSettings()
    parts = [Embedding.part(People(past.part(start, start + 40), 14.0, 50), settings) for start in range(0, 150, 40)]
    return Embedding.of(parts, Shop(CUTOFF, settings, past.catalogue, None, None))  # type: ignore[arg-type]


def test_mapped_from_files(learned: Embedding, tmp_path: Path) -> None:
    """The table points at the same items from its read-only files."""
    save_table(learned, tmp_path)
    opened = open_table(Embedding, tmp_path)
    steps = steps_of(np.array([[3, 4, 5]]), learned.steps)
    for one, other in zip(
        opened.nearest(opened.directions(steps), 3), learned.nearest(learned.directions(steps), 3), strict=True
    ):
        np.testing.assert_array_equal(one, other)
