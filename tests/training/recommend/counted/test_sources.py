"""Sources: planted complements are found, the cosine is the one that is said, and only the past counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sparse

from features.arrays import Floats
from features.behaviour import Behaviour
from features.history import PURCHASE
from tests.small_shop import append, events, history, items, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.related import baskets, dense, related_items
from training.recommend.counted.sources import (
    Sources,
    SourceSettings,
    category_items,
    interest,
    trend,
)
from training.recommend.top import rank_in_group, strongest

CUTOFF = moment("2025-03-11T00:00Z")


def fit(path: Path, *rows: Any, described: Any = None, cutoff: datetime = CUTOFF) -> Sources:
    return Sources.fit(Behaviour.of(stored(path, events(*rows), described=described)), cutoff, SourceSettings())


def at(days: float) -> datetime:
    """A moment so many days before the cutoff."""
    return CUTOFF - timedelta(days=days)


def related(sources: Sources, kind: str, item: str) -> list[str]:
    """Ids of the items related to ``item``, the best first."""
    ids = sources.catalogue.ids.to_pylist()
    best, _ = dense(sources.related[kind], sources.settings.neighbours)
    return [ids[code] for code in best[ids.index(item)] if code >= 0]


def cosine(presence: Floats) -> Floats:
    """What ``related_items`` says it computes, over dense rows and without a bound."""
    size = presence.shape[1]
    scores = np.zeros((size, size))
    damped = presence / np.sqrt(np.maximum(presence.sum(axis=1, keepdims=True), 1))
    for one in range(size):
        for other in range(size):
            held = [presence[:, item].sum() for item in (one, other)]
            if one != other and all(held):
                lengths = [np.sqrt((damped[:, item] ** 2).sum()) for item in (one, other)]
                trust = np.sqrt(np.prod([count / (count + 3) for count in held]))
                scores[one, other] = damped[:, one] @ damped[:, other] / np.prod(lengths) * trust
    return scores


def test_planted_complements_come_first(planted: PlantedShop) -> None:
    """In the simulated shop each planted complement is what is bought most together with its item."""
    end = planted.behaviour.reader.extent().last
    assert end is not None
    whole = Sources.fit(planted.behaviour, end, SourceSettings())
    pairs = planted.truth.complements.to_pylist()
    assert len(pairs) == 4
    for pair in pairs:
        assert related(whole, "bought_together", pair["item_id"])[0] == pair["complement_item_id"]


def test_checkerboard(tmp_path: Path) -> None:
    """Where half of the shop buys the even items and half the odd ones, items are related to their own half alone."""
    rows = [
        (f"c{person}", "purchase", f"i{item}", at(1 + person % 5))
        for person in range(20)
        for item in range(6)
        if (person + item) % 2 == 0
    ]
    found = fit(tmp_path, *rows)
    for kind in ("bought_together", "viewed_together"):
        for item in range(6):
            same = {f"i{other}" for other in range(item % 2, 6, 2)} - {f"i{item}"}
            assert set(related(found, kind, f"i{item}")) == same


def test_cosine_against_a_dense_oracle() -> None:
    """The scores are the damped cosine of columns, times the trust in items with few rows."""
    presence = (np.random.default_rng(3).random((40, 12)) < 0.25).astype(np.float64)
    presence[:, 5] = 0
    found = related_items(sparse.csr_matrix(presence), neighbours=12)
    np.testing.assert_allclose(found.toarray(), cosine(presence), rtol=1e-5, atol=1e-7)


def test_long_rows_say_less() -> None:
    """A pair that shares a short row is closer than one that shares a long row."""
    rows = np.zeros((4, 12))
    rows[0, [0, 1]] = 1
    rows[1, 0] = 1
    rows[2, [0, *range(2, 12)]] = 1
    rows[3, 2] = 1
    found = related_items(sparse.csr_matrix(rows), neighbours=12).toarray()
    assert found[0, 1] > found[0, 2] > 0


def test_one_meeting_is_not_trusted() -> None:
    """Two items that met once and never apart score 1 / 4; met twenty times, 20 / 23."""
    for meetings in (1, 20):
        found = related_items(sparse.csr_matrix(np.ones((meetings, 2))), neighbours=3).toarray()
        np.testing.assert_allclose(found, [[0, meetings / (meetings + 3)], [meetings / (meetings + 3), 0]], rtol=1e-6)


def test_no_item_is_related_to_itself(sources: Sources) -> None:
    """The diagonal of every table is empty, not merely zero, and scores lie within 0 and 1."""
    for table in sources.related.values():
        row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        assert (row != table.indices).all()
        assert table.nnz > 100
        assert (table.data > 0).all()
        assert (table.data <= 1).all()


def test_rows_hold_the_best_of_a_bounded_number() -> None:
    """Of each row the ``neighbours`` best are kept, also where an item is more like others than like itself."""
    presence = (np.random.default_rng(4).random((60, 30)) < 0.2).astype(np.float64)
    full = cosine(presence)
    found = related_items(sparse.csr_matrix(presence), neighbours=4).toarray()
    for row, expected in zip(found, full, strict=True):
        np.testing.assert_allclose(np.sort(row)[-4:], np.sort(expected)[-4:], rtol=1e-5)
        assert (row > 0).sum() <= 4
    rare = np.zeros((4, 13))
    rare[0, [0, 1, 2]] = 1
    rare[1:, 1:] = 1
    assert np.diff(related_items(sparse.csr_matrix(rare), neighbours=1).indptr).max() == 1


def test_empty_tables() -> None:
    """Without rows, without items and with a single item nothing is related to anything."""
    for shape in ((0, 5), (0, 0), (3, 1)):
        found = related_items(sparse.csr_matrix(np.ones(shape)), neighbours=5)
        assert (found.shape, found.nnz) == ((shape[1], shape[1]), 0)


def test_a_bot_changes_little(tmp_path: Path) -> None:
    """With one visitor of thousands of views each item's best relations stay in its group; no score moves by .1."""
    rng = np.random.default_rng(8)
    rows = [
        (f"c{person}", "view", f"i{10 * (person % 6) + item}", at(int(rng.integers(1, 10))))
        for person in range(180)
        for item in rng.choice(10, size=4, replace=False)
    ]
    bot = [("bot", "view", f"i{item}", at(1 + turn / 100)) for turn in range(50) for item in range(60)]
    calm, noisy = fit(tmp_path / "calm", *rows), fit(tmp_path / "noisy", *rows, *bot)
    ids = calm.catalogue.ids.to_pylist()
    assert noisy.catalogue.ids.to_pylist() == ids
    for item in ids:
        group = {other for other in ids if int(other[1:]) // 10 == int(item[1:]) // 10}
        assert set(related(calm, "viewed_together", item)) < group
        assert set(related(noisy, "viewed_together", item)[:5]) < group
    moved = abs(calm.related["viewed_together"].toarray() - noisy.related["viewed_together"].toarray())
    assert moved.max() < 0.1


def test_a_strong_history_is_bounded() -> None:
    """Interest holds the items with the most decayed touches, at most ``history_items`` of them."""
    table = events(*[("bot", "view", f"i{item}", at(item)) for item in range(1, 9)])
    found = interest(history(table, CUTOFF), SourceSettings(half_life_days=2.0, history_items=3))
    np.testing.assert_allclose(found.toarray()[0], [0.5**0.5, 0.5, 0.5**1.5, 0, 0, 0, 0, 0], rtol=1e-6)


def test_baskets_are_days() -> None:
    """A basket is what one customer bought on one of the shop's days, each item once."""
    table = events(
        ("anna", "purchase", "cup", "2025-03-01T10:00Z"),
        ("anna", "purchase", "tea", "2025-03-01T20:00Z"),
        ("anna", "purchase", "tea", "2025-03-01T21:00Z"),
        ("anna", "purchase", "cup", "2025-03-02T10:00Z"),
        ("bo", "purchase", "tea", "2025-03-01T10:00Z"),
        ("bo", "view", "cup", "2025-03-01T10:00Z"),
    )
    assert baskets(history(table, CUTOFF)).toarray().tolist() == [[1, 1], [1, 0], [0, 1]]
    assert baskets(history(events(), CUTOFF)).shape == (0, 0)


def test_popular_order(tmp_path: Path) -> None:
    """Recent purchases come first, then recent events, then the code; untouched items are left out."""
    found = fit(
        tmp_path,
        ("anna", "purchase", "b", at(1)),
        ("bo", "purchase", "b", at(1)),
        ("anna", "purchase", "old", at(90)),
        ("bo", "purchase", "old", at(90)),
        ("cy", "purchase", "old", at(90)),
        ("anna", "view", "seen", at(1)),
        ("anna", "view", "also seen", at(1)),
        ("anna", "purchase", "viewed too", at(1)),
        ("anna", "view", "viewed too", at(1)),
        ("anna", "purchase", "once", at(1)),
        described=items(("never touched", "x", "1.00")),
    )
    ids = found.catalogue.ids.to_pylist()
    assert [ids[code] for code in found.popular] == ["b", "viewed too", "once", "old", "also seen", "seen"]


def test_category_trends(tmp_path: Path) -> None:
    """In each category the trending items come first and the best has score 1; items without one are in none."""
    described = items(("a", "x", None), ("b", "x", None), ("c", "y", None), ("quiet", "y", None))
    found = fit(
        tmp_path,
        ("anna", "view", "a", at(1)),
        ("anna", "purchase", "b", at(1)),
        ("anna", "view", "c", at(1)),
        ("anna", "purchase", "loose", at(1)),
        described=described,
    )
    scores = trend(found.statistics)
    table = found.category_items.toarray()
    assert found.catalogue.categories.to_pylist() == ["x", "y"]
    np.testing.assert_allclose(table[0], [scores[0] / scores[1], 1, 0, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(table[1], [0, 0, 1, 0, 0], rtol=1e-6)
    only = category_items(found.statistics, found.catalogue, each=1)
    assert only.indices.tolist() == [1, 2]


def test_future_never_matters(tmp_path: Path) -> None:
    """Events at or after the cutoff, and earlier ones that became known later, change nothing that is counted."""
    past = [(f"c{person}", "purchase", f"i{item}", at(2)) for person in range(5) for item in range(person, person + 3)]
    folder = stored(tmp_path, events(*past))
    before = Sources.fit(Behaviour.of(folder), CUTOFF, SourceSettings())
    append(
        folder,
        events(
            ("c0", "purchase", "i6", CUTOFF),
            ("c0", "view", "brand new", CUTOFF + timedelta(days=3)),
            ("c1", "purchase", "i0", at(1), {"known_at": CUTOFF}),
            ("late", "purchase", "known late", at(1), {"known_at": CUTOFF + timedelta(hours=1)}),
        ),
    )
    after = Sources.fit(Behaviour.of(folder), CUTOFF, SourceSettings())
    same(before, after)
    later = Sources.fit(Behaviour.of(folder), CUTOFF + timedelta(days=9), SourceSettings())
    assert len(later.catalogue) == len(before.catalogue) + 2


def same(one: Sources, other: Sources) -> None:
    assert one.catalogue.ids.equals(other.catalogue.ids)
    np.testing.assert_array_equal(one.items.values, other.items.values)
    np.testing.assert_array_equal(one.popular, other.popular)
    for kind, table in one.related.items():
        np.testing.assert_array_equal(table.toarray(), other.related[kind].toarray())
    np.testing.assert_array_equal(one.category_items.toarray(), other.category_items.toarray())


def test_counts_are_repeatable(planted: PlantedShop, sources: Sources) -> None:
    """Counting twice gives the same tables."""
    same(sources, Sources.fit(planted.behaviour, planted.cutoff, SourceSettings()))


def test_bestsellers_are_popular(sources: Sources) -> None:
    """In the simulated shop the popular order falls with recent purchases."""
    recent = sources.statistics.decayed[sources.popular, PURCHASE]
    assert (np.diff(recent) <= 0).all()
    assert len(sources.popular) > 60


def test_strongest_of_each_group() -> None:
    """The highest scores of every group come by group and falling score, equal ones in their order."""
    group, score = np.array([2, 1, 2, 1, 2, 2]), np.array([0.1, 5.0, 0.3, 7.0, 0.3, 0.2])
    assert strongest(group, score, 2).tolist() == [3, 1, 2, 4]
    assert strongest(np.zeros(0, dtype=np.int64), np.zeros(0), 2).tolist() == []


@pytest.mark.parametrize(("group", "rank"), [([], []), ([4], [0]), ([0, 0, 3, 3, 3, 5], [0, 1, 0, 1, 2, 0])])
def test_rank_in_group(group: list[int], rank: list[int]) -> None:
    """Entries count from 0 within each run."""
    assert rank_in_group(np.array(group, dtype=np.int64)).tolist() == rank


def test_an_empty_shop(tmp_path: Path) -> None:
    """A shop without events has tables without rows."""
    found = fit(tmp_path)
    assert len(found.catalogue) == len(found.popular) == 0
    assert all(table.shape == (0, 0) for table in found.related.values())
