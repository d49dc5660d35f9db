"""Answers: what was bought within the horizon, by whom the history knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.history import History
from tests.small_shop import append, events, moment, stored
from training.recommend.ranking.answers import Answers

CUTOFF = moment("2025-03-11T00:00Z")
PAST = (
    ("anna", "view", "cup", "2025-03-01T00:00Z"),
    ("bo", "view", "tea", "2025-03-01T00:00Z"),
    ("cy", "purchase", "tea", "2025-03-01T00:00Z"),
)


def answers(path: Path, *rows: Any, horizon_days: float = 2.0) -> tuple[Answers, History]:
    """The answers of a shop of one bucket."""
    behaviour = Behaviour.of(stored(path, events(*PAST, *rows), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    return Answers.of(behaviour, 0, history, horizon_days), history


def test_the_window_is_half_open(tmp_path: Path) -> None:
    """A purchase at the cutoff counts, one at its end does not, nor one just before the cutoff."""
    found, history = answers(
        tmp_path,
        ("anna", "purchase", "cup", "2025-03-11T00:00Z"),
        ("anna", "purchase", "tea", "2025-03-13T00:00Z"),
        ("bo", "purchase", "tea", "2025-03-12T23:59:59.999999Z"),
        ("bo", "purchase", "cup", "2025-03-10T23:59:59.999999Z"),
    )
    assert history.customer_ids.to_pylist() == ["anna", "bo", "cy"]
    assert found.bought.tolist() == [1, 1, 0]
    assert found.hold(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])).tolist() == [True, False, False, True]


def test_a_horizon_of_half_a_day(tmp_path: Path) -> None:
    """Horizons need not be whole days."""
    row = ("anna", "purchase", "cup", "2025-03-11T12:00Z")
    assert answers(tmp_path / "short", row, horizon_days=0.5)[0].bought.tolist() == [0, 0, 0]
    assert answers(tmp_path / "longer", row, horizon_days=0.51)[0].bought.tolist() == [1, 0, 0]


def test_distinct_items(tmp_path: Path) -> None:
    """An item bought three times is one answer, and nothing but purchases is an answer."""
    found, _ = answers(
        tmp_path,
        *(("anna", "purchase", "cup", f"2025-03-11T0{hour}:00Z") for hour in range(3)),
        ("anna", "purchase", "tea", "2025-03-11T05:00Z"),
        ("bo", "cart", "tea", "2025-03-11T05:00Z"),
        ("bo", "return", "tea", "2025-03-11T05:00Z"),
    )
    assert found.bought.tolist() == [2, 0, 0]
    assert len(found.key) == 2


def test_unknown_items_are_missed(tmp_path: Path) -> None:
    """Items that nobody could know at the cutoff count as bought, each of its own, and can never be hit."""
    found, history = answers(
        tmp_path,
        ("anna", "purchase", "new 1", "2025-03-11T05:00Z"),
        ("anna", "purchase", "new 2", "2025-03-11T05:00Z"),
        ("anna", "purchase", "cup", "2025-03-11T05:00Z"),
        ("bo", "purchase", "new 1", "2025-03-11T05:00Z"),
    )
    assert found.bought.tolist() == [3, 1, 0]
    everything = np.arange(len(history.catalogue))[None, :]
    assert found.hold(np.arange(3)[:, None], everything).sum(axis=1).tolist() == [1, 0, 0]


def test_unknown_customers_are_ignored(tmp_path: Path) -> None:
    """Who was not known at the cutoff has no answers, and takes none from the others."""
    found, _ = answers(
        tmp_path,
        ("aaa first", "purchase", "cup", "2025-03-11T05:00Z"),
        ("zoe", "purchase", "cup", "2025-03-11T05:00Z"),
        ("cy", "purchase", "cup", "2025-03-11T05:00Z"),
    )
    assert found.bought.tolist() == [0, 0, 1]


def test_padding_is_never_bought(tmp_path: Path) -> None:
    """-1 is no item, also for whoever bought the item with code 0."""
    found, _ = answers(tmp_path, ("anna", "purchase", "cup", "2025-03-11T05:00Z"))
    ranked = np.array([[0, -1], [-1, -1], [0, -1]])
    assert found.hold(np.arange(3)[:, None], ranked).tolist() == [[True, False], [False, False], [False, False]]


@pytest.mark.parametrize("row", [None, ("anna", "view", "cup", "2025-03-11T05:00Z")])
def test_nothing_bought(tmp_path: Path, row: Any) -> None:
    """Without purchases, or without any event, nobody bought anything."""
    found, _ = answers(tmp_path, *([row] if row else []))
    assert found.bought.tolist() == [0, 0, 0]
    assert not found.hold(np.arange(3)[:, None], np.array([[0], [1], [-1]])).any()


def test_an_empty_bucket(tmp_path: Path) -> None:
    """A bucket that knows nobody has no answers, whoever comes later."""
    row = ("anna", "purchase", "cup", "2025-03-11T05:00Z")
    behaviour = Behaviour.of(stored(tmp_path, events(row), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    found = Answers.of(behaviour, 0, history, 2.0)
    assert (len(found.key), len(found.bought)) == (0, 0)


def test_what_became_known_too_late(tmp_path: Path) -> None:
    """A purchase that the shop learned of after the horizon had ended is no answer."""
    folder = stored(tmp_path, events(*PAST), buckets=1)
    append(folder, events(("anna", "purchase", "cup", "2025-03-12T00:00Z", {"known_at": "2025-03-13T00:00Z"})))
    behaviour = Behaviour.of(folder)
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    assert Answers.of(behaviour, 0, history, 2.0).bought.tolist() == [0, 0, 0]
    assert Answers.of(behaviour, 0, history, 3.0).bought.tolist() == [1, 0, 0]


@pytest.mark.parametrize("customers", [[], [0], [1, 2], [0, 2], [0, 1, 2]])
def test_some_customers(tmp_path: Path, customers: list[int]) -> None:
    """The answers of some customers are theirs, counted anew from 0."""
    found, history = answers(
        tmp_path,
        ("anna", "purchase", "cup", "2025-03-11T05:00Z"),
        ("anna", "purchase", "never seen", "2025-03-11T05:00Z"),
        ("cy", "purchase", "tea", "2025-03-11T05:00Z"),
        ("cy", "purchase", "cup", "2025-03-11T05:00Z"),
    )
    chosen = found.chosen(np.array(customers, dtype=np.int64))
    everything = np.arange(len(history.catalogue))[None, :]
    whole = found.hold(np.arange(3)[:, None], everything)
    np.testing.assert_array_equal(chosen.hold(np.arange(len(customers))[:, None], everything), whole[customers])
    assert chosen.bought.tolist() == [[2, 0, 2][place] for place in customers]
    assert len(chosen.key) == chosen.bought.sum()
    assert (np.diff(chosen.key) > 0).all()
