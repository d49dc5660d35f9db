"""Evaluation: measures worked out by hand, known and new items apart, items by popularity apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.items import item_statistics
from tests.small_shop import events, moment, stored
from training.recommend.measuring.evaluation import Judged, judged, measures
from training.recommend.measuring.popularity import BANDS, Popularity
from training.recommend.people import People
from training.recommend.ranking.answers import Answers

CUTOFF = moment("2025-03-11T00:00Z")
ROWS = (
    ("anna", "view", "a", "2025-03-01T00:00Z"),
    ("bo", "view", "b", "2025-03-01T00:00Z"),
    ("cy", "view", "c", "2025-03-01T00:00Z"),
    ("dee", "view", "d", "2025-03-01T00:00Z"),
    ("anna", "purchase", "a", "2025-03-11T01:00Z"),
    ("anna", "purchase", "b", "2025-03-11T01:00Z"),
    ("bo", "purchase", "c", "2025-03-11T01:00Z"),
    ("bo", "purchase", "unheard of", "2025-03-11T01:00Z"),
    ("cy", "purchase", "c", "2025-03-11T01:00Z"),
)
A, B, C, D, NONE = 0, 1, 2, 3, -1


def hits(*rows: str) -> Any:
    """Flags from text: ``x`` is a hit."""
    return np.array([[mark == "x" for mark in row] for row in rows])


def judge(path: Path, ranked: list[list[int]]) -> Judged:
    """What ``ranked`` items of anna, bo, cy and dee are worth."""
    behaviour = Behaviour.of(stored(path, events(*ROWS), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    popularity = Popularity.of(item_statistics(history))
    return judged(np.array(ranked), People(history, 7.0, 50), Answers.of(behaviour, 0, history, 2), popularity)


def part(*rows: str, bought: list[int]) -> Judged:
    """Judged rows of which nothing was known."""
    flags = hits(*rows)
    none = np.zeros_like(flags)
    size = len(rows)
    return Judged(
        hits=flags,
        known=none,
        shown=~none,
        bought=np.array(bought),
        bought_known=np.zeros(size, dtype=np.int64),
        items=np.arange(3),
        band=np.zeros(flags.shape, dtype=np.int8),
        bought_in_band=np.stack([np.array(bought), np.zeros(size), np.ones(size)], axis=1).astype(np.int64),
        novelty_bits=np.full(size, 2.0),
    )


def test_judged_by_hand(tmp_path: Path) -> None:
    """Only buyers are measured; an item nobody could know counts as bought; padding is neither shown nor hit."""
    found = judge(tmp_path, [[B, A, C], [B, C, NONE], [A, NONE, NONE], [D, A, B]])
    assert found.hits.tolist() == [[True, True, False], [False, True, False], [False, False, False]]
    assert found.known.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert found.shown.tolist() == [[True] * 3, [True, True, False], [True, False, False]]
    assert found.bought.tolist() == [2, 2, 1]
    assert found.bought_known.tolist() == [1, 0, 1]
    assert found.items.tolist() == [A, B, C, D], "what is shown to anyone covers the catalogue"


def test_known_and_new_apart(tmp_path: Path) -> None:
    """Known recall is over the known purchases, new recall over the new ones, the share over what was shown."""
    told = measures([judge(tmp_path, [[B, A, C], [B, C, NONE], [A, NONE, NONE], [D, A, B]])], 4, seed=7)
    # Known: anna bought a and was shown it, cy bought c and was not. New: anna's b is hit, of bo's two one.
    assert told["known_recall@10"]["value"] == pytest.approx((1 + 0) / 2)
    assert told["new_recall@10"]["value"] == pytest.approx((1 + 1 / 2) / 2)
    assert told["new_share@10"]["value"] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert told["recall@5"]["value"] == pytest.approx((2 / 2 + 1 / 2 + 0) / 3)
    assert told["mrr@10"]["value"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert told["hit_rate@10"]["value"] == pytest.approx(2 / 3)
    assert told["catalogue_coverage@10"]["value"] == 1.0


def test_coverage_counts_items_once() -> None:
    """The share of the catalogue in anyone's first ten, over all buckets together."""
    told = measures([part("x..", bought=[1]), part("..x", bought=[1])], 12, seed=7)
    assert told["catalogue_coverage@10"] == {"value": 0.25}
    assert told["recall@5"]["value"] == 1.0


def test_novelty_by_hand(tmp_path: Path) -> None:
    """Each of four items has a quarter of the touches, which is two bits; padding adds nothing."""
    found = judge(tmp_path, [[B, A, C], [B, C, NONE], [NONE, NONE, NONE], [D, A, B]])
    np.testing.assert_allclose(found.novelty_bits, [2, 2, np.nan])
    assert measures([found], 4, seed=7)["novelty_bits@10"]["value"] == pytest.approx(2)


def test_bands_apart(tmp_path: Path) -> None:
    """Head recall is over the head items bought, and an item that nobody could know is one missed of the tail."""
    found = judge(tmp_path, [[B, A, C], [B, C, NONE], [A, NONE, NONE], [D, A, B]])
    # Nobody had bought anything: bands go by views, ties by code, so a is the head, b to d are mid.
    assert found.bought_in_band.tolist() == [[1, 1, 0], [0, 1, 1], [0, 1, 0]]
    told = measures([found], 4, seed=7)
    by_band = [told[f"{band}_recall@10"]["value"] for band in BANDS]
    # Anna's a is hit. Of mid anna's b and bo's c are, cy's c is not. Bo bought what nobody had heard of.
    assert by_band == pytest.approx([1, 2 / 3, 0])


def test_depths_differ() -> None:
    """What is bought beyond the tenth place counts for twenty only."""
    told = measures([part("..........x.........", bought=[1])], 30, seed=7)
    found = {name: told[name]["value"] for name in ("recall@10", "recall@20", "mrr@10", "mrr@20", "hit_rate@20")}
    assert found == pytest.approx({"recall@10": 0, "recall@20": 1, "mrr@10": 0, "mrr@20": 1 / 11, "hit_rate@20": 1})
    assert told["ndcg@20"]["value"] == pytest.approx(1 / np.log2(12))


def test_nobody_bought(tmp_path: Path) -> None:
    """Without buyers every measure is undefined and nothing fails."""
    behaviour = Behaviour.of(stored(tmp_path, events(*ROWS[:4]), buckets=1))
    history = behaviour.history(0, CUTOFF, behaviour.catalogue(CUTOFF))
    ranked = np.zeros((4, 3), dtype=np.int32)
    popularity = Popularity.of(item_statistics(history))
    found = judged(ranked, People(history, 7.0, 50), Answers.of(behaviour, 0, history, 2), popularity)
    told = measures([found], 4, seed=7)
    assert told.pop("catalogue_coverage@10") == {"value": 0.25}
    assert all(values["value"] is None for values in told.values())


def test_plain_numbers() -> None:
    """Measures are plain floats, fit for JSON, or None where nobody has a value."""
    told = measures([part("x.x.", "....", bought=[2, 1])], 9, seed=7)
    for name, values in told.items():
        kind = type(None) if name in ("known_recall@10", "mid_recall@10") else float
        assert all(type(value) is kind for value in values.values()), name
