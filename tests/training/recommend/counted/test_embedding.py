"""The embedding: planted walks are learned, one person is told as in a crowd, and learning repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.history import History
from tests.small_shop import EventRow, events, history
from tests.training.recommend.counted.walked import CUTOFF
from training.recommend.counted.embedding import Embedding
from training.recommend.counted.embedding_learning import Clicks, EmbeddingSettings, learn
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.counted.visits import NewestSteps, Visits
from training.recommend.people import People

ITEMS = 12
SETTINGS = EmbeddingSettings(dimensions=16, epochs=12, batch=64, negatives=8, least_clicks=100, learning_rate=2e-2)


@pytest.fixture(scope="module")
def cyclic() -> History:
    """150 visitors who each view six items in a row of a circle of twelve."""
    rng = np.random.default_rng(1)
    rows: list[EventRow] = [
        (f"v{who}", "view", f"i{(start + step) % ITEMS:02}", f"2025-03-10T{who % 20:02}:00:{step:02}Z")
        for who, start in enumerate(rng.integers(0, ITEMS, 150))
        for step in range(6)
    ]
    return history(events(*rows), CUTOFF)


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


def test_learning_repeats(cyclic: History, learned: Embedding) -> None:
    """The same seed gives the same vectors, another one others."""
    clicks = Clicks.of(Visits.of(cyclic))
    again = learn(clicks, ITEMS, SETTINGS)
    np.testing.assert_array_equal(again[0], learned.vectors)
    other = learn(clicks, ITEMS, EmbeddingSettings(**{**vars(SETTINGS), "seed": 8}))
    assert not np.array_equal(other[0], learned.vectors)


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


def test_mapped_from_files(learned: Embedding, tmp_path: Path) -> None:
    """The table points at the same items from its read-only files."""
    save_table(learned, tmp_path)
    opened = open_table(Embedding, tmp_path)
    steps = steps_of(np.array([[3, 4, 5]]), learned.steps)
    for one, other in zip(
        opened.nearest(opened.directions(steps), 3), learned.nearest(learned.directions(steps), 3), strict=True
    ):
        np.testing.assert_array_equal(one, other)
