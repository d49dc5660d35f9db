"""Transitions: planted walks are found, parts add up, and the tables are bounded."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from features.history import History
from tests.small_shop import events, history
from tests.training.recommend.counted.walked import CUTOFF, walk
from training.recommend.counted import transitions
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.counted.transitions import CAUTION, Transitions, entries
from training.recommend.people import People

TABLES = ("after", "after_recent", "after_next", "before", "before_recent", "together")


def fitted(past: History, parts: int = 1, half_life_days: float = 14.0) -> Transitions:
    """The tables of ``past``, counted in so many parts."""
    settings = SourceSettings(half_life_days=half_life_days)
    edges = pairwise(np.linspace(0, len(past), parts + 1).astype(int))
    counted = [Transitions.part(People(past.part(*edge), half_life_days, 50), settings) for edge in edges]
    return Transitions.of(counted, Shop(CUTOFF, settings, past.catalogue, None, None))  # type: ignore[arg-type]


def entry(table: Transitions, name: str, row: str, column: str) -> float:
    """One entry of one table, of items called by letters from ``a``."""
    codes = [np.array([ord(letter) - ord("a")]) for letter in (row, column)]
    return float(entries(getattr(table, name), *codes)[0])


def test_a_walk() -> None:
    """What follows counts less for every step more, what comes before stands in the table of before."""
    table = fitted(history(events(*walk("anna", "abc")), CUTOFF), half_life_days=1e9)
    assert entry(table, "after", "a", "b") == pytest.approx(1 / (1.6 + CAUTION))
    assert entry(table, "after", "a", "c") == pytest.approx(0.6 / (1.6 + CAUTION))
    assert entry(table, "after", "c", "a") == 0
    assert entry(table, "before", "c", "a") == pytest.approx(0.6 / (1.6 + CAUTION))
    assert entry(table, "after_next", "a", "b") == pytest.approx(1 / (1 + CAUTION))
    assert entry(table, "after_next", "a", "c") == 0
    assert entry(table, "together", "a", "c") == entry(table, "together", "c", "a") == pytest.approx(0.5)


def test_newer_visits_count_more() -> None:
    """Of two items that followed equally often, the one that followed lately leads in the recent table only."""
    rows = [*walk("anna", "ab", 1), *walk("bo", "ac", 10)]
    table = fitted(history(events(*rows), CUTOFF), half_life_days=1.0)
    assert entry(table, "after", "a", "b") == entry(table, "after", "a", "c")
    assert entry(table, "after_recent", "a", "b") < entry(table, "after_recent", "a", "c")
    assert entry(table, "before_recent", "b", "a") < entry(table, "before_recent", "c", "a")


def test_never_of_an_item_with_itself() -> None:
    """Viewing an item again is told by ``again``, and no table relates an item to itself."""
    table = fitted(history(events(*walk("anna", "aaba")), CUTOFF), half_life_days=1e9)
    for name in TABLES:
        assert getattr(table, name).diagonal().tolist() == [0, 0], name
    assert table.again.tolist() == pytest.approx([1 / (3 + CAUTION), 0])


def test_popularity_and_rise() -> None:
    """Popular items are above 0; of two equally popular ones, the one touched lately rises."""
    rows = [*walk("anna", "aab", 1), *walk("bo", "ccb", 10), *walk("cy", "d", 1)]
    table = fitted(history(events(*rows), CUTOFF), half_life_days=1e9)
    assert table.popularity[0] == table.popularity[1] == table.popularity[2] > 0 > table.popularity[3]
    table = fitted(history(events(*rows), CUTOFF), half_life_days=10.0)
    assert table.rise[2] > 0 > table.rise[0]


def test_parts_add_up() -> None:
    """However the customers are cut into parts, the tables are the same."""
    rng = np.random.default_rng(3)
    rows = [row for who in range(40) for row in walk(f"v{who:02}", "".join(rng.choice(list("abcdefgh"), 6)))]
    past = history(events(*rows), CUTOFF)
    whole, cut = fitted(past), fitted(past, parts=5)
    for name in TABLES:
        np.testing.assert_allclose(getattr(whole, name).toarray(), getattr(cut, name).toarray(), atol=1e-6)
    np.testing.assert_allclose(whole.popularity, cut.popularity, rtol=1e-6)


def test_made_some_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows are made at a time, the tables are the same."""
    rng = np.random.default_rng(6)
    rows = [row for who in range(30) for row in walk(f"v{who:02}", "".join(rng.choice(list("abcdefgh"), 6)))]
    past = history(events(*rows), CUTOFF)
    whole = fitted(past)
    monkeypatch.setattr(transitions, "PAIRS_AT_ONCE", 9)
    cut = fitted(past)
    for name in TABLES:
        np.testing.assert_array_equal(getattr(whole, name).toarray(), getattr(cut, name).toarray())


def test_what_comes_after_the_cutoff_counts_nothing() -> None:
    """Events at or after the cutoff change no table."""
    rows = walk("anna", "abcd")
    later = [("anna", "view", "d", "2025-03-11T00:00Z"), ("anna", "view", "a", "2025-03-11T00:00:01Z")]
    one, other = fitted(history(events(*rows), CUTOFF)), fitted(history(events(*rows, *later), CUTOFF))
    np.testing.assert_array_equal(one.after.toarray(), other.after.toarray())
    assert one.popularity.tolist() == other.popularity.tolist()


def test_each_row_keeps_its_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table holds so many items of each row, the best of them."""
    monkeypatch.setattr(transitions, "NEIGHBOURS", 1)
    table = fitted(history(events(*walk("anna", "abc"), *walk("bo", "ab")), CUTOFF))
    assert np.diff(table.after.indptr).tolist() == [1, 1, 0]
    assert entry(table, "after", "a", "b") > 0


def test_entries_of_a_saved_table(tmp_path: Path) -> None:
    """A table that is mapped from its files has the same entries; a row of nothing has none, unknown rows NaN."""
    rng = np.random.default_rng(5)
    rows = [row for who in range(30) for row in walk(f"v{who:02}", "".join(rng.choice(list("abcdefg"), 5)))]
    table = fitted(history(events(*rows), CUTOFF))
    save_table(table, tmp_path)
    opened = open_table(Transitions, tmp_path)
    row, column = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(7)))
    np.testing.assert_array_equal(entries(opened.after, row, column), table.after.toarray()[row, column])
    assert np.isnan(entries(opened.after, np.array([-1]), np.array([0]))).all()


def test_a_shop_without_visits() -> None:
    """Nobody and nothing: empty tables."""
    table = fitted(history(events(("anna", "return", "a", "2025-03-10T10:00Z")), CUTOFF))
    assert table.after.nnz == table.together.nnz == 0
    assert table.popularity.tolist() == [0]
    assert entries(table.after, np.array([0]), np.array([0])).tolist() == [0]
