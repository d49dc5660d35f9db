"""Sources: planted complements are found, the cosine is the one that is said, and only the past counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from features.behaviour import Behaviour
from features.history import PURCHASE
from tests.small_shop import append, events, items, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.related import dense
from training.recommend.counted.related_kinds import RELATED_KINDS
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings

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


def test_no_item_is_related_to_itself(sources: Sources) -> None:
    """The diagonal of every table is empty, not merely zero, and scores lie within 0 and 1, the best of a row first."""
    assert set(sources.related) == set(RELATED_KINDS)
    for kind, table in sources.related.items():
        row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        assert (row != table.indices).all(), kind
        assert np.diff(table.indptr).max() <= sources.settings.neighbours
        assert (np.diff(table.data)[np.diff(row) == 0] <= 0).all(), kind
        assert (table.data > 0).all(), kind
        assert (table.data <= 1).all(), kind
    for kind in ("viewed_together", "bought_together"):
        assert sources.related[kind].nnz > 100


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


def test_counts_are_repeatable(planted: PlantedShop, sources: Sources) -> None:
    """Counting twice gives the same tables."""
    same(sources, Sources.fit(planted.behaviour, planted.cutoff, SourceSettings()))


def test_bestsellers_are_popular(sources: Sources) -> None:
    """In the simulated shop the popular order falls with recent purchases."""
    recent = sources.statistics.decayed[sources.popular, PURCHASE]
    assert (np.diff(recent) <= 0).all()
    assert len(sources.popular) > 60


def test_an_empty_shop(tmp_path: Path) -> None:
    """A shop without events has tables without rows."""
    found = fit(tmp_path)
    assert len(found.catalogue) == len(found.popular) == 0
    assert all(table.shape == (0, 0) for table in found.related.values())
